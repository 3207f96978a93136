"""Answers that a run found probably wrong: for someone else to look at, and on the run's page."""

import logging
from typing import Any
from uuid import UUID

from labeling.models import Recheck
from projects.models import AnnotationSource, Example, Status
from training.models import Run

MOST_SHOWN = 20
log = logging.getLogger("studio.training")


def keep(run: Run, result: dict[str, Any]) -> int:
    """Ask for a second look; open ones of earlier runs make room. How many. Safe to repeat.

    What was answered otherwise since, settled by a reviewer or looked at again already is left out.
    """
    if "suspects" not in result:
        return 0  # its task has no labels that could be doubted, or its trainer did not look
    try:
        doubted = {str(UUID(one["id"])): _recheck(run, one) for one in result["suspects"]}
    except (ValueError, KeyError, TypeError) as problem:
        # The model is whole without them.
        log.warning("The doubted answers of run %s cannot be read: %s", run.pk, problem)
        return 0
    given = {one["id"]: one["given"] for one in result["suspects"]}
    Recheck.objects.filter(project=run.project_id, settled_at=None).delete()
    unchanged = [pk for pk, gold in _open(run, list(doubted)) if gold == given[str(pk)]]
    Recheck.objects.bulk_create([doubted[str(pk)] for pk in unchanged], ignore_conflicts=True)
    return len(unchanged)


def _recheck(run: Run, said: dict[str, Any]) -> Recheck:
    return Recheck(
        example_id=said["id"],
        project_id=run.project_id,
        doubt=round(1000 * said["doubt"]),
        expected=said["expected"],
        run=run.pk,
    )


def _open(run: Run, ids: list[str]) -> list[tuple[UUID, Any]]:
    labelled = Example.objects.filter(
        project=run.project_id, pk__in=ids, status=Status.LABELED, recheck=None
    )
    reviewed = {"annotations__source": AnnotationSource.REVIEW, "annotations__withdrawn_at": None}
    settled = Example.objects.filter(pk__in=ids, **reviewed)
    return list(labelled.exclude(pk__in=settled.values("pk")).values_list("pk", "gold"))


def shown(run: Run) -> dict[str, Any]:
    """How many there were, and the most doubtful with both answers and their example."""
    found, summary = run.result.get("suspects", []), run.project.kind.answer.summary
    first = found[:MOST_SHOWN]
    here = Example.objects.filter(project=run.project_id, deleted_at=None)
    by_id = here.in_bulk([one["id"] for one in first])
    examples = {str(pk): example for pk, example in by_id.items()}
    lines = [
        {
            "example": examples[one["id"]],
            "given": summary(one["given"]),
            "expected": summary(one["expected"]),
            "doubt": one["doubt"],
            "changed": examples[one["id"]].gold != one["given"],
        }
        for one in first
        if one["id"] in examples
    ]
    waiting = Recheck.objects.filter(project=run.project_id, run=run.pk, settled_at=None).count()
    return {"count": len(found), "lines": lines, "waiting": waiting}
