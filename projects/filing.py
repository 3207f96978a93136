"""Exports that a worker writes into a file, to be fetched for some days."""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.http import FileResponse, Http404
from django.utils import timezone

from accounts import audit
from accounts.ids import new_id
from accounts.models import User
from projects import exporting
from projects.blind import keeps_from, telling
from projects.exporting.format import ASIDE
from projects.leases import BUSY, LEASE, LeaseLost, State
from projects.models import Export, Project, Role

KEPT = timedelta(days=7)
MOST_BUSY = 5  # of a project
AT_ONCE = 20_000  # examples; so few are sent while the person waits
GONE = "This file is not there, or no longer: exports are kept for seven days."
EVERY = 1.0  # seconds between two looks at what is wanted


class _Cancelled(Exception):
    """Somebody wants no more of it."""


def few(asked: exporting.Asked) -> bool:
    """Whether so little is asked for that nobody needs to wait for a worker."""
    return asked.chosen.order_by().values("pk")[: AT_ONCE + 1].count() <= AT_ONCE


def begin(
    project: Project,
    by: User,
    form: str,
    filters: Mapping[str, str],
    *,
    safe: bool,
    blind: bool = False,
) -> Export:
    """A queued export; the caller rings its bell. Raises Refused, and what searching raises."""
    asked = exporting.asked(project, filters, safe=safe, blind=blind)
    exporting.checked(asked, form)
    if project.exports.filter(state__in=BUSY).count() >= MOST_BUSY:
        raise exporting.Refused("many")
    pk = new_id()
    export = Export.objects.create(
        pk=pk,
        project=project,
        created_by=by,
        format=form,
        options=({"formulas": "safe"} if safe else {}) | ({"blind": True} if blind else {}),
        filters=dict(filters),
        path=f"exports/{pk}",
        name=exporting.FORMATS[form].name(asked),
    )
    audit.note(by, "export", project.pk, export=str(pk), format=form)
    return export


def may_cancel(by: User, role: Role, export: Export) -> bool:
    """One's own; a manager anyone's."""
    return export.created_by_id == by.pk or role >= Role.MANAGER


def may_fetch(role: Role, export: Export) -> bool:
    """Who may still be asked takes no file that holds what others said of what still waits."""
    if not keeps_from(role) or export.options.get("blind"):
        return True
    act = export.filters.get("act")
    by_act = bool(act) and bool(telling(export.project, [UUID(act)]))
    return not (by_act or exporting.FORMATS[export.format].says_who)


def cancel(export: Export) -> None:
    Export.objects.filter(pk=export.pk, state__in=BUSY).update(cancel_requested=True)
    Export.objects.filter(pk=export.pk, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=Now()
    )
    export.refresh_from_db()


def write(export: Export) -> None:
    """Write a claimed export to its end. Ends `done`, `failed` or `cancelled`."""
    try:
        size, rows = _written(export)
        _done(export, rows, size)
    except exporting.Refused as why:
        export.finish(State.FAILED, error=why.code)
    except _Cancelled:
        export.file.unlink(missing_ok=True)
        export.finish(State.CANCELLED)
    except LeaseLost:
        return  # another worker writes it anew
    finally:
        _aside(export).unlink(missing_ok=True)


def _done(export: Export, rows: int, size: int) -> None:
    """Ends it, unless somebody wanted no more of it at the last moment: what it holds may be
    masked or erased by now."""
    ended = export.mine.filter(cancel_requested=False).update(
        state=State.DONE, progress=1.0, rows=rows, size_bytes=size, finished_at=Now(),
        lease_until=None, expires_at=Now() + KEPT,
    )  # fmt: skip
    if not ended:
        export.breathe()  # raises where somebody else has it
        raise _Cancelled


def _written(export: Export) -> tuple[int, int]:
    """The whole file in its place, or nothing there. Its bytes and rows."""
    safe = export.options.get("formulas") == "safe"
    blind = bool(export.options.get("blind"))
    asked = exporting.asked(export.project, export.filters, safe=safe, blind=blind)
    exporting.checked(asked, export.format)
    asked.meanwhile = _Watch(export, asked)
    aside = _aside(export)
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    export.breathe()  # whoever lost it must not touch what its successor writes
    for left in aside.parent.glob(f".{export.pk}.*"):
        left.unlink(missing_ok=True)
    with aside.open("wb") as out:
        for piece in exporting.FORMATS[export.format].pieces(asked):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    export.breathe()
    aside.replace(export.file)
    return export.file.stat().st_size, asked.out


class _Watch:
    """Says each second how far it is, and hears whether it is wanted still."""

    def __init__(self, export: Export, asked: exporting.Asked) -> None:
        self.export, self.asked = export, asked
        self.total = max(1, asked.chosen.order_by().count())
        self.next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + EVERY
        done = self.asked.out
        share = min(0.99, done / self.total)
        self.export.write(rows=done, progress=share, lease_until=Now() + LEASE)
        self.export.refresh_from_db(fields=["cancel_requested"])
        if self.export.cancel_requested:
            raise _Cancelled


def _aside(export: Export) -> Path:
    return Path(export.file.with_name(f".{export.pk}.{export.token}"))


def _forget(export: Export) -> None:
    for place in [export.file, *export.file.parent.glob(f".{export.pk}.*")]:
        place.unlink(missing_ok=True)


def fetched(export: Export) -> FileResponse:
    """The file as a response. What is not there, or no longer, is 404."""
    until = export.expires_at
    if export.state != State.DONE or until is None or until < timezone.now():
        raise Http404(GONE)
    try:
        file = export.file.open("rb")
    except FileNotFoundError as gone:
        raise Http404(GONE) from gone
    kind = exporting.FORMATS[export.format].content_type
    response = FileResponse(file, as_attachment=True, filename=export.name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def forget_all(project: Project) -> None:
    """Remove all files written out of a project, and stop those that are being written."""
    for export in Export.objects.filter(project=project, state__in=BUSY):
        cancel(export)
    for export in Export.objects.filter(project=project).exclude(state__in=BUSY):
        _forget(export)
        export.delete()


def sweep() -> None:
    """Remove what may no longer be fetched, file and row."""
    now = timezone.now()
    ended = Q(expires_at__lt=now) | Q(expires_at=None, created_at__lt=now - KEPT)
    for export in Export.objects.filter(ended).exclude(state__in=BUSY)[:100]:
        _forget(export)
        export.delete()
    yesterday = (now - timedelta(days=1)).timestamp()
    for left in settings.FILE_UPLOAD_TEMP_DIR.glob(f"{ASIDE}*"):  # of a worker that was killed
        with suppress(FileNotFoundError):  # its own worker was quicker
            if left.stat().st_mtime < yesterday:
                shutil.rmtree(left)
