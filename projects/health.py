"""How a project's data is: what is worth a look, with examples of it, and what is still at work."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum

from ml import mending, splitting
from ml.answers.answer import cut
from ml.findings import whole
from projects import due, noting, remarks, showing, surveying
from projects.leases import BUSY
from projects.models import (
    Annotation,
    AnnotationSource,
    Example,
    Finding,
    Inspection,
    Kind,
    Project,
    Stage,
)
from projects.remarks import Fix, Piece
from projects.tally import Counts

SHOWN = 5  # examples a kind
SAID = 80  # characters of an answer
GROUP = 4  # times as many are read, to show some of different groups
# The oddest, the most alike, what is said of one very text; else the oldest.
FIRST = {
    Kind.OUTLIER: F("detail__distance").desc(),
    Kind.MEANING: F("detail__cosine").desc(),
    Kind.CONTRADICTION: F("detail__answers").desc(nulls_last=True),
}
LABELS, LANGUAGES = 20, 10  # in a chart
LOPSIDED = 10  # times as many of one label as of another


@dataclass
class Shown:
    """An example with what is odd about it; `other` is the one it repeats or contradicts."""

    example: Example
    pieces: list[Piece]
    said: str = ""
    labels: list[dict[str, Any]] = field(default_factory=list)
    other: "Shown | None" = None


@dataclass
class Card:
    """All findings of a kind."""

    kind: Kind
    count: int
    shown: list[Shown]
    fixes: tuple[Fix, ...]


@dataclass(frozen=True)
class Progress:
    """How many of the examples each stage has seen, None where more wait for it than are counted;
    `busy` while something is still to be done."""

    total: int
    indexed: int | None
    inspected: int | None
    embedded: int | None
    inspection: Inspection | None
    busy: bool


def progress(project: Project, total: int) -> Progress:
    waiting = due.waiting(project)
    inspection = Inspection.objects.filter(project=project).first()
    looking = inspection is not None and inspection.state in BUSY
    busy = any(waiting.values()) or looking or bool(surveying.wanting(project.pk))
    indexed = _seen(total, [waiting[Stage.INDEX]])
    inspected = _seen(total, [waiting[Stage.INDEX], waiting[Stage.INSPECT]])
    return Progress(total, indexed, inspected, _seen(total, [*waiting.values()]), inspection, busy)


def _seen(total: int, left: list[int]) -> int | None:
    return None if max(left) >= due.COUNTED else max(0, total - sum(left))


_COUNTS = """
SELECT f.kind, count(*) FROM projects_finding f JOIN projects_example e ON e.id = f.example_id
WHERE f.project_id = %s AND NOT e.set_aside AND e.deleted_at IS NULL GROUP BY f.kind
"""


def counts(project: Project) -> dict[str, int]:
    """Kind → how many examples have it, of those that are neither set aside nor deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [project.pk])
        return dict(cursor.fetchall())


def cards(project: Project, *, openly: bool) -> list[Card]:
    """What is worth a look, in the order in which it is. `openly`: with personal data."""
    found = counts(project)
    return [
        Card(kind, found[kind], _shown(project, kind, openly=openly), remarks.FIXES.get(kind, ()))
        for kind in remarks.ORDER
        if found.get(kind)
    ]


def settled(example: Example) -> None:
    """Somebody has decided: it contradicts nothing any more, whatever others still do."""
    Finding.objects.filter(example=example, kind=Kind.CONTRADICTION).delete()


def _shown(project: Project, kind: Kind, *, openly: bool) -> list[Shown]:
    rows = Finding.objects.filter(
        project=project, kind=kind, example__set_aside=False, example__deleted_at=None
    ).select_related("example")
    order = [FIRST[kind]] if kind in FIRST else []
    first = _apart(list(rows.order_by(*order, "example_id")[: SHOWN * GROUP]))
    of = _there(project, {finding.detail.get("of") for finding in first} - {None})
    shown = [_one(project, finding, of, openly=openly) for finding in first]
    if kind == Kind.CONTRADICTION:
        _with_all_answers(project, first, shown, openly=openly)
    return shown


def _with_all_answers(
    project: Project, first: list[Finding], shown: list[Shown], *, openly: bool
) -> None:
    """Where files say different things of one text, all that they say, the last one first."""
    several = [one.example_id for one in first if one.detail.get("answers")]
    live = Annotation.objects.filter(
        example__in=several, source=AnnotationSource.IMPORT, hint=False, withdrawn_at=None
    )
    said: dict[UUID, list[str]] = {}
    for pk, answer in live.order_by("-created_at", "-pk").values_list("example_id", "answer"):
        told = project.kind.answer.summary(answer)
        said.setdefault(pk, []).append(cut(told if openly else mending.masked(told)[0], SAID))
    for one in shown:
        if one.example.pk in said:
            one.said = " · ".join(dict.fromkeys(said[one.example.pk]))
            one.labels = []


def _apart(found: list[Finding]) -> list[Finding]:
    """One of each group, where there are groups: its others say the same."""
    groups: dict[int, Finding] = {}
    for finding in found:
        groups.setdefault(finding.detail.get("group", -finding.pk), finding)
    return list(groups.values())[:SHOWN]


def _one(project: Project, finding: Finding, of: dict[str, Example], *, openly: bool) -> Shown:
    other = of.get(finding.detail.get("of", ""))
    shown = _bare(project, finding.example, finding.kind, openly=openly)
    shown.said = remarks.in_words(finding)
    shown.other = _bare(project, other, finding.kind, openly=openly) if other else None
    return shown


def _bare(project: Project, example: Example, kind: str, *, openly: bool) -> Shown:
    text = splitting.text_of(example.data)
    labels = showing.labels(project, example.gold)
    return Shown(example, remarks.pieces(kind, text, openly=openly), labels=labels)


def _there(project: Project, ids: set[Any]) -> dict[str, Example]:
    rows = project.examples.filter(pk__in=ids, set_aside=False, deleted_at=None)
    return {str(example.pk): example for example in rows}


def not_compared(project: Project) -> str:
    """Why nothing was compared by meaning: “many”, “model”; empty where all was."""
    return str(noting.of(project.pk).get("not_compared", ""))


def merged(project: Project) -> int:
    """Rows of files whose data was here already, or came twice: they became no second example."""
    imported = project.uploads.filter(dry_run=False)
    return int(imported.aggregate(rows=Sum("duplicates"))["rows"] or 0)


def languages(project: Project) -> list[tuple[str, int]]:
    """Names of languages with how many examples are in each, the most first."""
    noted = noting.of(project.pk).get("languages", {})
    told = sorted(noted.items(), key=lambda each: -each[1])
    return [(remarks.language(code), count) for code, count in told[:LANGUAGES] if code]


@dataclass(frozen=True)
class Balance:
    """Labels with their answers, the most first; `rare` have next to none.

    `thin` are those that more is wanted of: the rare ones, or the smallest beside a giant.
    """

    rows: list[tuple[str, int]]
    rare: list[str]
    lopsided: bool
    thin: list[str]


def balance(counts: Counts) -> Balance | None:
    """How even the labels are; None without answers or with one label only."""
    found = whole.imbalance(counts.by_label)
    if found is None:
        return None
    rows = sorted(counts.by_label.items(), key=lambda each: -each[1])
    rare, lopsided = list(found.rare[:LABELS]), found.ratio >= LOPSIDED
    return Balance(rows[:LABELS], rare, lopsided, rare or ([rows[-1][0]] if lopsided else []))
