"""A file is taken in: stored, looked at in a dry run, then read for good. Reads nothing itself."""

import json
import os
from collections.abc import Callable
from functools import partial
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
from projects import fetching
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


@transaction.atomic
def fetch(
    project: Project, by: User, fetched: dict[str, Any], secret: str = "", **fields: Any
) -> Upload:
    """Queue the upload of a file that the worker fetches first."""
    upload = Upload(project=project, created_by=by, fetched=fetched, name=_called(fetched))
    for name, value in fields.items():
        setattr(upload, name, value)
    upload.path = f"uploads/{upload.pk}"
    upload.save(force_insert=True)
    if secret:
        fetching.keep_secret(upload.pk, secret)
    audit.note(by, "upload", project.pk, upload=str(upload.pk), name=upload.name)
    return upload


def _called(fetched: dict[str, Any]) -> str:
    if "url" in fetched:
        return fetching.name_of(fetched["url"]).replace("\0", "")
    return f"{fetched['s3']['bucket']}/{fetched['s3']['prefix']}".rstrip("/")[:255]


def take_once(
    project: Project, by: User, file: File, once: UUID, **fields: Any
) -> tuple[Upload, bool]:
    """A dry run of the file, and whether it is new: the form it came with counts once.

    A form that comes back with another file, as from a page left and returned to, is a new one.
    """
    alike = {"name": _shown(file), "size_bytes": file.size or 0}
    return _once(project, once, alike, partial(take, project, by, file, dry_run=True, **fields))


def fetch_once(
    project: Project, by: User, fetched: dict[str, Any], secret: str, once: UUID, **fields: Any
) -> tuple[Upload, bool]:
    """The same of a file that lies elsewhere."""
    make = partial(fetch, project, by, fetched, secret, dry_run=True, **fields)
    return _once(project, once, {"fetched": fetched}, make)


def _once(
    project: Project, once: UUID, alike: dict[str, Any], make: Callable[..., Upload]
) -> tuple[Upload, bool]:
    # Asked first: a twin that comes between the two questions is found by the second.
    free = not Upload.objects.filter(pk=once).exists()
    same = project.uploads.filter(pk=once, **alike)
    if earlier := same.first():
        return earlier, False
    try:
        with transaction.atomic():
            return make(pk=once if free else new_id()), True
    except IntegrityError:  # the twin of a double click was first
        earlier = same.all().first()
        if earlier is None:
            raise
        return earlier, False


def written(project: Project, text: str, name: str) -> File:
    """Pasted text as a file: one example a line."""
    field = project.kind.example_schema()["required"][0]
    lines = (line.strip() for line in plain(text).splitlines())
    rows = (json.dumps({field: line}, ensure_ascii=False) for line in lines if line)
    return File(BytesIO("".join(f"{row}\n" for row in rows).encode()), name=name)


def again(upload: Upload, *, dry_run: bool, **said: Any) -> bool:
    """Read the stored file once more, as is `said`: mapping, answers, existing, options.

    Only what was a dry run can be: what has been read for good is over. False if someone was first.
    """
    changed = Upload.objects.filter(pk=upload.pk, dry_run=True, state__in=AT_REST).update(
        **_ANEW, token=F("token") + 1, queued_at=Now(), dry_run=dry_run, **said
    )
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
