"""Addresses of the labelling room: API below /api/v1/, PAGES below /."""

from django.urls import path

from labeling import api, views

API = [
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

_DESK = "projects/<uuid:project_id>/desk/"
PAGES = [
    path(_DESK, views.desk.desk, name="desk"),
    path(f"{_DESK}next/", views.desk.next_example, name="desk-next"),
    path(f"{_DESK}undo/", views.desk.undo, name="desk-undo"),
    path(f"{_DESK}<uuid:assignment_id>/answer/", views.desk.answer, name="desk-answer"),
    path(f"{_DESK}<uuid:assignment_id>/skip/", views.desk.skip, name="desk-skip"),
    path(f"{_DESK}review/", views.review.page, name="review"),
    path(f"{_DESK}review/<uuid:example_id>/", views.review.settle, name="review-settle"),
]
