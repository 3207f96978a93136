"""Which answers are probably wrong: those that a model that did not learn from them contradicts.

Confident learning (Northcutt, Jiang and Chuang 2021) as cleanlab does it, on out-of-fold
predictions, which a run has anyway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibrating import surprise
from ml.logistic import HeldOut
from ml.task import Floats, Tuning
from ml.work import Work

FEWEST = 50  # rows, below which a contradiction says more of the model than of the answer
MOST, SHARE = 200, 0.05  # suspects: what people can be asked to look at again


@dataclass(frozen=True)
class Suspect:
    """A row whose answer is doubted: its place, what the model says, how much (0 to 1)."""

    place: int
    expected: dict[str, Any]
    doubt: float

    def as_json(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": row["id"],
            "given": row["answer"],
            "expected": self.expected,
            "doubt": round(self.doubt, 4),
        }


def of_run(work: Work, held_out: Sequence[HeldOut | None]) -> list[dict[str, Any]]:
    """The doubtful answers among a run's training rows, by the cross-validation that errs least.

    None where a task has no labels to sort by, or nothing was cross-validated.
    """
    decision, rows = work.task.decision, work.material.train
    if decision is None:
        return []
    readings = [_reading(work, held) for held in held_out if held is not None and len(held.places)]
    if not readings:
        return []
    _, held, tuning = min(readings, key=lambda one: one[0])
    chances = decision.chances(np.asarray(held.said) / tuning.temperature)
    expected = [decision.decide(work.material.labels, one, tuning)["answer"] for one in chances]
    found = suspects(chances, work.material.targets[held.places], expected)
    return [one.as_json(rows[held.places[one.place]]) for one in found]


def _reading(work: Work, held: HeldOut) -> tuple[float, HeldOut, Tuning]:
    """How far it errs once it is calibrated: how sure it was counts, not only what it said."""
    targets = work.material.targets[held.places]
    tuning = work.task.decision.tuned(held.said, targets)
    return float(surprise(held.said / tuning.temperature, targets).mean()), held, tuning


def suspects(
    chances: Floats, targets: NDArray[Any], expected: Sequence[dict[str, Any]]
) -> list[Suspect]:
    """The most doubtful answers, the worst first; bounded in number.

    chances: (n, labels), out of fold. targets: the place of each given label (n), or 0 and 1, one
    column a label. expected: what the model would answer. Where it says the same, it is no suspect.
    """
    if len(targets) < FEWEST:
        return []
    several = targets.ndim == 2
    ranked = _of_sets(chances, targets) if several else _of_labels(chances, targets)
    given = np.where(targets > 0.5, chances, 1 - chances).min(axis=1) if several else (
        chances[np.arange(len(targets)), targets.astype(np.int64)]
    )  # fmt: skip
    most = min(MOST, max(1, round(SHARE * len(targets))))
    found = [Suspect(int(at), expected[at], 1 - float(given[at])) for at in ranked]
    return [one for one in found if one.doubt > 0.5][:most]


def _of_labels(chances: Floats, targets: NDArray[Any]) -> NDArray[np.int64]:
    from cleanlab.filter import find_label_issues

    present = np.unique(targets.astype(np.int64))  # cleanlab wants every class to occur
    if len(present) < 2:
        return np.empty(0, dtype=np.int64)
    seen = chances[:, present]
    seen = seen / np.clip(seen.sum(axis=1, keepdims=True), 1e-12, None)
    place = np.searchsorted(present, targets.astype(np.int64))
    ranked = find_label_issues(
        place,
        seen,
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    return np.asarray(ranked, dtype=np.int64)


def _of_sets(chances: Floats, targets: NDArray[Any]) -> NDArray[np.int64]:
    from cleanlab.multilabel_classification.filter import find_label_issues

    named = [np.flatnonzero(row > 0.5).tolist() for row in targets]
    ranked = find_label_issues(
        named,
        chances,
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    return np.asarray(ranked, dtype=np.int64)
