"""Snapshots over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access
from projects.api.projects import asked_for
from projects.models import Project
from training import snapshots
from training.models import Snapshot


class SnapshotData(serializers.ModelSerializer[Snapshot]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)

    class Meta:
        model = Snapshot
        fields: ClassVar = ["id", "project", "sha256", "counts", "labels", "created_at"]
        read_only_fields = fields


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
    @extend_schema(responses=SnapshotData)
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        snapshot = get_object_or_404(Snapshot.objects.select_related("project"), pk=snapshot_id)
        access.require(request, snapshot.project)
        return Response(SnapshotData(snapshot).data)
