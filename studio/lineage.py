"""One example's way round the circle: what it came from, and which models learned from it."""

from typing import Any
from uuid import UUID

from projects.models import Deed, Example
from serving.models import Feedback
from training.models import Run, SnapshotRow

MOST = 1000


def of(example: Example) -> dict[str, Any]:
    frozen = SnapshotRow.objects.filter(example=example).select_related("snapshot").order_by("id")
    rows = list(frozen[:MOST])
    splits: dict[UUID | None, str] = {row.snapshot_id: row.split for row in rows}
    runs = Run.objects.filter(snapshot__in=splits)
    found = runs.select_related("model_version").order_by("id")[:MOST]
    feedback = Feedback.objects.filter(example=example).select_related("prediction")[:MOST]
    # What callers said may quote what is masked now: remarks, and answers that are no mere label.
    masked = _masked(example)
    no_answer = {"answer": None} if masked and not example.project.kind.answer.in_bulk else {}
    no_remark = {"comment": None} if masked else {}
    return {
        "snapshots": [
            {"id": str(row.snapshot_id), "sha256": row.snapshot.sha256, "split": row.split}
            for row in rows
        ],
        "runs": [
            {
                "id": str(run.pk),
                "state": run.state,
                "split": splits[run.snapshot_id],
                "model_version": str(run.model_version.pk)
                if hasattr(run, "model_version")
                else None,
            }
            for run in found
        ],
        "predictions": [_predicted(verdict) | no_answer for verdict in feedback],
        "feedback": [_judged(verdict) | no_answer | no_remark for verdict in feedback],
    }


def _masked(example: Example) -> bool:
    return example.touches.filter(act__deed=Deed.MASK, before__isnull=False).exists()


def _judged(verdict: Feedback) -> dict[str, Any]:
    return {
        "id": str(verdict.pk),
        "prediction": str(verdict.prediction_id),
        "correct": verdict.correct,
        "answer": verdict.answer,
        "comment": verdict.comment,
        "created_at": verdict.created_at,
    }


def _predicted(verdict: Feedback) -> dict[str, Any]:
    prediction = verdict.prediction
    return {
        "id": str(prediction.pk),
        "answer": prediction.answer,
        "confidence": prediction.confidence,
        "model_version": str(prediction.model_version_id),
        "created_at": prediction.created_at,
    }
