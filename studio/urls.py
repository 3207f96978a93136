"""Every address of the studio. Who may go where is in projects/access.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from projects.views import invitation
from studio import api, views

API: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("examples/<uuid:example_id>/lineage/", api.Lineage.as_view(), name="example-lineage"),
    *(path("", include(f"{room}.urls")) for room in ("accounts", "projects", "labeling")),
    *(path("", include(f"{room}.urls")) for room in ("training", "serving")),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("set-up/", views.set_up, name="set-up"),
    path("invitations/<str:secret>/", invitation, name="invitation"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", include(API)),
    path("accounts/", include("allauth.account.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

handler400 = "studio.views.bad_request"
handler404 = "studio.views.not_found"
handler500 = "studio.views.failed"
