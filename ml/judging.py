"""The verdict on a trained bundle: calibrated, evaluated, and set beside what costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml import measuring, suspecting
from ml.evaluating import Evaluation, judged
from ml.logistic import HeldOut
from ml.task import Bundle, Prediction, Row, Task
from ml.work import Learned, Work

TRUSTED = 30  # gold test rows, below which cross-validation stands beside them
COMPARED = ("accuracy", "macro_f1", "micro_f1")


@dataclass(frozen=True)
class Verdict:
    """All that is known of a model's quality."""

    split: str  # "test", "validation" or "cross-validation"
    evaluation: Evaluation
    temperature: float
    calibrated_on: int  # rows
    ece_before: float
    majority: dict[str, Any]
    classical: dict[str, Any]
    cross_validated: dict[str, Any] | None
    suspects: list[dict[str, Any]]  # training rows whose answer is probably wrong

    @property
    def classical_wins(self) -> bool:
        """Whether counted words answer better than what was trained."""
        return bool(self.classical["macro_f1"] > self.evaluation.metrics["macro_f1"])


def judge(work: Work, learned: Learned, baseline: Learned, *, baseline_seconds: float) -> Verdict:
    """Tune the bundle, then evaluate it and its rivals on the same rows."""
    calibrated_on = _tune(work, learned)
    if baseline is not learned:
        _tune(work, baseline)
    split, rows = _judged_on(work, learned)
    evaluation, ece_before = _evaluation(work, learned, rows)
    rival = evaluation if baseline is learned else _evaluation(work, baseline, rows)[0]
    return Verdict(
        split=split,
        evaluation=evaluation,
        temperature=learned.bundle.tuning.temperature,
        calibrated_on=calibrated_on,
        ece_before=ece_before,
        majority=_majority(work, evaluation.rows),
        classical={**_figures(rival.metrics), "seconds": round(baseline_seconds, 2)},
        cross_validated=_cross_validated(work, learned),
        suspects=suspecting.of_run(work, [learned.held_out, baseline.held_out]),
    )


def _tune(work: Work, learned: Learned) -> int:
    """From validation rows and, where the method itself was cross-validated, from those.

    How many rows it was.
    """
    task, bundle, held_out = work.task, learned.bundle, learned.held_out
    rows = work.material.steering
    said = list(task.read(bundle, [row["data"] for row in rows]))
    if held_out is not None and held_out.of == bundle.method:
        said += list(held_out.said)
        rows = [*rows, *(work.material.train[at] for at in held_out.places)]
    if rows:
        bundle.tuning = task.tuned(bundle, task.gathered(said), rows)
    return len(rows)


def _judged_on(work: Work, learned: Learned) -> tuple[str, Sequence[Row] | None]:
    """The protected test rows; where there are none yet, the next best."""
    if work.material.test:
        return "test", work.material.test
    if work.material.validation:
        return "validation", work.material.validation
    return "cross-validation", None


def _evaluation(
    work: Work, learned: Learned, rows: Sequence[Row] | None
) -> tuple[Evaluation, float]:
    """The evaluation, and the calibration error that it would have had without calibration."""
    if rows is None:
        rows, said = _held_out(work, learned.held_out)
    else:
        said = work.task.read(learned.bundle, [row["data"] for row in rows])
    judged_ = _decided(work.task, learned.bundle, said, rows)
    plain = _decided(work.task, learned.bundle.plain(), said, rows)
    return judged_, measuring.calibration_error(plain.bins)


def _decided(task: Task, bundle: Bundle, said: Any, rows: Sequence[Row]) -> Evaluation:
    return judged(task, rows, task.decided(bundle, said, [row["data"] for row in rows]))


def _held_out(work: Work, held_out: HeldOut | None) -> tuple[list[Row], Any]:
    if held_out is None:
        return [], work.task.gathered([])
    rows = [work.material.train[at] for at in held_out.places]
    return rows, work.task.gathered(list(held_out.said))


def _cross_validated(work: Work, learned: Learned) -> dict[str, Any] | None:
    """What cross-validation says, where the test rows are too few to be believed alone."""
    if len(work.material.test) >= TRUSTED or learned.held_out is None:
        return None
    rows, said = _held_out(work, learned.held_out)
    metrics = _decided(work.task, learned.bundle.plain(), said, rows).metrics
    figures = {name: value for name, value in metrics.items() if name != "per_label"}
    return {"of": learned.held_out.of, **figures}


def _majority(work: Work, rows: Sequence[Row]) -> dict[str, Any]:
    """What always giving the most frequent answer would reach."""
    answer = work.task.usual(work.material.train)
    share = sum(row["answer"] == answer for row in work.material.train) / len(work.material.train)
    labels = work.task.answer.labels_of(answer)
    always: Prediction = {
        "answer": answer, "confidence": share, "scores": dict.fromkeys(labels, share),
    }  # fmt: skip
    metrics = judged(work.task, rows, [always] * len(rows)).metrics
    return {"label": work.task.answer.summary(answer), **_figures(metrics)}


def _figures(metrics: dict[str, Any]) -> dict[str, Any]:
    return {name: metrics[name] for name in COMPARED if name in metrics}
