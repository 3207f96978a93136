"""What the OpenAPI document says of all operations alike: tokens, problems, repeats."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names the fields and what would be right.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
ALIKE = {
    "400": "A field is wrong; `errors` says which, and what would be right.",
    "401": "No token, or one that is not known here.",
    "403": "Your role does not allow it.",
    "404": "Not there, or not shared with you.",
    "405": "Not at this address.",
    "409": "No longer fits what is there.",
    "411": "Say how long the body is.",
    "413": "Too large.",
    "415": "Not in this form.",
    "429": "Too many; `Retry-After` says when.",
}
REPEAT = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 255},
    "description": "A repeat within 24 hours with the same body returns the first answer.",
}


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer stp_…`."""

    target_class = "accounts.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001
    """Add to every operation what all of them share. A drf-spectacular hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    form = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status, words in ALIKE.items():
                operation["responses"].setdefault(status, {"description": words, "content": form})
            if method == "post":
                operation.setdefault("parameters", []).append(REPEAT)
    return result
