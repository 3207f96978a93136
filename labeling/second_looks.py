"""What becomes of an answer that is probably wrong, once a second person looked at it."""

from typing import Any

from django.utils import timezone

from labeling.models import Recheck
from labeling.pools import FRONT
from projects.models import AnnotationSource, Example


def wanted(example: Example) -> bool:
    """Whether it still waits for a second person."""
    return Recheck.objects.filter(example=example, settled_at=None).exists()


def taken(example: Example, answer: dict[str, Any]) -> None:
    """Where they say otherwise, a reviewer settles it."""
    Recheck.objects.filter(example=example).update(settled_at=timezone.now())
    if example.gold != answer:
        Example.objects.filter(pk=example.pk).update(disputed=True)


def undone(example: Example) -> None:
    """They take back what they said: it waits for a second look again, unless a reviewer looked.

    What a caller said of it stays in review.
    """
    reviewed = example.annotations.filter(source=AnnotationSource.REVIEW, withdrawn_at=None)
    if not reviewed.exists():
        Recheck.objects.filter(example=example).update(settled_at=None)
        Example.objects.filter(pk=example.pk, priority__lt=FRONT).update(disputed=False)
