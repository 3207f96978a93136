"""Examples out again: at once in one streamed file, or written by a worker to be fetched."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.http import FileResponse, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access, exporting, filing, jobs, searching
from projects.api.projects import asked_for
from projects.blind import keeps_from
from projects.leases import State
from projects.models import Export, Project, Role

FORMULAS = ("exact", "safe")


class ExportOut(APIView):
    """Examples in one streamed file: all, or those of a filter."""

    @extend_schema(
        parameters=[
            OpenApiParameter("format", str, enum=list(exporting.FORMATS)),
            OpenApiParameter("formulas", str, enum=FORMULAS),
            *(OpenApiParameter(name, str) for name in searching.FILTERS),
        ],
        responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, project_id: UUID) -> StreamingHttpResponse:
        project, said = asked_for(request, project_id), request.query_params
        form = _one_of("format", said.get("format", "jsonl"), list(exporting.FORMATS))
        safe = _one_of("formulas", said.get("formulas", "exact"), FORMULAS) == "safe"
        try:
            blind = keeps_from(Role(project.role_here))  # type: ignore[attr-defined]
            asked = exporting.asked(project, said.dict(), safe=safe, blind=blind)
            return exporting.answered(asked, form)
        except exporting.Refused as why:
            raise ValidationError({"format": [str(why)]}) from why


def _one_of(field: str, value: str, possible: list[str] | tuple[str, ...]) -> str:
    if value not in possible:
        raise ValidationError({field: [f"Possible: {', '.join(possible)}."]})
    return value


class ExportAsked(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=list(exporting.FORMATS), default="jsonl")
    formulas = serializers.ChoiceField(choices=FORMULAS, default="exact")
    filters = serializers.DictField(child=serializers.CharField(max_length=4000), default=dict)

    def validate_filters(self, filters: Mapping[str, str]) -> Mapping[str, str]:
        """An unknown name would quietly mean all examples."""
        if unknown := [name for name in filters if name not in searching.FILTERS]:
            known = ", ".join(searching.FILTERS)
            raise ValidationError(f"“{unknown[0][:60]}” is no filter. Possible: {known}.")
        return filters


class ExportData(serializers.ModelSerializer[Export]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)
    error = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields: ClassVar = [
            *("id", "project", "format", "options", "filters", "name", "state", "progress", "rows"),
            *("size_bytes", "error", "file", "expires_at", "created_at", "finished_at"),
        ]
        read_only_fields = fields

    def get_error(self, export: Export) -> str:
        return str(exporting.SENTENCES[export.error]) if export.error else ""

    def get_file(self, export: Export) -> str | None:
        """Where it can be fetched, once it is done."""
        return reverse("export-file", args=[export.pk]) if export.state == State.DONE else None


class Exports(ListAPIView[Export]):
    serializer_class = ExportData

    def get_queryset(self) -> Any:
        return asked_for(self.request, self.kwargs["project_id"]).exports.all()

    @extend_schema(request=ExportAsked, responses={202: ExportData})
    def post(self, request: Request, project_id: UUID) -> Response:
        return self._begin(request, asked_for(request, project_id))

    @replayed()
    def _begin(self, request: Request, project: Project) -> Response:
        form = ExportAsked(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            export = _begun(project, request, form.validated_data)
        except exporting.Refused as why:
            raise ValidationError({"format": [str(why)]}) from why
        return Response(ExportData(export).data, status=202)


@transaction.atomic
def _begun(project: Project, request: Request, said: dict[str, Any]) -> Export:
    safe = said["formulas"] == "safe"
    blind = keeps_from(Role(project.role_here))  # type: ignore[attr-defined]
    how = {"safe": safe, "blind": blind}
    export = filing.begin(project, caller(request), said["format"], said["filters"], **how)
    jobs.ring_export(export)
    return export


class OneExport(APIView):
    @extend_schema(responses=ExportData)
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(ExportData(_of(request, export_id)).data)


class CancelExport(APIView):
    """Write no more of it. One's own; a manager anyone's."""

    @extend_schema(request=None, responses={202: ExportData})
    def post(self, request: Request, export_id: UUID) -> Response:
        export = _of(request, export_id)
        if not filing.may_cancel(caller(request), access.require(request, export.project), export):
            raise PermissionDenied
        filing.cancel(export)
        return Response(ExportData(export).data, status=202)


class ExportFile(APIView):
    """The file, for seven days."""

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        export = _of(request, export_id)
        if not filing.may_fetch(access.require(request, export.project), export):
            raise PermissionDenied
        return filing.fetched(export)


def _of(request: Request, export_id: UUID) -> Export:
    export = get_object_or_404(Export.objects.select_related("project"), pk=export_id)
    access.require(request, export.project)
    return export
