"""The page of agreement: over all, by label, by pair, over time, and what is taken for what."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from labeling import agreement
from labeling.agreement import Pair, Report
from ml.answers import Choice, Choices, Spans
from ml.answers.answer import NOTHING
from projects.access import MemberRequest
from projects.models import Project

PAIRS = 50
SIDE = 12  # rows and columns of a matrix
GOOD, FAIR = 0.8, 0.667  # Krippendorff (2004), Content Analysis, p. 241


@dataclass(frozen=True)
class Cell:
    """How often one said this and the other that; or how far two agree."""

    count: float | None
    heat: int


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    report = agreement.report(request.project)
    pair = _chosen(report, request.GET.get("first", ""), request.GET.get("second", ""))
    shape = request.project.kind.answer
    shown = {
        "report": report,
        "level": _level(report.alpha),
        "by_label": _by_label(request.project, report),
        "course": report.course if len(report.course) > 1 else [],
        "pairs": report.pairs[:PAIRS],
        "more": max(0, len(report.pairs) - PAIRS),
        "people": _people(report),
        "pair": pair,
        "crossed": _crossed(pair) if pair else None,
        "chooses": isinstance(shape, Choice | Choices),
        "spans": isinstance(shape, Spans),
        "most": agreement.MOST,
    }
    return render(request, "labeling/agreement.html", shown)


def _level(alpha: float | None) -> str:
    """How good that is, by the usual bounds."""
    if alpha is None:
        return "none"
    return "good" if alpha >= GOOD else "fair" if alpha >= FAIR else "poor" if alpha > 0 else "no"


def _by_label(project: Project, report: Report) -> list[tuple[dict[str, object], float | None]]:
    """The labels on which people agree least come first; those nobody used come last."""
    told = [(label, report.by_label.get(label["name"])) for label in project.labels]
    return sorted(told, key=lambda one: (one[1] is None, one[1] or 0))


def _chosen(report: Report, first: str, second: str) -> Pair | None:
    """The pair that is asked for, else the one that agrees least."""
    asked = [pair for pair in report.pairs if {first, second} == set(pair.people)]
    return next(iter(asked or report.pairs), None)


def _people(report: Report) -> dict[str, object] | None:
    """Who with whom, as a square; those with most examples, where there are many."""
    both = {frozenset(pair.people): pair for pair in report.pairs}
    seen: Counter[str] = Counter()
    for pair in report.pairs:
        seen.update(dict.fromkeys(pair.people, pair.examples))
    names = sorted(name for name, _count in seen.most_common(SIDE))
    if len(names) < 3:
        return None
    rows = [(a, [_alike(both.get(frozenset((a, b)))) for b in names]) for a in names]
    return {"names": names, "rows": rows, "cut": len(seen) > SIDE}


def _alike(pair: Pair | None) -> Cell:
    if pair is None or len(set(pair.people)) < 2:
        return Cell(None, 0)
    return Cell(pair.alike, round(10 * (1 - pair.alike)))


def _crossed(pair: Pair) -> dict[str, object] | None:
    """What the one called so where the other said otherwise: rows are the first person's."""
    if not pair.crossed:
        return None
    counts = {(a, b): count for a, b, count in pair.crossed}
    labels, top = _most_crossed(pair), max(counts.values())

    def cell(a: str, b: str) -> Cell:
        count = counts.get((a, b), 0)
        return Cell(count, round(10 * count / top))

    return {"labels": labels, "rows": [(a, [cell(a, b) for b in labels]) for a in labels]}


def _most_crossed(pair: Pair) -> list[str]:
    """The labels on which they differ most often; no label at all comes last."""
    used: Counter[str] = Counter()
    for a, b, count in pair.crossed:
        used[a] += count
        used[b] += count
    return sorted((label for label, _n in used.most_common(SIDE)), key=lambda one: one == NOTHING)
