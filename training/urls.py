"""Addresses of the training room: API below /api/v1/, PAGES below /."""

from django.urls import path

from training import views
from training.api import catalogue, runs, snapshots, versions

API = [
    path("tasks/", catalogue.Tasks.as_view(), name="tasks"),
    path("base-models/", catalogue.BaseModels.as_view(), name="base-models"),
    path(
        "projects/<uuid:project_id>/snapshots/",
        snapshots.Snapshots.as_view(),
        name="project-snapshots",
    ),
    path("snapshots/<uuid:snapshot_id>/", snapshots.OneSnapshot.as_view(), name="snapshot"),
    path(
        "snapshots/<uuid:snapshot_id>/file/", snapshots.SnapshotFile.as_view(), name="snapshot-file"
    ),
    path("projects/<uuid:project_id>/runs/", runs.Runs.as_view(), name="project-runs"),
    path("runs/<uuid:run_id>/", runs.OneRun.as_view(), name="run"),
    path("runs/<uuid:run_id>/history/", runs.History.as_view(), name="run-history"),
    path("runs/<uuid:run_id>/cancel/", runs.Cancel.as_view(), name="run-cancel"),
    path(
        "projects/<uuid:project_id>/model-versions/",
        versions.ModelVersions.as_view(),
        name="project-model-versions",
    ),
    path(
        "model-versions/<uuid:version_id>/",
        versions.OneModelVersion.as_view(),
        name="model-version",
    ),
]

_SNAPSHOTS = "projects/<uuid:project_id>/snapshots/"
_TRAIN = "projects/<uuid:project_id>/train/"
PAGES = [
    path(_TRAIN, views.runs.train, name="train"),
    path(f"{_TRAIN}runs/<uuid:run_id>/", views.runs.run_page, name="run-page"),
    path(f"{_TRAIN}runs/<uuid:run_id>/cancel/", views.runs.run_cancel, name="run-cancel-page"),
    path(f"{_TRAIN}runs/<uuid:run_id>/examples/", views.runs.run_cell, name="run-cell"),
    path(f"{_TRAIN}versions/<int:number>/", views.runs.version, name="version-page"),
    path(_SNAPSHOTS, views.snapshots.page, name="snapshots-page"),
    path(f"{_SNAPSHOTS}compare/", views.snapshots.compare, name="snapshots-compare"),
    path(f"{_SNAPSHOTS}<uuid:snapshot_id>/file/", views.snapshots.file, name="snapshot-file-page"),
]
