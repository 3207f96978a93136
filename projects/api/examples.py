"""Examples: found and read."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Prefetch
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.paging import ByCursor
from projects import access, blind, leafing, searching
from projects.api.projects import asked_for
from projects.models import Annotation, AnnotationSource, Example, Role


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
    """Pages of examples, found as the examples page finds them."""

    leaf: leafing.Leaf

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request, self.base_url = request, request.build_absolute_uri()
        cursor = self.decode_cursor(request)
        start = None if cursor is None else UUID(str(cursor.position))
        back = cursor is not None and cursor.reverse
        project, asked = asked_for(request, view.kwargs["project_id"]), request.query_params.dict()
        if blind.keeps_from(Role(project.role_here)):  # type: ignore[attr-defined]
            searching.refuse_what_tells(project, asked)
        self.leaf = leafing.leaf(
            project,
            asked,
            order=searching.order(request.query_params.get("order", "")),
            after=None if back else start,
            before=start if back else None,
            size=self.get_page_size(request) or 1,
        )
        return self.leaf.examples

    def get_next_link(self) -> str | None:
        return self._link(self.leaf.after, reverse=False)

    def get_previous_link(self) -> str | None:
        return self._link(self.leaf.before, reverse=True)

    def _link(self, start: UUID | None, *, reverse: bool) -> str | None:
        if start is None:
            return None
        cursor = Cursor(offset=0, reverse=reverse, position=str(start))  # type: ignore[arg-type]
        return self.encode_cursor(cursor)


class Examples(ListAPIView[Example]):
    serializer_class = ExampleData
    pagination_class = InOrder
    queryset = Example.objects.none()  # InOrder finds them

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in (*searching.FILTERS, "order")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class OneExample(APIView):
    @extend_schema(responses=ExampleDetail)
    def get(self, request: Request, example_id: UUID) -> Response:
        example = get_object_or_404(detailed(), pk=example_id)
        role = access.require(request, example.project)
        if blind.is_for(example, caller(request), role):
            example.live = blind.visible(example.live, caller(request))
        if role < Role.REVIEWER:  # which examples are checks is told to nobody who may meet them
            example.live = [one for one in example.live if one.source != AnnotationSource.CHECK]
        return Response(ExampleDetail(example).data)


def detailed() -> Any:
    live = Annotation.objects.filter(withdrawn_at=None).select_related("author").order_by("id")
    return Example.objects.select_related("project").prefetch_related(
        Prefetch("annotations", live, to_attr="live")
    )
