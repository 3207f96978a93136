"""Addresses of published endpoints, below /api/v1/."""

from django.urls import path

from serving import api

urlpatterns = [
    path("endpoints/", api.Endpoints.as_view(), name="endpoints"),
    path("endpoints/<slug:slug>/", api.OneEndpoint.as_view(), name="endpoint"),
    path("endpoints/<slug:slug>/keys/", api.Keys.as_view(), name="endpoint-keys"),
    path("endpoints/<slug:slug>/keys/<uuid:key_id>/", api.OneKey.as_view(), name="endpoint-key"),
    path("endpoints/<slug:slug>/releases/", api.Releases.as_view(), name="endpoint-releases"),
    path("endpoints/<slug:slug>/rollback/", api.RollBack.as_view(), name="endpoint-rollback"),
    path("endpoints/<slug:slug>/stats/", api.EndpointStats.as_view(), name="endpoint-stats"),
]
