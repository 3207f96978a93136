"""The playground: the studio calls the endpoint as any caller does, and shows what came back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from django.utils.translation import gettext as _

from serving import keys
from serving.models import Endpoint, Prediction

SECONDS = 5.0


class NoAnswer(Exception):
    """The endpoint did not answer; the message says why and what to do."""


@dataclass(frozen=True)
class Answered:
    """What the endpoint said to one input."""

    prediction: UUID
    label: str
    confidence: float
    scores: list[tuple[str, float]]  # the highest first
    version: int
    single: bool  # whether a right answer is one label, chosen from a list


def ask(endpoint: Endpoint, data: dict[str, Any]) -> Answered:
    """One input. Raises NoAnswer."""
    headers = {"Authorization": f"Bearer {keys.of_playground(endpoint)}"}
    try:
        said = httpx.post(
            f"{endpoint.url}/predict", json={"inputs": [data]}, headers=headers, timeout=SECONDS
        )
    except httpx.HTTPError as away:
        raise NoAnswer(
            _("The predictor does not answer. Whoever runs this studio starts it with make run.")
        ) from away
    if said.status_code != httpx.codes.OK:
        raise NoAnswer(_detail(said))
    return _read(said.json()["predictions"][0])


def _detail(said: httpx.Response) -> str:
    try:
        return str(said.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return _("The predictor answered with %(status)s.") % {"status": said.status_code}


def _read(said: dict[str, Any]) -> Answered:
    prediction = Prediction.objects.select_related("model_version", "endpoint__project").get(
        pk=said["id"]
    )
    return Answered(
        prediction=prediction.pk,
        label=prediction.endpoint.project.kind.answer.summary(prediction.answer),
        confidence=said["confidence"],
        scores=sorted((said.get("scores") or {}).items(), key=lambda score: -score[1])[:12],
        version=prediction.model_version.number,
        single="label" in prediction.answer,
    )
