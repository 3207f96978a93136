"""Projects, and the caller's own place in them."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from ml.tasks import TASKS
from projects import access, founding
from projects.models import Member, Order, Project, Role


class LabelField(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=founding.LONGEST_LABEL)
    description = serializers.CharField(max_length=2000, allow_blank=True, default="")
    hotkey = serializers.CharField(max_length=1, allow_blank=True, default="")
    color = serializers.RegexField(r"^#[0-9A-Fa-f]{6}$", default="", allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"name": data} if isinstance(data, str) else data)


class ProjectData(serializers.ModelSerializer[Project]):
    """A project as it is sent and as it is answered."""

    id = serializers.CharField(read_only=True)
    task = serializers.ChoiceField(choices=sorted(TASKS))
    labels = LabelField(many=True, required=False, max_length=founding.MOST_LABELS)  # type: ignore[call-arg]
    guidelines = serializers.CharField(max_length=100_000, allow_blank=True, required=False)
    overlap = serializers.IntegerField(min_value=1, max_value=50, required=False)
    order = serializers.ChoiceField(choices=Order.values, required=False)
    double_share = serializers.IntegerField(min_value=0, max_value=100, required=False)
    check_share = serializers.IntegerField(min_value=0, max_value=100, required=False)
    hidden_share = serializers.IntegerField(min_value=0, max_value=100, required=False)

    class Meta:
        model = Project
        fields: ClassVar = [
            *("id", "name", "task", "labels", "guidelines", "overlap", "order"),
            *("double_share", "check_share", "hidden_share", "created_at"),
        ]
        read_only_fields: ClassVar = ["created_at"]

    def validate_labels(self, labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
        try:
            return founding.labels(labels, self.instance)  # type: ignore[arg-type]
        except founding.Refused as refused:
            raise serializers.ValidationError(str(refused)) from refused

    def validate_task(self, task: str) -> str:
        if self.instance is not None and task != self.instance.task:
            raise serializers.ValidationError("A project's task cannot change. Make a new project.")
        return task

    def create(self, validated_data: dict[str, Any]) -> Project:
        return founding.found(**validated_data)

    def update(self, instance: Project, validated_data: dict[str, Any]) -> Project:
        return founding.change(instance, **validated_data)


class Projects(ListAPIView[Project]):
    """The caller's projects; a new one, of which the caller is the owner."""

    serializer_class = ProjectData

    def get_queryset(self) -> Any:
        return access.visible(self.request.user)

    @extend_schema(request=ProjectData, responses={201: ProjectData})
    @replayed()
    def post(self, request: Request) -> Response:
        form = ProjectData(data=request.data)
        form.is_valid(raise_exception=True)
        project = form.save(by=caller(request))
        return Response(ProjectData(project).data, status=201)


class OneProject(APIView):
    """Read, change or delete a project."""

    def _project(self, request: Request, project_id: UUID) -> Project:
        return asked_for(request, project_id)

    @extend_schema(responses=ProjectData)
    def get(self, request: Request, project_id: UUID) -> Response:
        return Response(ProjectData(self._project(request, project_id)).data)

    @extend_schema(request=ProjectData(partial=True), responses=ProjectData)
    @transaction.atomic
    def patch(self, request: Request, project_id: UUID) -> Response:
        project = self._project(request, project_id)
        founding.refresh(project)
        form = ProjectData(project, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        return Response(ProjectData(form.save(by=caller(request))).data)

    @extend_schema(responses={204: OpenApiResponse(description="Gone.")})
    def delete(self, request: Request, project_id: UUID) -> Response:
        project = self._project(request, project_id)
        founding.delete(project, caller(request))
        return Response(status=204)


class Me(APIView):
    """The caller, with projects and roles."""

    @extend_schema(
        responses={
            200: {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "email": {"type": "string"},
                    "administrator": {"type": "boolean"},
                    "projects": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "id": {"type": "string"},
                                "name": {"type": "string"},
                                "role": {"type": "string"},
                            },
                        },
                    },
                },
            }
        }
    )
    def get(self, request: Request) -> Response:
        members = (
            Member.objects.filter(user=caller(request), project__deleted_at=None)
            .select_related("project")
            .order_by("project_id")[:1000]
        )
        return Response(
            {
                "id": str(caller(request).pk),
                "email": caller(request).email,
                "administrator": caller(request).is_superuser,
                "projects": [
                    {"id": str(m.project_id), "name": m.project.name, "role": Role(m.role).word}
                    for m in members
                ],
            }
        )


def asked_for(request: Request, project_id: UUID) -> Project:
    """The project of the address, if the caller may do here what the table says."""
    return access.entered(request, project_id)
