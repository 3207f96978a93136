"""Files on their way in."""

from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import caller
from accounts.replaying import replayed
from projects import access, jobs, mapping, taking
from projects.api.projects import asked_for
from projects.models import Project, Upload


class UploadAsked(serializers.Serializer[Any]):
    file = serializers.FileField(
        max_length=255,
        allow_empty_file=True,
        error_messages={"required": "Send the file as the form field “file”."},
    )
    mapping = serializers.CharField(max_length=10_000, required=False, default="")
    answers = serializers.ChoiceField(choices=["final", "hint"], default="final")
    dry_run = serializers.BooleanField(default=False)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        if taking.too_large(file.size):
            limit = settings.UPLOAD_LIMIT_BYTES // 1024**2
            raise serializers.ValidationError(
                f"The file is larger than {limit} MB. Split it, or raise UPLOAD_LIMIT_MB."
            )
        return file

    def validate_mapping(self, text: str) -> dict[str, str]:
        try:
            found = orjson.loads(text or "{}")
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict) or not all(map(_names_a_column, found.values())):
            raise serializers.ValidationError(
                'A mapping is a JSON object such as {"text": "column", "label": "column"}.'
            )
        known = mapping.fields(self.context["project"].kind)
        if wrong := [name for name in found if name not in known]:
            raise serializers.ValidationError(
                f"“{wrong[0][:60]}” cannot be mapped here. What can: {', '.join(known)}."
            )
        if len(set(found.values())) < len(found):
            raise serializers.ValidationError("Each column can be mapped to one thing only.")
        return found


def _names_a_column(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


class UploadData(serializers.ModelSerializer[Upload]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)

    class Meta:
        model = Upload
        fields: ClassVar = [
            *("id", "project", "name", "size_bytes", "state", "progress", "dry_run", "answers"),
            *("mapping", "detected", "rows_read", "examples_created", "duplicates", "rejected"),
            *("problems", "report", "error", "created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    def to_representation(self, upload: Upload) -> dict[str, Any]:
        """With problems in English; how pages word them is not for programs."""
        shown = super().to_representation(upload)
        told = [{"row": one["row"], "reason": one["reason"]} for one in upload.problems]
        return {**shown, "problems": told}


class Uploads(ListAPIView[Upload]):
    parser_classes = (MultiPartParser,)
    serializer_class = UploadData

    def get_queryset(self) -> Any:
        return asked_for(self.request, self.kwargs["project_id"]).uploads.all()

    @extend_schema(request={"multipart/form-data": UploadAsked}, responses={202: UploadData})
    def post(self, request: Request, project_id: UUID) -> Response:
        return self._take(request, asked_for(request, project_id))

    @replayed()
    def _take(self, request: Request, project: Project) -> Response:
        form = UploadAsked(data=request.data, context={"project": project})
        form.is_valid(raise_exception=True)
        upload = _taken(project, request, form.validated_data)
        return Response(UploadData(upload).data, status=202)


@transaction.atomic
def _taken(project: Project, request: Request, asked: dict[str, Any]) -> Upload:
    file = asked.pop("file")
    upload = taking.take(project, caller(request), file, **asked)
    jobs.ring(upload)
    return upload


class OneUpload(APIView):
    @extend_schema(responses=UploadData)
    def get(self, request: Request, upload_id: UUID) -> Response:
        upload = get_object_or_404(Upload.objects.select_related("project"), pk=upload_id)
        access.require(request, upload.project)
        return Response(UploadData(upload).data)


class CancelUpload(APIView):
    """Stop reading. What was read stays."""

    @extend_schema(request=None, responses={202: UploadData})
    def post(self, request: Request, upload_id: UUID) -> Response:
        upload = get_object_or_404(Upload.objects.select_related("project"), pk=upload_id)
        access.require(request, upload.project)
        taking.cancel(upload)
        return Response(UploadData(upload).data, status=202)
