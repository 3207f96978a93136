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
from projects.models import Annotation, Example, Project, Revision, Upload
from serving.models import Endpoint, Feedback, Prediction, Refusal, Release
from training.models import Measurement, ModelVersion, Run, Snapshot, SnapshotRow, TestAnswer

# A deletion can be undone by an administrator for this long.
KEPT = timedelta(days=7)
# From the leaves to the root: each is deleted before what it points to.
_BY_PROJECT = [
    (Feedback, "prediction__endpoint__project"),
    (Prediction, "endpoint__project"),
    (Refusal, "endpoint__project"),
    (Release, "endpoint__project"),
    (Endpoint, "project"),
    (ModelVersion, "project"),
    (TestAnswer, "run__project"),
    (Measurement, "run__project"),
    (Run, "project"),
    (SnapshotRow, "snapshot__project"),
    (Snapshot, "project"),
    (Suggestion, "example__project"),
    (Assignment, "project"),
    (Revision, "annotation__example__project"),
    (Annotation, "example__project"),
    (Example, "project"),
    (Upload, "project"),
]


def sweep() -> None:
    now = timezone.now()
    Replay.objects.filter(created_at__lt=now - replaying.KEPT).delete()
    for project in Project.objects.filter(deleted_at__lt=now - KEPT)[:10]:
        erase(project)


@transaction.atomic
def erase(project: Project) -> None:
    """Delete a project with all that belongs to it, files too."""
    files = [upload.file for upload in project.uploads.all()]
    runs = [run.folder for run in project.runs.all()]
    for model, path in _BY_PROJECT:
        model._default_manager.filter(**{path: project}).delete()
    project.delete()
    transaction.on_commit(
        lambda: _remove([*files, *runs, settings.FILES / "snapshots" / str(project.pk)])
    )


def _remove(places: list[Path]) -> None:
    for place in places:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
