"""What a run says to the person who reads it: verdict, curve, labels, confusions, mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ml.answers import NOTHING
from projects import tally
from projects.leases import BUSY, State
from projects.models import Example, Project, Status
from training import snapshots, suspects, wording
from training.comparing import Changed
from training.models import ModelVersion, Run, TestAnswer

MOST_POINTS = 200
MOST_MISTAKES = 20
MOST_IN_CELL = 200
STAGES: dict[str, str | Promise] = {
    "": _("Getting ready"),
    "starting": _("Getting ready"),
    "baseline": _("Measuring what counted words alone would reach"),
    "training": _("Learning"),
    "evaluating": _("Checking on examples it has not seen"),
    "exporting": _("Packing the model for publishing"),
}
METHODS: dict[str, str | Promise] = {
    "auto": _("chosen by the studio"),
    "few-shot": _("few-shot"),
    "head": _("head on a frozen model"),
    "full": _("the whole model learned"),
    "classical": _("counted words"),
}
CURVES: dict[str, str | Promise] = {
    "loss": _("Loss"),
    "validation_loss": _("Validation loss"),
    "validation_accuracy": _("Validation accuracy"),
    "validation_micro_f1": _("Validation micro F1"),
}


@dataclass(frozen=True)
class Readiness:
    """What there is to learn from."""

    labeled: int
    waiting: int
    by_label: list[dict[str, Any]]
    fewest: int  # labels with examples, the least that can be learned from

    @property
    def enough(self) -> bool:
        """Whether enough labels have examples."""
        return sum(1 for label in self.by_label if label["count"]) >= self.fewest

    @property
    def thin(self) -> list[dict[str, Any]]:
        """Labels with fewer than eight examples."""
        return [label for label in self.by_label if label["count"] < 8]


def readiness(project: Project) -> Readiness:
    counts = tally.of(project)
    by_label = [label | {"count": counts.by_label[label["name"]]} for label in project.labels]
    waiting, fewest = counts.by_status[Status.UNLABELED], project.kind.fewest_labels
    return Readiness(counts.gold, waiting, by_label, fewest)


def shown(run: Run) -> dict[str, Any]:
    """Everything that the page of a run says. Bounded, whatever the run holds."""
    method = METHODS.get(run.result.get("method") or run.method, run.method)
    if run.state in BUSY:
        return {
            "method": method,
            "busy": True,
            "stage": STAGES.get(run.stage, run.stage),
            "curves": curves(run),
        }
    if run.state != State.SUCCEEDED:
        return {"method": method, "busy": False, "curves": curves(run), "error": wording.error(run)}
    return {
        "method": method,
        "busy": False,
        "curves": curves(run),
        "labels": labels(run),
        "confusion": confusion(run),
        "mistakes": mistakes(run),
        "suspects": suspects.shown(run),
        "notes": wording.notes(run),
        "bins": run.result.get("calibration", {}).get("bins", []),
    }


def curves(run: Run) -> dict[str, Any]:
    """The loss and the metric over the steps, as one table: columns by name, a row a step."""
    points = (
        run.history.filter(name__in=CURVES).order_by("step").values_list("step", "name", "value")
    )
    by_step: dict[int, dict[str, float | None]] = {}
    for step, name, value in points[: 20 * MOST_POINTS]:
        by_step.setdefault(step, {})[name] = value
    names = [name for name in CURVES if any(name in row for row in by_step.values())]
    steps = sorted(by_step)
    every = max(1, len(steps) // MOST_POINTS)
    return {
        "heads": [CURVES[name] for name in names],
        "validated": "validation_loss" in names,
        "rows": [
            (step, [_rounded(by_step[step].get(name)) for name in names]) for step in steps[::every]
        ],
    }


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def labels(run: Run) -> list[dict[str, Any]]:
    """Precision, recall, F1 and support, the label with the lowest F1 first."""
    colours = {label["name"]: label for label in run.project.labels}
    found = run.metrics.get("per_label", {})
    rows = [{**colours.get(name, {}), "name": name, **figures} for name, figures in found.items()]
    return sorted(rows, key=lambda row: row["f1"])


def confusion(run: Run) -> dict[str, Any]:
    """The matrix as rows of cells, each with its count and its heat from 0 to 10."""
    found = run.result.get("confusion") or {"labels": [], "matrix": []}
    rows = []
    for name, counts in zip(found["labels"], found["matrix"], strict=True):
        total = sum(counts) or 1
        cells = [
            {
                "predicted": other,
                "count": count,
                "heat": round(10 * count / total),
                "right": other == name,
            }
            for other, count in zip(found["labels"], counts, strict=True)
        ]
        rows.append({"gold": name, "cells": cells})
    return {"labels": found["labels"], "rows": rows}


def mistakes(run: Run) -> list[dict[str, Any]]:
    """The wrong answers that the model was surest of, with their texts."""
    worst = run.result.get("worst", [])[:MOST_MISTAKES]
    by_id, masked = _told_of([run], [one["id"] for one in worst])
    return [
        one | {"example": by_id[one["id"]], "masked": one["id"] in masked}
        for one in worst
        if one["id"] in by_id
    ]


def result(run: Run) -> dict[str, Any]:
    """All that a run found, but for what it said of texts that were masked since: null."""
    worst = run.result.get("worst")
    if not worst:
        return run.result
    by_id, masked = _told_of([run], [one["id"] for one in worst])
    shown = [
        one | {"gold": None, "predicted": None} if one["id"] in masked else one
        for one in worst
        if one["id"] in by_id
    ]
    return run.result | {"worst": shown}


def cell(run: Run, gold: str, predicted: str) -> list[TestAnswer]:
    """The test examples of one label that were answered with another, the surest first."""
    if "\0" in gold + predicted:  # PostgreSQL knows no text with it
        return []
    answer, found = run.project.kind.answer, run.test_answers.order_by("-confidence")
    if gold != NOTHING:
        found = found.filter(gold__contains=answer.naming(gold))
    if predicted != NOTHING:
        found = found.filter(predicted__contains=answer.naming(predicted))
    pairs = (
        (one, answer.pairs(one.gold, one.predicted)) for one in found.select_related("example")
    )
    return list(islice((one for one, some in pairs if (gold, predicted) in some), MOST_IN_CELL))


def beside(this: ModelVersion, others: list[ModelVersion], asked: str) -> ModelVersion | None:
    """The version that was asked for, else the newest that is older."""
    numbered = {str(other.number): other for other in others}
    older = [other for other in others if other.number < this.number]
    return numbered.get(asked) or (older[0] if older else None)


def with_examples(
    changed: Sequence[Changed], newer: Run, older: Run
) -> list[tuple[Changed, Example, bool]]:
    """What two runs answered differently, each with its text, and whether that was masked since."""
    by_id, masked = _told_of([newer, older], [one.example for one in changed])
    return [
        (one, by_id[one.example], one.example in masked) for one in changed if one.example in by_id
    ]


def _told_of(runs: Sequence[Run], ids: Sequence[str]) -> tuple[dict[str, Example], set[str]]:
    """Examples that runs quote, by id; and those that were masked since the runs learned: what is
    said of them may hold what was masked."""
    project = runs[0].project
    found = Example.objects.filter(project=project).in_bulk(ids)
    frozen = [run.snapshot for run in runs if run.snapshot is not None]
    quoted = [] if project.kind.answer.in_bulk else frozen
    masked = {str(pk) for one in quoted for pk in snapshots.masked_since(one, found)}
    return {str(pk): example for pk, example in found.items()}, masked
