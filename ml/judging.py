"""The verdict on a trained bundle: calibrated, evaluated, and set beside what costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml import measuring
from ml.calibrating import Calibration, calibrate
from ml.evaluating import Evaluation, at_temperature, decided, evaluate, judged
from ml.logistic import HeldOut
from ml.task import Prediction, Row
from ml.work import Learned, Work

TRUSTED = 30  # gold test rows, below which cross-validation stands beside them


@dataclass(frozen=True)
class Verdict:
    """All that is known of a model's quality."""

    split: str  # "test", "validation" or "cross-validation"
    evaluation: Evaluation
    calibration: Calibration
    ece_before: float
    majority: dict[str, Any]
    classical: dict[str, Any]
    cross_validated: dict[str, Any] | None

    @property
    def classical_wins(self) -> bool:
        """Whether counted words answer better than what was trained."""
        return bool(self.classical["macro_f1"] > self.evaluation.metrics["macro_f1"])


def judge(work: Work, learned: Learned, baseline: Learned, *, baseline_seconds: float) -> Verdict:
    """Set the bundle's temperature, then evaluate it and its rivals on the same rows."""
    calibration = _calibrated(work, learned)
    learned.bundle.temperature = calibration.temperature
    split, rows = _judged_on(work, learned)
    evaluation = _evaluation(work, learned, rows)
    plain = at_temperature(
        work.task, work.material.labels, evaluation.predictions, times=calibration.temperature
    )
    classical = (evaluation if baseline is learned else _evaluation(work, baseline, rows)).metrics
    return Verdict(
        split=split,
        evaluation=evaluation,
        calibration=calibration,
        ece_before=measuring.calibration_error(measuring.reliability(evaluation.gold, plain)),
        majority=_majority(work, evaluation.rows),
        classical={
            "accuracy": classical["accuracy"],
            "macro_f1": classical["macro_f1"],
            "seconds": round(baseline_seconds, 2),
        },
        cross_validated=_cross_validated(work, learned),
    )


def _calibrated(work: Work, learned: Learned) -> Calibration:
    """From validation rows and, where the method itself was cross-validated, from those."""
    rows = work.material.steering
    logits = [learned.bundle.model.logits([row["data"]["text"] for row in rows])]
    targets = [work.material.places(rows)]
    held_out = learned.held_out
    if held_out is not None and held_out.of == learned.bundle.method:
        logits.append(held_out.logits)
        targets.append(held_out.targets)
    return calibrate(np.concatenate(logits), np.concatenate(targets))


def _judged_on(work: Work, learned: Learned) -> tuple[str, Sequence[Row] | None]:
    """The protected test rows; where there are none yet, the next best."""
    if work.material.test:
        return "test", work.material.test
    if work.material.validation:
        return "validation", work.material.validation
    return "cross-validation", None


def _evaluation(work: Work, learned: Learned, rows: Sequence[Row] | None) -> Evaluation:
    if rows is not None:
        return evaluate(work.task, learned.bundle, rows)
    return _on_held_out(work, learned.held_out, learned.bundle.temperature)


def _on_held_out(work: Work, held_out: HeldOut | None, temperature: float) -> Evaluation:
    if held_out is None:
        return judged(work.task, [], [])
    rows = [work.material.train[at] for at in held_out.places]
    answers = decided(work.task, work.material.labels, held_out.logits / temperature)
    return judged(work.task, rows, answers)


def _cross_validated(work: Work, learned: Learned) -> dict[str, Any] | None:
    """What cross-validation says, where the test rows are too few to be believed alone."""
    if len(work.material.test) >= TRUSTED or learned.held_out is None:
        return None
    metrics = _on_held_out(work, learned.held_out, 1.0).metrics
    figures = {name: value for name, value in metrics.items() if name != "per_label"}
    return {"of": learned.held_out.of, **figures}


def _majority(work: Work, rows: Sequence[Row]) -> dict[str, Any]:
    """What always answering the most frequent label would reach."""
    label, count = work.material.by_label.most_common(1)[0]
    share = count / len(work.material.train)
    always: Prediction = {"answer": {"label": label}, "confidence": share, "scores": {label: share}}
    metrics = judged(work.task, rows, [always] * len(rows)).metrics
    return {"label": label, "accuracy": metrics["accuracy"], "macro_f1": metrics["macro_f1"]}
