"""A project in figures, exact at once."""

from typing import Any

from django.db.models import Count
from django.db.models.aggregates import Aggregate
from django.db.models.fields import FloatField

from projects import tally
from projects.models import Annotation, AnnotationSource, Project


class Median(Aggregate):
    """PostgreSQL's continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def by_status(project: Project) -> dict[str, int]:
    return tally.of(project).by_status


def of(project: Project) -> dict[str, Any]:
    counts = tally.of(project)
    live = Annotation.objects.filter(
        example__project=project, example__deleted_at=None, withdrawn_at=None
    )
    return {
        "examples": counts.examples,
        **counts.by_status,
        "annotations": live.count(),
        "labels": counts.by_label,
        "annotators": _annotators(live),
    }


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
