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
from ml.reading import ENCODINGS
from projects import access, jobs, mapping, outside, taking
from projects.api.projects import asked_for
from projects.models import Existing, Project, Upload

NO_FILE = "Send the file as the form field “file”."
S3 = ("endpoint", "bucket", "prefix", "region", "key", "secret")


class UploadAsked(serializers.Serializer[Any]):
    """A file, or word of where the studio finds one."""

    file = serializers.FileField(max_length=255, allow_empty_file=True, required=False)
    url = serializers.CharField(max_length=outside.LONGEST_URL, required=False)
    s3 = serializers.CharField(
        max_length=5_000,
        required=False,
        help_text='{"endpoint", "bucket", "prefix", "region", "key", "secret"} as JSON',
    )
    mapping = serializers.CharField(max_length=10_000, required=False, default="")
    answers = serializers.ChoiceField(choices=["final", "hint"], default="final")
    existing = serializers.ChoiceField(choices=Existing.values, default=Existing.KEEP)
    options = serializers.CharField(
        max_length=1_000,
        required=False,
        default="",
        help_text='{"encoding", "delimiter", "quote", "header", "sheet"} as JSON, each left out',
    )
    other_columns = serializers.ChoiceField(
        choices=["keep", "leave"],
        default="keep",
        help_text="whether columns that are neither data nor answer are kept beside the example",
    )
    dry_run = serializers.BooleanField(default=False)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        if taking.too_large(file.size):
            limit = settings.UPLOAD_LIMIT_BYTES // 1024**2
            raise serializers.ValidationError(
                f"The file is larger than {limit} MB. Split it, or raise UPLOAD_LIMIT_MB."
            )
        return file

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        ways = [name for name in ("file", "url", "s3") if name in asked]
        if not ways:
            raise serializers.ValidationError({"file": [NO_FILE]})
        if len(ways) > 1:
            raise serializers.ValidationError("Send one of file, url and s3.")
        return asked

    def validate_url(self, url: str) -> str:
        try:
            outside.check_address(url)
        except outside.NotFetched as refused:
            raise serializers.ValidationError(str(refused)) from refused
        return url

    def validate_s3(self, text: str) -> dict[str, str]:
        found = _object(text)
        fine = found is not None and set(found) <= set(S3) and all(map(_is_plain, found.values()))
        if not (fine and found and found.get("endpoint") and found.get("bucket")):
            raise serializers.ValidationError(
                f"An S3 folder is a JSON object of texts: {', '.join(S3)}; the first two at least."
            )
        if bool(found.get("key")) != bool(found.get("secret")):
            raise serializers.ValidationError("“key” and “secret” go together.")
        self.validate_url(found["endpoint"])
        return {name: found.get(name, "us-east-1" if name == "region" else "") for name in S3}

    def validate_options(self, text: str) -> dict[str, Any]:
        found = _object(text)
        if found is None or not all(_says(name, value) for name, value in found.items()):
            raise serializers.ValidationError(
                'Options are a JSON object such as {"encoding": "gb18030", "delimiter": ";", '
                '"quote": "\'", "header": false, "sheet": "Table 1"}; what is left out is detected.'
            )
        return found

    def validate_mapping(self, text: str) -> dict[str, str]:
        found = _object(text)
        if found is None or not all(map(_is_plain, found.values())):
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


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _says(option: str, value: Any) -> bool:
    """Whether this is something to say about how a file is to be read."""
    if option == "header":
        return isinstance(value, bool)
    if option == "encoding":
        return value in ENCODINGS
    if option in ("delimiter", "quote"):
        return _is_plain(value) and len(value) <= 1 and value not in ("\r", "\n")
    return option == "sheet" and _is_plain(value)


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


class UploadData(serializers.ModelSerializer[Upload]):
    id = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project_id", read_only=True)

    class Meta:
        model = Upload
        fields: ClassVar = [
            *("id", "project", "name", "size_bytes", "state", "progress", "dry_run", "answers"),
            *("existing", "options"),
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
    url, s3 = asked.pop("url", None), asked.pop("s3", None)
    asked["with_meta"] = asked.pop("other_columns") == "keep"
    if url or s3:
        secret = s3.pop("secret") if s3 else ""
        fetched = {"s3": s3} if s3 else {"url": url}
        upload = taking.fetch(project, caller(request), fetched, secret, **asked)
    else:
        upload = taking.take(project, caller(request), asked.pop("file"), **asked)
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
