"""The turns of the circle: what each model version learned from, and what that brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from projects.models import Project, Source
from training import comparing
from training.models import ModelVersion, Run, SnapshotRow

SHOWN = 20
FIRST, UNKNOWN = "first", "unknown"


@dataclass(frozen=True)
class Turn:
    """One version beside the one before it. Shares, not percent."""

    version: UUID
    number: int
    at: datetime
    method: str
    labels: int  # in its snapshot
    added: int  # of them, not in the snapshot of the version before
    from_feedback: int  # of the added ones
    headline: str  # the metric that the task shows big
    value: float
    low: float
    high: float
    before: float | None  # the headline of both on the `n` test rows that both answered
    after: float | None
    n: int
    verdict: str  # “real”, “not sure”, “worse”; “first”; “unknown”: no row was answered by both


def turns(project: Project) -> list[Turn]:
    """The latest SHOWN, newest first. One query; the comparisons were kept when the runs ended."""
    versions = ModelVersion.objects.filter(project=project).select_related("run__snapshot")
    shown = versions.defer("artifacts", "run__result").order_by("-number")[:SHOWN]
    return [_turn(version, project.kind.headline) for version in shown]


def measured(run: Run) -> dict[str, Any]:
    """What a run that ends well brings over the newest version: kept with its own version."""
    newest = ModelVersion.objects.filter(project=run.project_id).select_related("run")
    older = newest.order_by("-number").first()
    added = _added(run, older.run if older else None)
    fed_back = Q(example__source=Source.FEEDBACK) | Q(example__origin__has_key="endpoint")
    found = {"added": added.count(), "from_feedback": added.filter(fed_back).count()}
    if older is None:
        return {"older": None, **found}
    return {"older": older.number, **found, **comparing.of_runs(run, older.run).as_json()}


def _added(run: Run, older: Run | None) -> QuerySet[SnapshotRow]:
    rows = SnapshotRow.objects.filter(snapshot=run.snapshot_id)
    if older is None:
        return rows
    before = SnapshotRow.objects.filter(snapshot=older.snapshot_id)
    return rows.exclude(example__in=before.values("example"))


def _turn(version: ModelVersion, headline: str) -> Turn:
    metrics, kept = version.metrics, version.comparison
    value = float(metrics.get(headline, 0.0))
    both = kept.get(headline) if kept.get("n") else None
    return Turn(
        version=version.pk,
        number=version.number,
        at=version.created_at,
        method=version.method,
        labels=_labels(version),
        added=kept.get("added", 0),
        from_feedback=kept.get("from_feedback", 0),
        headline=headline,
        value=value,
        low=float(metrics.get(f"{headline}_low", value)),
        high=float(metrics.get(f"{headline}_high", value)),
        before=both["before"] if both else None,
        after=both["after"] if both else None,
        n=kept.get("n", 0),
        verdict=_verdict(kept),
    )


def _labels(version: ModelVersion) -> int:
    counts = version.run.snapshot.counts if version.run.snapshot else {}
    return sum(counts.get(split, 0) for split in ("train", "validation", "test"))


def _verdict(kept: dict[str, Any]) -> str:
    if "older" in kept and kept["older"] is None:
        return FIRST
    return str(kept["verdict"]) if kept.get("n") else UNKNOWN
