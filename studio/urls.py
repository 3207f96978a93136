"""Every address of the studio. Who may go where is in projects/access.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

import accounts.urls
import labeling.urls
import projects.urls
import serving.urls
import training.urls
from studio import api, forgetting, labels, offers, ring, tracing, views
from studio.board import views as board
from studio.words import words

ROOMS = (accounts.urls, projects.urls, labeling.urls, training.urls, serving.urls)

API: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("examples/<uuid:example_id>/lineage/", api.Lineage.as_view(), name="example-lineage"),
    *(route for room in ROOMS for route in room.API),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("set-up/", views.set_up, name="set-up"),
    path("now/", views.now, name="now"),
    path("samples/", offers.page, name="samples"),
    path("theme/", views.theme, name="theme"),
    path("words/", words, name="words"),
    path("components/", views.components, name="components"),
    path("projects/<uuid:project_id>/", ring.page, name="ring"),
    path(
        "projects/<uuid:project_id>/data/examples/<uuid:example_id>/trace/",
        tracing.page,
        name="example-trace",
    ),
    path("projects/<uuid:project_id>/data/erase/", forgetting.page, name="erase"),
    path(
        "projects/<uuid:project_id>/data/erase/<uuid:erasure_id>/",
        forgetting.record,
        name="erasure",
    ),
    path("projects/<uuid:project_id>/settings/labels/", labels.page, name="labels"),
    path("projects/<uuid:project_id>/settings/labels/add/", labels.add, name="labels-add"),
    path("projects/<uuid:project_id>/settings/labels/change/", labels.change, name="labels-change"),
    path(
        "projects/<uuid:project_id>/settings/labels/<uuid:act_id>/undo/",
        labels.undo,
        name="labels-undo",
    ),
    path(
        "projects/<uuid:project_id>/settings/labels/<uuid:act_id>/go-on/",
        labels.go_on,
        name="labels-go-on",
    ),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    *(route for room in ROOMS for route in room.PAGES),
    path("api/v1/", include(API)),
    path("accounts/", include("allauth.account.urls")),
    path("admin/board/", board.board, name="board"),
    path("admin/board/retry/<slug:kind>/<uuid:pk>/", board.retry, name="board-retry"),
    path("admin/", admin.site.urls),
]

handler400 = "studio.views.bad_request"
handler403 = "studio.views.forbidden"
handler404 = "studio.views.not_found"
handler500 = "studio.views.failed"
