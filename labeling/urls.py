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
_EXAMPLE = "projects/<uuid:project_id>/data/examples/<uuid:example_id>/"
_GUIDELINES = "projects/<uuid:project_id>/guidelines/"
PAGES = [
    path("notices/", views.notices.page, name="notices"),
    path("notices/read/", views.notices.read_all, name="notices-read"),
    path("notices/<uuid:notice_id>/", views.notices.follow, name="notice"),
    path(f"{_EXAMPLE}history/", views.history.page, name="example-history"),
    path(f"{_EXAMPLE}comment/", views.history.comment, name="example-comment"),
    path(f"{_EXAMPLE}check/", views.checks.make, name="check-make"),
    path(f"{_EXAMPLE}check/retire/", views.checks.retire, name="check-retire"),
    path(_GUIDELINES, views.guidelines.page, name="guidelines"),
    path(f"{_GUIDELINES}<int:number>/", views.guidelines.page, name="guidelines-version"),
    path(_DESK, views.desk.desk, name="desk"),
    path(f"{_DESK}look/", views.desk.look, name="desk-look"),
    path(f"{_DESK}next/", views.turns.next_example, name="desk-next"),
    path(f"{_DESK}ahead/", views.turns.ahead, name="desk-ahead"),
    path(f"{_DESK}undo/", views.turns.undo, name="desk-undo"),
    path(f"{_DESK}<uuid:assignment_id>/answer/", views.turns.answer, name="desk-answer"),
    path(f"{_DESK}<uuid:assignment_id>/draft/", views.desk.draft, name="desk-draft"),
    path(f"{_DESK}<uuid:assignment_id>/skip/", views.turns.skip, name="desk-skip"),
    path(f"{_DESK}<uuid:assignment_id>/renew/", views.turns.renew, name="desk-renew"),
    path(f"{_DESK}<uuid:assignment_id>/leave/", views.turns.leave, name="desk-leave"),
    path(f"{_DESK}<uuid:assignment_id>/flag/", views.drawer.flag, name="desk-flag"),
    path(f"{_DESK}<uuid:assignment_id>/comment/", views.drawer.comment, name="desk-comment"),
    path(f"{_DESK}drawer/<slug:tab>/", views.drawer.drawer, name="desk-drawer"),
    path(f"{_DESK}labels/<int:number>/", views.drawer.of_label, name="desk-label"),
    path(f"{_DESK}review/", views.review.page, name="review"),
    path(f"{_DESK}review/undo/", views.review.undo, name="review-undo"),
    path(f"{_DESK}review/<uuid:example_id>/", views.review.settle, name="review-settle"),
    path(
        f"{_DESK}review/back/<uuid:annotation_id>/", views.review.send_back, name="review-send-back"
    ),
    path(
        f"{_DESK}review/take-back/<uuid:annotation_id>/",
        views.history.take_back,
        name="review-take-back",
    ),
    path(f"{_DESK}flags/<uuid:comment_id>/", views.history.dealt_with, name="flag-dealt-with"),
    path(f"{_DESK}agreement/", views.agreement.page, name="agreement"),
    path(f"{_DESK}checks/", views.checks.page, name="checks"),
    path(f"{_DESK}checks/draw/", views.checks.draw, name="checks-draw"),
    path(f"{_DESK}rules/", views.rules.page, name="rules"),
    path(f"{_DESK}rules/count/", views.rules.count, name="rules-count"),
    path(f"{_DESK}rules/<uuid:rule_id>/", views.rules.change, name="rule-change"),
    path(f"{_DESK}bulk/", views.bulk.page, name="bulk"),
    path(f"{_DESK}bulk/<int:number>/", views.bulk.group, name="bulk-group"),
    path(f"{_DESK}mine/", views.team.mine, name="my-work"),
    path(
        f"{_DESK}mine/<uuid:assignment_id>/back/", views.team.bring_back, name="my-work-bring-back"
    ),
    path(f"{_DESK}team/", views.team.page, name="team"),
    path(f"{_DESK}team/file/", views.team.file, name="team-file"),
]
