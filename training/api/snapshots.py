"""Snapshots over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access
from projects.api.projects import asked_for
from projects.models import Project, Role
from training import snapshots
from training.models import Snapshot

MASKED = "Personal data was masked since this was frozen, and is in it openly: owners may fetch it."


class SnapshotData(serializers.ModelSerializer[Snapshot]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)

    class Meta:
        model = Snapshot
        fields: ClassVar = ["id", "project", "sha256", "counts", "labels", "created_at"]
        read_only_fields = fields


class SnapshotDetail(SnapshotData):
    """With what stands beside the file, and where the file is."""

    left_out = serializers.SerializerMethodField()
    manifest = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    class Meta(SnapshotData.Meta):
        fields: ClassVar = [*SnapshotData.Meta.fields, "left_out", "manifest", "file"]
        read_only_fields = fields

    def get_left_out(self, snapshot: Snapshot) -> int:
        """Rows that nearly repeat a test row."""
        return int(snapshot.counts.get("left_out", 0))

    def get_manifest(self, snapshot: Snapshot) -> dict[str, Any] | None:
        """Null for a snapshot of an earlier release."""
        return snapshots.manifest_of(snapshot.file) or None

    def get_file(self, snapshot: Snapshot) -> str:
        return reverse("snapshot-file", args=[snapshot.pk])


class Snapshots(ListAPIView[Snapshot]):
    serializer_class = SnapshotData

    def get_queryset(self) -> Any:
        return asked_for(self.request, self.kwargs["project_id"]).snapshots.all()

    @extend_schema(request=None, responses={201: SnapshotData})
    def post(self, request: Request, project_id: UUID) -> Response:
        return self._freeze(request, asked_for(request, project_id))

    @replayed()
    def _freeze(self, request: Request, project: Project) -> Response:
        try:
            snapshot = snapshots.freeze(project, caller(request))
        except snapshots.NothingToFreeze as problem:
            raise ValidationError({"project": [str(problem)]}) from problem
        return Response(SnapshotData(snapshot).data, status=201)


class OneSnapshot(APIView):
    @extend_schema(responses=SnapshotDetail)
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        return Response(SnapshotDetail(_of(request, snapshot_id)[0]).data)


class SnapshotFile(APIView):
    """The rows as they were frozen: Parquet, or JSON Lines of an earlier release."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, snapshot_id: UUID) -> FileResponse:
        snapshot, role = _of(request, snapshot_id)
        if not snapshots.may_fetch(role, snapshot):
            raise PermissionDenied(MASKED)
        return snapshots.fetched(snapshot)


def _of(request: Request, snapshot_id: UUID) -> tuple[Snapshot, Role]:
    snapshot = get_object_or_404(Snapshot.objects.select_related("project"), pk=snapshot_id)
    return snapshot, access.require(request, snapshot.project)
