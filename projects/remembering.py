"""How a file was read the last time: the next one with the same columns is read so, too."""

from typing import Any

from django.db.models import QuerySet

from projects import mapping
from projects.leases import State
from projects.models import Existing, Upload

SAID = ("mapping", "answers", "existing", "options", "with_meta")


def last_like(upload: Upload, columns: list[str]) -> Upload | None:
    """The file imported last that had these columns."""
    return _imported(upload).filter(detected__columns=columns).first()


def last_with_options(upload: Upload) -> Upload | None:
    """The file imported last of which a person said how it is to be read."""
    return _imported(upload).exclude(options={}).first()


def _imported(upload: Upload) -> QuerySet[Upload]:
    imported = upload.project.uploads.filter(state=State.DONE, dry_run=False, sample={})
    kept = imported.exclude(pk=upload.pk).order_by("-finished_at")
    return kept.only("name", "detected", *SAID)


def said(upload: Upload) -> dict[str, Any]:
    """What a person said of the file, or the studio in their stead."""
    return {name: getattr(upload, name) for name in SAID}


def guessed(upload: Upload) -> dict[str, Any]:
    """What there is to say of a file that is like no other."""
    columns = upload.detected.get("columns", [])
    return {
        "mapping": mapping.guessed(upload.project.kind, columns),
        "answers": "final",
        "existing": Existing.KEEP,
        "options": {},
        "with_meta": True,
    }


def followed(upload: Upload) -> Upload | None:
    """The earlier file that this one is read like, where that is not what one would guess."""
    last = last_like(upload, upload.detected.get("columns", []))
    if last is None or said(last) != said(upload):
        return None
    plain = guessed(upload)
    return None if {**said(upload), "mapping": _told(upload)} == plain else last


def _told(upload: Upload) -> mapping.Mapping:
    return {field: column for field, column in upload.mapping.items() if column is not None}
