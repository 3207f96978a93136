"""Examples: found, read, and out again."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.paging import ByCursor
from projects import access, exporting, searching
from projects.api.projects import asked_for
from projects.models import Annotation, Example


class AnnotationData(serializers.ModelSerializer[Annotation]):
    id = serializers.CharField(read_only=True)
    example = serializers.CharField(source="example_id", read_only=True)
    author = serializers.EmailField(source="author.email", read_only=True, default=None)
    answer = serializers.JSONField(read_only=True)

    class Meta:
        model = Annotation
        fields: ClassVar = [
            *("id", "example", "author", "source", "hint", "answer", "duration_ms"),
            *("guidelines_version", "created_at", "updated_at"),
        ]
        read_only_fields = fields


class ExampleData(serializers.ModelSerializer[Example]):
    """An example as lists show it."""

    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    data = serializers.JSONField(read_only=True)  # type: ignore[assignment]
    gold = serializers.JSONField(read_only=True, allow_null=True)
    test = serializers.BooleanField(source="is_test", read_only=True)

    class Meta:
        model = Example
        fields: ClassVar = [
            *("id", "project", "data", "status", "gold", "test", "source", "created_at"),
        ]
        read_only_fields = fields


class ExampleDetail(ExampleData):
    """With all that was said about it, and where it came from."""

    annotations = AnnotationData(many=True, source="live", read_only=True)
    provenance = serializers.SerializerMethodField()

    class Meta(ExampleData.Meta):
        fields: ClassVar = [*ExampleData.Meta.fields, "annotations", "provenance"]
        read_only_fields = fields

    def get_provenance(self, example: Example) -> dict[str, Any]:
        upload = str(example.upload_id) if example.upload_id else None
        return {"source": example.source, "upload": upload, "row": example.row, **example.origin}


class InOrder(ByCursor):
    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return (searching.order(request.query_params.get("order", "")),)


class Examples(ListAPIView[Example]):
    serializer_class = ExampleData
    pagination_class = InOrder

    @extend_schema(
        parameters=[
            OpenApiParameter(name, str) for name in ("q", "status", "label", "source", "order")
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        project = asked_for(self.request, self.kwargs["project_id"])
        return searching.chosen(project, self.request.query_params.dict())


class OneExample(APIView):
    @extend_schema(responses=ExampleDetail)
    def get(self, request: Request, example_id: UUID) -> Response:
        example = get_object_or_404(detailed(), pk=example_id)
        access.require(request, example.project)
        return Response(ExampleDetail(example).data)


def detailed() -> Any:
    live = Annotation.objects.filter(withdrawn_at=None).select_related("author").order_by("id")
    return Example.objects.select_related("project").prefetch_related(
        Prefetch("annotations", live, to_attr="live")
    )


class Export(APIView):
    """All examples in one streamed file."""

    @extend_schema(
        parameters=[OpenApiParameter("format", str, enum=list(exporting.FORMATS))],
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, project_id: UUID) -> StreamingHttpResponse:
        project = asked_for(request, project_id)
        form = request.query_params.get("format", "jsonl")
        if form not in exporting.FORMATS:
            possible = ", ".join(exporting.FORMATS)
            raise ValidationError({"format": [f"Possible: {possible}."]})
        return exporting.answered(project, form)
