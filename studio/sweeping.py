"""Clears away what nobody can reach any more: deleted projects, old replays."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import replaying
from accounts.models import Replay
from labeling.models import Assignment, Suggestion
from projects import places
from projects.models import (
    Act,
    Annotation,
    Due,
    Embedding,
    Entry,
    Erasure,
    Example,
    Export,
    Finding,
    Inspection,
    Project,
    Revision,
    SavedFilter,
    Tag,
    Tagged,
    Touched,
    Upload,
)
from serving.models import Endpoint, Feedback, Prediction, Refusal, Release
from training.models import (
    Measurement,
    ModelVersion,
    Run,
    Snapshot,
    SnapshotRow,
    Suggesting,
    TestAnswer,
)

# A deletion can be undone by an administrator for this long.
KEPT = timedelta(days=7)
# Deleted examples can be brought back for so long; a sweep clears so many at most.
EXAMPLES_KEPT = timedelta(days=30)
CLEARED = 5000
# From the leaves to the root: each is deleted before what it points to.
_BY_PROJECT = [
    (Feedback, "prediction__endpoint__project"),
    (Prediction, "endpoint__project"),
    (Refusal, "endpoint__project"),
    (Release, "endpoint__project"),
    (Endpoint, "project"),
    (Suggesting, "project"),
    (ModelVersion, "project"),
    (TestAnswer, "run__project"),
    (Measurement, "run__project"),
    (Run, "project"),
    (SnapshotRow, "snapshot__project"),
    (Snapshot, "project"),
    (Suggestion, "project"),
    (Assignment, "project"),
    (Revision, "annotation__example__project"),
    (Annotation, "example__project"),
    (Tagged, "tag__project"),
    (Tag, "project"),
    (Touched, "act__project"),
    (Act, "project"),
    (Finding, "project"),
    (Embedding, "project"),
    (Entry, "project"),
    (Example, "project"),
    (Export, "project"),
    (Erasure, "project"),
    (SavedFilter, "project"),
    (Inspection, "project"),
    (Upload, "project"),
]


def sweep() -> None:
    now = timezone.now()
    Replay.objects.filter(created_at__lt=now - replaying.KEPT).delete()
    over = Example.objects.filter(deleted_at__lt=now - EXAMPLES_KEPT).order_by("deleted_at")
    Example.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:CLEARED])).delete()
    for project in Project.objects.filter(deleted_at__lt=now - KEPT)[:10]:
        erase(project)


@transaction.atomic
def erase(project: Project) -> None:
    """Delete a project with all that belongs to it, files too."""
    # A row without a path has no file: the folder of all files is not its own.
    files = [upload.file for upload in project.uploads.exclude(path="")]
    files += [export.file for export in project.exports.exclude(path="")]
    runs = [run.folder for run in project.runs.all()]
    others = [settings.FILES / "snapshots" / str(project.pk), places.file(project.pk)]
    for model, path in _BY_PROJECT:
        model._default_manager.filter(**{path: project}).delete()
    Due.objects.filter(project_id=project.pk).delete()
    project.delete()
    transaction.on_commit(lambda: _remove([*files, *runs, *others]))


def _remove(places: list[Path]) -> None:
    for place in places:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
