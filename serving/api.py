"""Endpoints over HTTP: publish, release, roll back, hand out keys, look at the figures."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import audit
from accounts.authentication import caller
from accounts.problems import Conflict
from accounts.replaying import replayed
from projects import access
from serving import keys, monitoring, publishing
from serving.models import Endpoint, Key, Release
from serving.serializers import (
    EndpointAsked,
    EndpointShown,
    KeyAsked,
    KeyMade,
    KeyShown,
    ReleaseAsked,
    ReleaseShown,
    Stats,
    StatsAsked,
)
from training.models import ModelVersion


def opened(request: Request, slug: str) -> Endpoint:
    """The endpoint, if the caller's role in its project allows this; else 404 or 403."""
    endpoint = get_object_or_404(
        Endpoint.objects.open().with_releases().select_related("project"), slug=slug
    )
    access.require(request, endpoint.project)
    return endpoint


class Endpoints(generics.ListAPIView[Endpoint]):
    """The endpoints of the caller's projects; publishing another."""

    serializer_class = EndpointShown

    def get_queryset(self) -> QuerySet[Endpoint]:
        mine = access.visible(self.request.user)
        return Endpoint.objects.open().with_releases().filter(project__in=mine)

    @extend_schema(request=EndpointAsked, responses={201: EndpointShown})
    def post(self, request: Request) -> Response:
        asked = _checked(EndpointAsked, request)
        version = get_object_or_404(
            ModelVersion.objects.select_related("project", "run"), pk=asked["model_version"]
        )
        access.require(request, version.project)
        return self._publish(request, version, asked["name"])

    # Replayed only behind the question of access: whoever has lost it gets no kept answer.
    @replayed()
    def _publish(self, request: Request, version: ModelVersion, name: str) -> Response:
        try:
            made = publishing.publish(version.project, name, version, caller(request))
        except publishing.NotPublishable as reason:
            raise ValidationError({"model_version": [str(reason)]}) from reason
        return Response(EndpointShown(opened(request, made.slug)).data, status=201)


class OneEndpoint(APIView):
    @extend_schema(responses=EndpointShown)
    def get(self, request: Request, slug: str) -> Response:
        return Response(EndpointShown(opened(request, slug)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Take the address off the air; what it answered stays on record."""
        publishing.withdraw(opened(request, slug), caller(request))
        return Response(status=204)


class Releases(generics.ListAPIView[Release]):
    """What has answered at this endpoint, oldest first; letting another version answer."""

    serializer_class = ReleaseShown

    def get_queryset(self) -> QuerySet[Release]:
        endpoint = opened(self.request, self.kwargs["slug"])
        return endpoint.releases.select_related("model_version", "readiness")

    @extend_schema(request=ReleaseAsked, responses={201: ReleaseShown})
    def post(self, request: Request, slug: str) -> Response:
        return self._release(request, opened(request, slug))

    @replayed()
    def _release(self, request: Request, endpoint: Endpoint) -> Response:
        asked = _checked(ReleaseAsked, request)
        version = endpoint.project.model_versions.filter(pk=asked["model_version"]).first()
        if version is None:
            raise ValidationError(
                {"model_version": ["There is no such model version in this project."]}
            )
        try:
            made = publishing.release(
                endpoint, version, caller(request), mode=asked["mode"], traffic=asked["traffic"]
            )
        except publishing.NotPublishable as reason:
            raise ValidationError({"model_version": [str(reason)]}) from reason
        return Response(ReleaseShown(made).data, status=201)


class RollBack(APIView):
    """Return to the release before."""

    @extend_schema(request=None, responses={200: ReleaseShown})
    def post(self, request: Request, slug: str) -> Response:
        return self._roll_back(request, opened(request, slug))

    @replayed()
    def _roll_back(self, request: Request, endpoint: Endpoint) -> Response:
        try:
            answering = publishing.roll_back(endpoint, caller(request))
        except publishing.NothingBefore as reason:
            raise Conflict(str(reason)) from reason
        return Response(ReleaseShown(answering).data)


class Keys(generics.ListAPIView[Key]):
    """The endpoint's keys, without their secret; making another, shown once."""

    serializer_class = KeyShown

    def get_queryset(self) -> QuerySet[Key]:
        return opened(self.request, self.kwargs["slug"]).keys.filter(internal=False)

    @extend_schema(request=KeyAsked, responses={201: KeyMade})
    def post(self, request: Request, slug: str) -> Response:
        return self._mint(request, opened(request, slug))

    @replayed(secret=True)
    def _mint(self, request: Request, endpoint: Endpoint) -> Response:
        asked = _checked(KeyAsked, request)
        key, value = keys.mint(endpoint, by=caller(request), **asked)
        return Response({**KeyShown(key).data, "key": value}, status=201)


class OneKey(APIView):
    @extend_schema(request=KeyAsked, responses=KeyShown)
    def patch(self, request: Request, slug: str, key_id: UUID) -> Response:
        """Rename the key, or set how many requests a minute it may make (null: no limit)."""
        key = get_object_or_404(opened(request, slug).keys, pk=key_id, internal=False)
        changes = _checked(KeyAsked, request, partial=True)
        for name, value in changes.items():
            setattr(key, name, value)
        key.save(update_fields=list(changes))
        audit.note(caller(request), "changed an endpoint key", slug, key=str(key.pk), **changes)
        return Response(KeyShown(key).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, key_id: UUID) -> Response:
        """Revoke the key: its next request is refused."""
        key = get_object_or_404(opened(request, slug).keys, pk=key_id, internal=False)
        keys.revoke(key, caller(request))
        return Response(status=204)


class EndpointStats(APIView):
    @extend_schema(parameters=[StatsAsked], responses=Stats)
    def get(self, request: Request, slug: str) -> Response:
        """Requests, errors, latency, labels and confidence over time, feedback and drift."""
        endpoint = opened(request, slug)
        asked = StatsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(monitoring.stats(endpoint, hours=asked.validated_data["hours"]))


def _checked(kind: type[Any], request: Request, *, partial: bool = False) -> dict[str, Any]:
    asked = kind(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
