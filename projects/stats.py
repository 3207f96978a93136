"""A project in figures, exact at once."""

from typing import Any

from django.db.models import Count
from django.db.models.aggregates import Aggregate
from django.db.models.fields import FloatField

from projects.models import Annotation, AnnotationSource, Example, Project, Status


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def of(project: Project) -> dict[str, Any]:
    examples = Example.objects.filter(project=project)
    by_status = dict(examples.order_by().values_list("status").annotate(Count("pk")))
    live = Annotation.objects.filter(example__project=project, withdrawn_at=None)
    return {
        "examples": sum(by_status.values()),
        **{status.value: by_status.get(status, 0) for status in Status},
        "annotations": live.count(),
        "labels": _labels(project, examples),
        "annotators": _annotators(live),
    }


def _labels(project: Project, examples: Any) -> dict[str, int]:
    counts = dict.fromkeys(project.label_names, 0)
    gold = examples.exclude(gold=None).order_by().values_list("gold").annotate(Count("pk"))
    for answer, count in gold:
        for label in project.kind.answer.labels_of(answer):
            counts[label] = counts.get(label, 0) + count
    return counts


def _annotators(live: Any) -> list[dict[str, Any]]:
    people = (
        live.filter(source=AnnotationSource.PERSON)
        .order_by("author__email")
        .values("author_id", "author__email")
        .annotate(count=Count("pk"), median_ms=Median("duration_ms"))
    )
    return [
        {
            "id": str(row["author_id"]) if row["author_id"] else None,
            "email": row["author__email"],
            "count": row["count"],
            "median_seconds": None if row["median_ms"] is None else row["median_ms"] / 1000,
        }
        for row in people
    ]
