"""What looks at all rooms at once, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import access
from projects.models import Example
from studio import lineage


class Lineage(APIView):
    """Who learned from this example, and which prediction it came from."""

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: Request, example_id: UUID) -> Response:
        example = get_object_or_404(Example.objects.select_related("project"), pk=example_id)
        access.require(request, example.project)
        return Response(lineage.of(example))
