"""What a run leaves to read: result.json. Every value is one that JSON knows."""

from __future__ import annotations

from typing import Any

from ml.calibrating import FEW
from ml.judging import TRUSTED, Verdict
from ml.saying import Said, said
from ml.work import Learned, Work


def result(work: Work, learned: Learned, verdict: Verdict, *, seconds: float) -> dict[str, Any]:
    """The result but for its artifacts, which are not made yet."""
    evaluation, plan = verdict.evaluation, work.plan
    told = [one for one in work.watch.events.noted if one != plan.why]
    notes = [*told, *_notes(work, verdict)]
    return {
        "task": work.task.slug,
        "method": plan.method,
        "method_reason": plan.reason,
        "base_model": plan.base_model,
        "device": _device(work),
        "seed": work.seed,
        "seconds": round(seconds, 2),
        "headline": work.task.headline,
        "labels": list(learned.bundle.labels),
        "counts": _counts(work),
        "metrics": {**evaluation.metrics, "split": verdict.split},
        "cross_validated": verdict.cross_validated,
        "baseline": {"majority": verdict.majority, "classical": verdict.classical},
        "classical_wins": verdict.classical_wins,
        "confusion": evaluation.confusion,
        "worst": evaluation.worst,
        "calibration": {
            "temperature": verdict.temperature,
            "rows": verdict.calibrated_on,
            "ece_before": verdict.ece_before,
            "ece_after": evaluation.metrics["ece"],
            "bins": evaluation.bins,
        },
        "suspects": verdict.suspects,
        "predictions": None,
        "method_reason_said": plan.why.as_json(),
        "notes": [str(one) for one in notes],
        "notes_said": [one.as_json() for one in notes],
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


def _notes(work: Work, verdict: Verdict) -> list[Said]:
    """What a person should know before trusting the figures."""
    notes = []
    if verdict.classical_wins:
        classical, model = verdict.classical["macro_f1"], verdict.evaluation.metrics["macro_f1"]
        notes.append(said("classical-wins", classical=f"{classical:.3f}", model=f"{model:.3f}"))
    if missing := [one for one in work.labels if one not in work.material.labels]:
        notes.append(said("labels-unlearned", labels=", ".join(missing[:20])))
    if len(work.material.test) < TRUSTED:
        notes.append(said("few-test-rows", rows=len(work.material.test), trusted=TRUSTED))
    if verdict.split != "test":
        notes.append(said(f"from-{verdict.split}"))
    if verdict.calibrated_on < FEW:
        notes.append(said("roughly-calibrated", rows=verdict.calibrated_on))
    return notes
