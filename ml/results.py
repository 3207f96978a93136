"""What a run leaves to read: result.json. Every value is one that JSON knows."""

from __future__ import annotations

from typing import Any

from ml.calibrating import FEW
from ml.judging import TRUSTED, Verdict
from ml.work import Learned, Work


def result(work: Work, learned: Learned, verdict: Verdict, *, seconds: float) -> dict[str, Any]:
    """The result but for its artifacts, which are not made yet."""
    evaluation, plan = verdict.evaluation, work.plan
    return {
        "task": work.task.slug,
        "method": plan.method,
        "method_reason": plan.reason,
        "base_model": plan.base_model,
        "device": _device(work),
        "seed": work.seed,
        "seconds": round(seconds, 2),
        "labels": list(learned.bundle.labels),
        "counts": _counts(work),
        "metrics": {**evaluation.metrics, "split": verdict.split},
        "cross_validated": verdict.cross_validated,
        "baseline": {"majority": verdict.majority, "classical": verdict.classical},
        "classical_wins": verdict.classical_wins,
        "confusion": evaluation.confusion,
        "worst": evaluation.worst,
        "calibration": {
            "temperature": verdict.calibration.temperature,
            "rows": verdict.calibration.rows,
            "ece_before": verdict.ece_before,
            "ece_after": evaluation.metrics["ece"],
            "bins": evaluation.bins,
        },
        "predictions": None,
        "notes": [*plan.notes, *_notes(work, verdict)],
    }


def _device(work: Work) -> str:
    if work.base is None:
        return "CPU"
    from ml import devices

    return devices.named()


def _counts(work: Work) -> dict[str, int]:
    material = work.material
    return {
        "train": len(material.train),
        "validation": len(material.validation),
        "test": len(material.test),
        "left_out": material.left_out,
    }


def _notes(work: Work, verdict: Verdict) -> list[str]:
    """What a person should know before trusting the figures."""
    notes = []
    if verdict.classical_wins:
        notes.append(
            f"Counted words (the method “classical”) reach a macro F1 of "
            f"{verdict.classical['macro_f1']:.3f} on the same rows, more than this model's "
            f"{verdict.evaluation.metrics['macro_f1']:.3f}. Train with it, or label more."
        )
    if missing := [one for one in work.labels if one not in work.material.labels]:
        notes.append(f"No example to learn from, so never answered: {', '.join(missing[:20])}.")
    if len(work.material.test) < TRUSTED:
        notes.append(
            f"Only {len(work.material.test)} test examples have an answer yet; "
            f"with fewer than {TRUSTED}, the figures may change a lot."
        )
    if verdict.split != "test":
        notes.append(f"There is no test example yet: the figures are from {verdict.split}.")
    if verdict.calibration.rows < FEW:
        notes.append(
            f"The confidence was calibrated on {verdict.calibration.rows} examples only: "
            "take it as a rough guide."
        )
    return notes
