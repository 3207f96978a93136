"""What can be learnt, and from which starting points."""

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ml import base_models
from ml.tasks import TASKS
from training.catalogue import known

BASE_MODEL_FIELDS: dict[str, Any] = {
    "name": serializers.CharField(),
    "modality": serializers.CharField(),
    "tasks": serializers.ListField(child=serializers.CharField()),
    "parameters": serializers.IntegerField(),
    "size_bytes": serializers.IntegerField(),
    "languages": serializers.ListField(child=serializers.CharField()),
    "licence": serializers.CharField(),
    "available": serializers.BooleanField(),
}
SHOWN = tuple(BASE_MODEL_FIELDS)  # the serializer empties the mapping it is made of
BASE_MODEL = inline_serializer("BaseModel", BASE_MODEL_FIELDS)
BASE_MODEL_LIST = serializers.ListField(child=BASE_MODEL)


class BaseModels(APIView):
    """The starting points that can be fine-tuned, and whether they can be loaded here now."""

    @extend_schema(responses={200: inline_serializer("BaseModels", {"results": BASE_MODEL_LIST})})
    def get(self, request: Request) -> Response:
        task = request.query_params.get("task", "")
        if task and task not in TASKS:
            raise ValidationError({"task": [f"Possible: {', '.join(sorted(TASKS))}."]})
        found = [_shown(model) for model in known() if not task or task in model.tasks]
        return Response({"results": found, "next": None, "previous": None})


def _shown(model: base_models.BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in SHOWN}


class Tasks(APIView):
    """What a project can learn, with the schemas of its examples and answers."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request) -> Response:
        found = [
            {
                "slug": task.slug,
                "task": task.slug,
                "title": task.title,
                "media": task.media,
                "headline": task.headline,
                "trainable": task.trainable,
                "example_schema": task.example_schema(),
                "answer_schema": task.answer.schema([]),
            }
            for task in TASKS.values()
        ]
        return Response({"results": found, "next": None, "previous": None})
