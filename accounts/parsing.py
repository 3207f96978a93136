"""Request bodies: JSON that is bounded in size and depth, and holds nothing that cannot be kept."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from accounts.problems import page

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        super().__init__(f"A request may have {limit} MB. Files are sent as an upload instead.")


class Json(BaseParser):
    """Strict: no NaN, no endless nesting, no half of a character pair, and UTF-8 alone."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            return orjson.loads(raw.removeprefix(BYTE_ORDER_MARK))
        except orjson.JSONDecodeError as reason:
            raise ParseError(f"The body is not JSON that can be read: {reason}.") from reason


class LengthMiddleware:
    """Asks for a length where a body comes in chunks: without one it would count as empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chunked = request.headers.get("Transfer-Encoding", "")
        if chunked and not request.headers.get("Content-Length"):
            return page(request, 411, "Say how long the body is: send Content-Length, not chunks.")
        return self.get_response(request)
