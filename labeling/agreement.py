"""How far people of a project agree: over all, by pair, by label, over time, and on what not."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from django.db import connection

from ml import agreeing
from ml.answers import Choice, Choices, Spans
from projects.models import Project

MOST = 40_000  # answers of the page, of the newest examples; more are said to be left out
ALL = 1_000_000  # answers that the API counts: of more, nobody would wait for the figure
STEP = 100  # examples, of which each point of the course over time is made

# Only what several people answered can agree.
_ANSWERS = """
SELECT n.example_id, coalesce(n.author_id, n.id), u.email, n.answer, n.created_at,
       CASE WHEN %(long)s THEN char_length(e.data->>'text') ELSE 0 END
FROM (
    SELECT id, data FROM projects_example
    WHERE project_id = %(project)s AND answered >= 2 AND deleted_at IS NULL
    ORDER BY id DESC LIMIT %(most)s
) e JOIN projects_annotation n ON n.example_id = e.id AND n.source = 'person'
    AND n.withdrawn_at IS NULL
LEFT JOIN accounts_user u ON u.id = n.author_id
ORDER BY n.example_id DESC, n.created_at DESC LIMIT %(most)s
"""

# The same for labels, where who said what does not count: there are few ways in which people of an
# example agree or not, however many examples there are.
_PATTERNS = """
SELECT said, count(*) FROM (
    SELECT array_agg(n.answer::text ORDER BY n.answer::text) AS said
    FROM projects_example e JOIN projects_annotation n ON n.example_id = e.id
        AND n.source = 'person' AND n.withdrawn_at IS NULL
    WHERE e.project_id = %s AND e.answered >= 2 AND e.deleted_at IS NULL GROUP BY e.id
) one GROUP BY said ORDER BY count(*) DESC LIMIT %s
"""


@dataclass(frozen=True)
class Said:
    """An example with what each person said of it."""

    example: UUID
    answers: dict[UUID, dict[str, Any]]  # by person; by answer where the account is gone
    keys: dict[UUID, str]  # the same as text: equal answers have equal keys
    at: Any  # when the last of them answered
    length: int  # of the text, where passages of it are marked


@dataclass(frozen=True)
class Pair:
    """Two people: Cohen's kappa where they choose labels, and how alike their answers are."""

    people: tuple[str, str]
    examples: int
    kappa: float | None
    alike: float  # the mean agreement of their answers, from 0 to 1
    overlap: float | None  # of spans, where edges that differ a little cost a little
    crossed: list[tuple[str, str, int]]  # what one called so and the other so, the most frequent


def of(project: Project) -> dict[str, Any]:
    """The project's agreement, as the API says it. None: cannot be computed (yet)."""
    said, names = _said(project, ALL)
    return {
        "krippendorff_alpha": alpha(project, said),
        "pairs": [
            {
                "annotators": list(pair.people),
                "kappa": pair.kappa,
                "examples": pair.examples,
                "agreement": pair.alike,
            }
            for pair in _pairs(project, said, names)
        ],
        "by_label": _by_label(project, said),
    }


def alone(project: Project) -> float | None:
    """Only alpha, of all answers."""
    if isinstance(project.kind.answer, Choice | Choices):
        return _of_patterns(project)
    said, _names = _said(project, ALL)
    return alpha(project, said)


def _of_patterns(project: Project) -> float | None:
    with connection.cursor() as cursor:
        cursor.execute(_PATTERNS, [project.pk, ALL])
        found = cursor.fetchall()
    return _of_labels(project, [said for said, _ in found], [float(count) for _, count in found])


@dataclass(frozen=True)
class Report:
    """What the page shows."""

    alpha: float | None
    examples: int
    pairs: list[Pair]
    by_label: dict[str, float | None]
    course: list[tuple[Any, float]]  # when, alpha of the examples answered then
    whole: bool  # whether all examples that several people answered are in it


def report(project: Project) -> Report:
    said, names = _said(project, MOST)
    return Report(
        alpha(project, said),
        len(said),
        sorted(_pairs(project, said, names), key=lambda pair: pair.alike),
        _by_label(project, said),
        _course(project, said),
        sum(len(one.answers) for one in said) < MOST,
    )


def alpha(project: Project, said: list[Said]) -> float | None:
    """Krippendorff's alpha: of labels, of sets of labels (MASI), of characters where passages are
    marked; None for answers that no chance could give."""
    shape = project.kind.answer
    if isinstance(shape, Choice | Choices):
        return _of_labels(project, [[*one.keys.values()] for one in said])
    if isinstance(shape, Spans):
        return _of_characters(said, lambda value: value)
    return None


def _of_labels(
    project: Project, units: list[list[str]], weights: list[float] | None = None
) -> float | None:
    """units: of each example the answers as text."""
    if isinstance(project.kind.answer, Choice):
        return agreeing.alpha(units, weights=weights)
    sets = {text: frozenset(json.loads(text)["labels"]) for text in {*chain(*units)}}
    return agreeing.alpha([[sets[text] for text in unit] for unit in units], agreeing.masi, weights)


def _of_characters(said: list[Said], seen: Callable[[frozenset[str]], Hashable]) -> float | None:
    units, weights = [], []
    for one in said:
        spans = [answer["spans"] for answer in one.answers.values()]
        for values, length in agreeing.stretches(spans, one.length):
            units.append([seen(value) for value in values])
            weights.append(float(length))
    return agreeing.alpha(units, weights=weights)


def _by_label(project: Project, said: list[Said]) -> dict[str, float | None]:
    """Each label for itself: there or not."""
    shape = project.kind.answer
    if isinstance(shape, Spans):
        return {
            label: _of_characters(said, lambda value, n=label: n in value)  # type: ignore[misc]
            for label in project.label_names
        }
    return {
        label: agreeing.alpha(
            [[label in shape.labels_of(a) for a in one.answers.values()] for one in said]
        )
        for label in project.label_names
    }


def _pairs(project: Project, said: list[Said], names: dict[Any, str]) -> Iterable[Pair]:
    shared: dict[tuple[Any, Any], list[Said]] = defaultdict(list)
    for one in said:
        known = [person for person in one.answers if person in names]  # not those who are gone
        for a, b in combinations(sorted(known, key=str), 2):
            shared[a, b].append(one)
    for (a, b), common in shared.items():
        yield _pair(project, a, b, common, (names[a], names[b]))


def _pair(
    project: Project, first: Any, second: Any, common: list[Said], people: tuple[str, str]
) -> Pair:
    shape = project.kind.answer
    both = [(one.answers[first], one.answers[second]) for one in common]
    crossed: Counter[tuple[str, str]] = Counter()
    for a, b in both:
        crossed.update(pair for pair in shape.pairs(a, b) if pair[0] != pair[1])
    choosing = isinstance(shape, Choice | Choices)
    spans = isinstance(shape, Spans)
    near = [agreeing.overlap(a["spans"], b["spans"]) for a, b in both] if spans else []
    return Pair(
        people,
        len(both),
        agreeing.kappa((one.keys[first], one.keys[second]) for one in common) if choosing else None,
        sum(shape.agreement(a, b) for a, b in both) / len(both),
        sum(near) / len(near) if near else None,
        [(*pair, count) for pair, count in crossed.most_common(50)],
    )


def _course(project: Project, said: list[Said]) -> list[tuple[Any, float]]:
    """Alpha of each hundred examples, in the order in which they were answered."""
    ordered = sorted(said, key=lambda one: one.at)
    points = []
    for begin in range(0, len(ordered), STEP):
        part = ordered[begin : begin + STEP]
        found = alpha(project, part)
        if found is not None:
            points.append((part[-1].at, found))
    return points


def _said(project: Project, most: int) -> tuple[list[Said], dict[Any, str]]:
    names: dict[Any, str] = {}
    found: list[Said] = []
    long = isinstance(project.kind.answer, Spans)
    parsed: dict[str, dict[str, Any]] = {}  # many say the same: each is read once
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, {"project": project.pk, "most": most, "long": long})
        for example, person, email, answer, at, length in cursor.fetchall():
            if not found or found[-1].example != example:
                found.append(Said(example, {}, {}, at, length or 0))
            if answer not in parsed:
                parsed[answer] = json.loads(answer)
            found[-1].answers[person], found[-1].keys[person] = parsed[answer], answer
            if email:
                names[person] = email
    return [one for one in found if len(one.answers) > 1], names
