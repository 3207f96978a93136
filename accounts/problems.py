"""Errors as RFC 9457 problem documents: what happened, in which field, what would be right."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Conflict(exceptions.APIException):
    """The request is well formed, but no longer fits what is there."""

    status_code = HTTPStatus.CONFLICT
    default_detail = "Someone else was first."
    default_code = "conflict"


def problem(
    status: int, detail: str, errors: dict[str, list[str]] | None = None, kind: str = "about:blank"
) -> dict[str, Any]:
    return {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors or {},
    }


def handler(raised: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler."""
    from rest_framework.views import exception_handler  # its views import this module's neighbours

    if isinstance(raised, SuspiciousOperation):  # too many fields, too much in one
        raised = exceptions.ParseError("Too many fields, or too much in one of them.")
    response = exception_handler(raised, context)
    if response is None:
        return None
    errors = _by_field(response.data) if response.status_code == HTTPStatus.BAD_REQUEST else {}
    response.data = problem(response.status_code, _detail(raised, errors), errors)
    response.content_type = CONTENT_TYPE
    return response


def page(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """The same document outside of Django REST framework, such as for an unknown address."""
    return JsonResponse(problem(status, detail), status=status, content_type=CONTENT_TYPE)


def sentence(raised: exceptions.APIException) -> str:
    """The first thing that is wrong, for a page that shows a refusal as a message."""
    return next(iter(_by_field(raised.detail).values()), [str(raised)])[0]


def _detail(raised: Exception, errors: dict[str, list[str]]) -> str:
    if errors:
        field, messages = next(iter(errors.items()))
        return messages[0] if field == "non_field_errors" else f"{field}: {messages[0]}"
    if isinstance(raised, Http404):
        return "There is nothing here, or you may not see it."
    if isinstance(raised, PermissionDenied):
        return "Your role does not allow this. Ask an owner of the project."
    return str(getattr(raised, "detail", raised))


def _by_field(data: Any) -> dict[str, list[str]]:
    """Nested serializer errors as one flat map: {"labels.0.name": ["…"]}."""
    found: dict[str, list[str]] = {}
    _walk(data, [], found)
    return found


def _walk(data: Any, path: list[str], found: dict[str, list[str]]) -> None:
    if isinstance(data, dict):
        for key, value in data.items():
            _walk(value, path if key == "detail" else [*path, str(key)], found)
    elif isinstance(data, list) and any(isinstance(item, dict | list) for item in data):
        for place, item in enumerate(data):
            _walk(item, [*path, str(place)], found)
    else:
        messages = [str(item) for item in data] if isinstance(data, list) else [str(data)]
        if messages:
            found.setdefault(".".join(path) or "non_field_errors", []).extend(messages)
