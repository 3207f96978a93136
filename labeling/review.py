"""A reviewer settles an example: their answer is gold, whatever others said."""

from typing import Any

from django.db import transaction

from accounts.models import User
from projects import gold
from projects.models import Annotation, AnnotationSource, Example


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
