"""Addresses of the labelling room, below /api/v1/."""

from django.urls import path

from labeling import api

urlpatterns = [
    path("projects/<uuid:project_id>/queue/next/", api.Next.as_view(), name="queue-next"),
    path(
        "assignments/<uuid:assignment_id>/submit/", api.Submit.as_view(), name="assignment-submit"
    ),
    path("assignments/<uuid:assignment_id>/skip/", api.Skip.as_view(), name="assignment-skip"),
    path(
        "assignments/<uuid:assignment_id>/return/", api.Return.as_view(), name="assignment-return"
    ),
    path("annotations/<uuid:annotation_id>/", api.OneAnnotation.as_view(), name="annotation"),
    path("examples/<uuid:example_id>/review/", api.Review.as_view(), name="example-review"),
    path(
        "projects/<uuid:project_id>/agreement/", api.Agreement.as_view(), name="project-agreement"
    ),
    path("projects/<uuid:project_id>/stats/", api.Stats.as_view(), name="project-stats"),
]
