"""Taking a caller's verdict on a prediction: reads it, and hands it to `serving.feedback`."""

import asyncio
from typing import Any
from uuid import UUID

from django.db import OperationalError, close_old_connections
from rest_framework import serializers

from ml.answers import AnswerError
from serving import feedback
from serving.models import Feedback, Prediction
from serving.predictor.callers import Caller
from serving.predictor.refusing import Refused, away

LONGEST_COMMENT = 10_000


class Verdict(serializers.Serializer[Any]):
    prediction_id = serializers.UUIDField()
    correct = serializers.BooleanField()
    answer = serializers.JSONField(default=None, allow_null=True)
    comment = serializers.CharField(
        max_length=LONGEST_COMMENT, default="", allow_blank=True, allow_null=True
    )


async def take(caller: Caller, sent: dict[str, Any]) -> dict[str, Any]:
    """The body of a good answer. Raises Refused."""
    try:
        return await asyncio.to_thread(_take, caller.endpoint, sent)
    except OperationalError as gone:
        raise away() from gone


def _take(endpoint: UUID, sent: dict[str, Any]) -> dict[str, Any]:
    close_old_connections()
    try:
        return _shown(_accepted(endpoint, sent))
    finally:
        close_old_connections()


def _accepted(endpoint: UUID, sent: dict[str, Any]) -> Feedback:
    verdict = Verdict(data=sent)
    if not verdict.is_valid():
        errors = {name: [str(each) for each in said] for name, said in verdict.errors.items()}
        field = next(iter(errors))
        raise Refused(400, f"{field}: {errors[field][0]}", errors)
    asked = verdict.validated_data
    prediction = Prediction.objects.filter(
        pk=asked["prediction_id"], endpoint=endpoint, shadow=False
    ).first()
    if prediction is None:
        raise Refused(404, "This endpoint has made no prediction with that id.")
    try:
        return feedback.accept(
            prediction,
            correct=asked["correct"],
            answer=asked["answer"],
            comment=asked["comment"] or "",
        )
    except AnswerError as reason:
        raise Refused(400, f"answer: {reason}", {"answer": [str(reason)]}) from reason


def _shown(kept: Feedback) -> dict[str, Any]:
    return {
        "id": kept.pk,
        "prediction_id": kept.prediction_id,
        "correct": kept.correct,
        "answer": kept.answer,
        "comment": kept.comment,
        "example": kept.example_id,
        "created_at": kept.created_at,
        "updated_at": kept.updated_at,
    }
