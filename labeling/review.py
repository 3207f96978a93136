"""A reviewer settles an example: their answer is gold, whatever others said."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Project, Status

MOST = 100


@transaction.atomic
def settle(example: Example, answer: dict[str, Any], reviewer: User) -> Annotation:
    Example.objects.select_for_update().get(pk=example.pk)
    annotation = Annotation.record(
        example,
        answer,
        reviewer,
        AnnotationSource.REVIEW,
        guidelines_version=example.project.guidelines_version,
    )
    Example.objects.filter(pk=example.pk).update(disputed=False)
    gold.settle([example.pk])
    return annotation


def waiting(project: Project, after: UUID | None = None) -> Example | None:
    """The next example whose answers do not agree, or whose answer a caller disputes."""
    found = Example.objects.filter(project=project, status=Status.REVIEW)
    if after is not None:
        found = found.filter(pk__gt=after)
    return found.order_by("pk").first()


def answers(example: Example) -> list[Annotation]:
    """What was said of it so far, oldest first."""
    live = example.annotations.filter(withdrawn_at=None).select_related("author")
    return list(live.order_by("created_at")[:MOST])
