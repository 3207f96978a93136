"""An endpoint's own OpenAPI document: what it reads, and which labels it can answer."""

from collections.abc import Sequence
from typing import Any

from serving.predictor.callers import Caller
from serving.predictor.reading import MOST_INPUTS

Schema = dict[str, Any]


def document(caller: Caller, url: str, labels: Sequence[str]) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": caller.slug, "version": str(caller.live.number)},
        "servers": [{"url": url}],
        "security": [{"key": []}],
        "paths": {
            "/predict": {"post": _predict()},
            "/feedback": {"post": _feedback()},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Data": caller.task.example_schema(),
                "Answer": caller.task.answer.schema(labels),
                "Prediction": _PREDICTION,
                "Problem": _PROBLEM,
            },
        },
    }


def _predict() -> Schema:
    return {
        "operationId": "predict",
        "summary": "Answers to up to 256 inputs, in their order.",
        "requestBody": _body(
            inputs={
                "type": "array",
                "items": _ref("Data"),
                "minItems": 1,
                "maxItems": MOST_INPUTS,
            }
        ),
        "responses": {
            "200": _answer(
                _object(
                    model_version={"type": "string", "format": "uuid"},
                    predictions={"type": "array", "items": _ref("Prediction")},
                ),
                "The predictions, each recorded.",
            ),
            **_refusals(400, 401, 404, 408, 413, 429, 503),
        },
    }


def _feedback() -> Schema:
    sent = _object(prediction_id={"type": "string", "format": "uuid"}, correct={"type": "boolean"})
    sent["properties"] |= {
        "answer": {"anyOf": [_ref("Answer"), {"type": "null"}]},
        "comment": {"type": ["string", "null"]},
    }
    return {
        "operationId": "feedback",
        "summary": "A verdict on a prediction; a repeat replaces it.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": sent}}},
        "responses": {
            "201": _answer({"type": "object"}, "The verdict as kept."),
            **_refusals(400, 401, 404, 408, 413, 429, 503),
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _body(**properties: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": _object(**properties)}}}


def _answer(schema: Schema, description: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals(*statuses: int) -> Schema:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {str(each): {"description": "Refused.", "content": content} for each in statuses}


_PREDICTION = _object(
    id={"type": "string", "format": "uuid"},
    answer=_ref("Answer"),
    confidence={"type": "number", "minimum": 0, "maximum": 1},
    scores={"type": "object", "additionalProperties": {"type": "number"}},
    model_version={"type": "string", "format": "uuid"},
)
_PROBLEM = _object(
    type={"type": "string"},
    title={"type": "string"},
    status={"type": "integer"},
    detail={"type": "string"},
    errors={
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    },
)
