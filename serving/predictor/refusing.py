"""How the predictor says no: as a problem document, with what to do next."""

import math
from typing import Any

import orjson
from starlette.responses import Response

from accounts.problems import CONTENT_TYPE, problem

Errors = dict[str, list[str]]


class Refused(Exception):
    """This request gets no prediction; the message is for its sender."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Errors | None = None,
        *,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.retry_after = retry_after

    def response(self) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        return as_json(
            problem(self.status, self.detail, self.errors),
            status=self.status,
            media_type=CONTENT_TYPE,
            headers=headers,
        )


def as_json(
    body: Any,
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type)


def away(what: str = "The database does not answer.") -> Refused:
    """Nothing is wrong with the request: it may be sent again as it is."""
    return Refused(503, f"{what} Nothing was lost: please send the request again.", retry_after=2)
