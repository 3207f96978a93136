"""What callers said of the answers, newest first, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from projects.models import Example, Status
from serving.models import Endpoint, Feedback

PAGE = 20


@dataclass(frozen=True)
class Inbox:
    """A page of it."""

    verdicts: list[Feedback]
    older: str  # the cursor of the next page; empty at the end


def of(endpoint: Endpoint, before: str = "") -> Inbox:
    found = Feedback.objects.filter(prediction__endpoint=endpoint).select_related(
        "prediction__model_version", "example"
    )
    if (until := _time(before)) is not None:
        found = found.filter(created_at__lt=until)
    verdicts = list(found.order_by("-created_at", "-pk")[: PAGE + 1])
    more = len(verdicts) > PAGE
    shown = verdicts[:PAGE]
    return Inbox(shown, shown[-1].created_at.isoformat() if more else "")


def _time(said: str) -> datetime | None:
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def standing(verdict: Feedback) -> str:
    """“right”, “waiting”, “review”, “settled”, “aside”, or “gone” with its example."""
    example: Example | None = verdict.example
    if example is None:
        return "right" if verdict.correct else "gone"
    if example.status in (Status.SKIPPED, Status.SET_ASIDE):
        return "aside"
    if example.status == Status.REVIEW:
        return "review"
    return "settled" if example.status == Status.LABELED else "waiting"


def listed(inbox: Inbox) -> list[dict[str, Any]]:
    return [{"verdict": one, "standing": standing(one)} for one in inbox.verdicts]
