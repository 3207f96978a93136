"""Addresses of the training room, below /api/v1/."""

from django.urls import path

from training import api

urlpatterns = [
    path("tasks/", api.Tasks.as_view(), name="tasks"),
    path("base-models/", api.BaseModels.as_view(), name="base-models"),
    path(
        "projects/<uuid:project_id>/snapshots/", api.Snapshots.as_view(), name="project-snapshots"
    ),
    path("snapshots/<uuid:snapshot_id>/", api.OneSnapshot.as_view(), name="snapshot"),
    path("projects/<uuid:project_id>/runs/", api.Runs.as_view(), name="project-runs"),
    path("runs/<uuid:run_id>/", api.OneRun.as_view(), name="run"),
    path("runs/<uuid:run_id>/history/", api.History.as_view(), name="run-history"),
    path("runs/<uuid:run_id>/cancel/", api.Cancel.as_view(), name="run-cancel"),
    path(
        "projects/<uuid:project_id>/model-versions/",
        api.ModelVersions.as_view(),
        name="project-model-versions",
    ),
    path("model-versions/<uuid:version_id>/", api.OneModelVersion.as_view(), name="model-version"),
]
