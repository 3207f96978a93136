"""Model versions over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.paging import ByCursor
from projects import access
from projects.api.projects import asked_for
from training.models import ModelVersion


class ModelVersionData(serializers.ModelSerializer[ModelVersion]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)
    run = serializers.CharField(source="run_id", read_only=True)
    snapshot = serializers.CharField(source="run.snapshot_id", read_only=True)
    artifacts = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields: ClassVar = [
            *("id", "project", "version", "run", "snapshot", "method", "base_model", "metrics"),
            *("labels", "artifacts", "created_at"),
        ]
        read_only_fields = fields

    def get_artifacts(self, version: ModelVersion) -> list[dict[str, Any]]:
        return [
            {("size" if name == "size_bytes" else name): value for name, value in artifact.items()}
            for artifact in version.artifacts
        ]


class ModelVersions(ListAPIView[ModelVersion]):
    serializer_class = ModelVersionData
    pagination_class = ByCursor

    def get_queryset(self) -> Any:
        project = asked_for(self.request, self.kwargs["project_id"])
        return project.model_versions.select_related("run")


class OneModelVersion(APIView):
    @extend_schema(responses=ModelVersionData)
    def get(self, request: Request, version_id: UUID) -> Response:
        versions = ModelVersion.objects.select_related("project", "run")
        version = get_object_or_404(versions, pk=version_id)
        access.require(request, version.project)
        return Response(ModelVersionData(version).data)
