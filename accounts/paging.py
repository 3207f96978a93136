"""Cursor pages: no list ever counts its table."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class ByCursor(CursorPagination):
    """Newest last, unless a view says otherwise; 100 a page, at most 1,000."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """A cursor as we made it. Its place goes into a query, so it must be an id."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                UUID(str(cursor.position))
            except ValueError as error:
                raise ValidationError(
                    {"cursor": ["Not one of ours. Follow `next` as it was sent."]}
                ) from error
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )
