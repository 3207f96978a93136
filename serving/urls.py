"""Addresses of published endpoints: API below /api/v1/, PAGES below /."""

from django.urls import path

from serving import api, views

API = [
    path("endpoints/", api.Endpoints.as_view(), name="endpoints"),
    path("endpoints/<slug:slug>/", api.OneEndpoint.as_view(), name="endpoint"),
    path("endpoints/<slug:slug>/keys/", api.Keys.as_view(), name="endpoint-keys"),
    path("endpoints/<slug:slug>/keys/<uuid:key_id>/", api.OneKey.as_view(), name="endpoint-key"),
    path("endpoints/<slug:slug>/releases/", api.Releases.as_view(), name="endpoint-releases"),
    path("endpoints/<slug:slug>/rollback/", api.RollBack.as_view(), name="endpoint-rollback"),
    path("endpoints/<slug:slug>/stats/", api.EndpointStats.as_view(), name="endpoint-stats"),
]

_HERE = "projects/<uuid:project_id>/endpoints"
_ONE = f"{_HERE}/<slug:slug>"
PAGES = [
    path(f"{_HERE}/", views.endpoint.listed, name="endpoints-page"),
    path(f"{_HERE}/publish/", views.publish.publish, name="endpoint-publish"),
    path(f"{_ONE}/", views.endpoint.page, name="endpoint-page"),
    path(f"{_ONE}/traffic/", views.endpoint.traffic, name="endpoint-traffic"),
    path(f"{_ONE}/withdraw/", views.endpoint.withdraw, name="endpoint-withdraw"),
    path(f"{_ONE}/try/", views.trying.ask, name="endpoint-try"),
    path(f"{_ONE}/verdict/", views.trying.verdict, name="endpoint-verdict"),
    path(f"{_ONE}/release/", views.releases.release, name="endpoint-release"),
    path(f"{_ONE}/roll-back/", views.releases.roll_back, name="endpoint-roll-back"),
    path(f"{_ONE}/keys/", views.keys.make, name="endpoint-key-make"),
    path(f"{_ONE}/keys/<uuid:key_id>/revoke/", views.keys.revoke, name="endpoint-key-revoke"),
]
