"""Cursor pages: no list ever counts its table."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class ByCursor(CursorPagination):
    """Newest last, unless a view says otherwise; 100 a page, at most 1,000."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = "id"

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )
