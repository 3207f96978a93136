"""A file is taken in: stored, looked at in a dry run, then read for good. Reads nothing itself."""

import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import audit
from accounts.ids import new_id
from accounts.models import User
from ml.reading import plain
from projects.leases import State
from projects.models import Project, Upload

AT_REST = (State.DONE, State.FAILED, State.CANCELLED)
# What a pass over the file writes: a new pass begins without it.
_ANEW: dict[str, Any] = {
    "state": State.QUEUED,
    "progress": 0.0,
    "attempts": 0,
    "cancel_requested": False,
    "enqueued_at": None,
    "started_at": None,
    "finished_at": None,
    "rows_read": 0,
    "examples_created": 0,
    "duplicates": 0,
    "rejected": 0,
    "problems": [],
    "new_labels": {},
    "report": {},
    "error": "",
    "error_said": {},
}


@transaction.atomic
def take(project: Project, by: User, file: File, **fields: Any) -> Upload:
    """Store the file and queue its upload."""
    upload = Upload.objects.create(
        project=project,
        created_by=by,
        # Only ever shown: where the file lies is our own choice.
        name=_shown(file),
        size_bytes=file.size or 0,
        **fields,
    )
    upload.path = f"uploads/{upload.pk}"
    upload.save(update_fields=["path"])
    _store(file, upload.file)
    audit.note(by, "upload", project.pk, upload=str(upload.pk), name=upload.name)
    return upload


def take_once(project: Project, by: User, file: File, once: UUID) -> tuple[Upload, bool]:
    """A dry run of the file, and whether it is new: the form it came with counts once.

    A form that comes back with another file, as from a page left and returned to, is a new one.
    """
    # Asked first: a twin that comes between the two questions is found by the second.
    free = not Upload.objects.filter(pk=once).exists()
    if earlier := _same(project, file, once):
        return earlier, False
    try:
        with transaction.atomic():
            pk = once if free else new_id()
            return take(project, by, file, pk=pk, dry_run=True), True
    except IntegrityError:  # the twin of a double click was first
        earlier = _same(project, file, once)
        if earlier is None:
            raise
        return earlier, False


def _same(project: Project, file: File, once: UUID) -> Upload | None:
    return project.uploads.filter(pk=once, name=_shown(file), size_bytes=file.size or 0).first()


def written(project: Project, text: str, name: str) -> File:
    """Pasted text as a file: one example a line."""
    field = project.kind.example_schema()["required"][0]
    lines = (line.strip() for line in plain(text).splitlines())
    rows = (json.dumps({field: line}, ensure_ascii=False) for line in lines if line)
    return File(BytesIO("".join(f"{row}\n" for row in rows).encode()), name=name)


def again(upload: Upload, *, dry_run: bool, mapping: dict[str, str | None], answers: str) -> bool:
    """Read the stored file once more, by this mapping. False if someone was first.

    Only what was a dry run can be: what has been read for good is over.
    """
    changed = Upload.objects.filter(pk=upload.pk, dry_run=True, state__in=AT_REST).update(
        **_ANEW, token=F("token") + 1, queued_at=Now(), dry_run=dry_run, mapping=mapping,
        answers=answers,
    )  # fmt: skip
    upload.refresh_from_db()
    return changed == 1


def cancel(upload: Upload) -> None:
    """Stop reading. What was read stays."""
    Upload.objects.filter(pk=upload.pk, state__in=[State.QUEUED, State.RUNNING]).update(
        cancel_requested=True
    )
    Upload.objects.filter(pk=upload.pk, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=Now()
    )
    upload.refresh_from_db()


def _shown(file: File) -> str:
    return Path(file.name or "file").name.replace("\0", "")[:255]


def too_large(size: int | None) -> bool:
    return (size or 0) > settings.UPLOAD_LIMIT_BYTES


def _store(file: File, place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("wb") as out:
        for chunk in file.chunks():
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
