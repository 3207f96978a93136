"""What can be labelled at once: what the newest version is sure of, and texts that are alike."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection

from accounts.models import User
from labeling import recalling, windows
from labeling.models import Learner
from ml import grouping
from ml.answers import Choice, Choices
from projects import noting
from projects.models import Example, Project

SURENESS = (99, 95, 90, 80)  # percent, from which people choose
SHOWN, LARGEST = 12, 500
FIRST = 3  # texts of a group that are shown
KEPT_SECONDS = 3600
MOST_COUNTED = 50_000


@dataclass(frozen=True)
class Sure:
    """So many unlabelled examples for which a model suggests the label, at least so sure."""

    label: str
    count: int


@dataclass(frozen=True)
class Alike:
    """A group of unlabelled examples that are alike, and what the instant model thinks of most."""

    ids: list[UUID]
    first: list[Example]
    guess: str | None


# The surest first: of very many, those are counted that would be labelled with most right.
_SURE = """
SELECT label, count(*) FROM (
    SELECT s.answer->>'label' AS label FROM labeling_suggestion s
    JOIN projects_example e ON e.id = s.example_id
    WHERE s.project_id = %s AND s.confidence >= %s AND e.status = 'unlabeled' AND NOT e.is_test
    ORDER BY s.confidence DESC LIMIT %s
) found GROUP BY 1 ORDER BY 2 DESC
"""


def sure(project: Project, percent: int) -> list[Sure]:
    """By label where an answer is one label; else all together, under no label."""
    with connection.cursor() as cursor:
        cursor.execute(_SURE, [project.pk, percent / 100, MOST_COUNTED])
        rows = cursor.fetchall()
    if isinstance(project.kind.answer, Choice):
        names = set(project.label_names)
        return [Sure(label, count) for label, count in rows if label in names]
    total = sum(count for _label, count in rows)
    return [Sure("", total)] if total else []


def alike(project: Project) -> list[Alike]:
    """Groups among the examples that the instant model looks at; none without vectors."""
    model = noting.of(project.pk).get("model")
    if model is None or not project.kind.answer.in_bulk:
        return []
    learner = Learner.objects.filter(project=project).first() or Learner(project=project)
    shown = windows.candidates(windows.behind(learner), model)
    found = grouping.groups(shown.vectors)[:SHOWN]
    head = recalling.head(project)
    return [_told(project, shown, group, head) for group in found]


def _told(project: Project, shown: windows.Shown, group: grouping.Group, head: Any) -> Alike:
    members = group.members[:LARGEST]
    ids = [shown.ids[at] for at in members]
    there = Example.objects.in_bulk(ids[:FIRST])
    first = [there[pk] for pk in ids[:FIRST] if pk in there]
    if head is None or not isinstance(project.kind.answer, Choice | Choices):
        return Alike(ids, first, None)
    chances = head.chances(shown.vectors[members], project.kind.decision).mean(axis=0)
    return Alike(ids, first, head.labels[int(chances.argmax())])


def keep(person: User, project: Project, found: list[Alike]) -> None:
    """For when they say what to do with one: a page need not hold thousands of ids."""
    cache.set(_key(person, project), [[str(pk) for pk in one.ids] for one in found], KEPT_SECONDS)


def kept(person: User, project: Project, number: int) -> list[str]:
    """The examples of a group that the person was shown; empty where that is too long ago."""
    groups = cache.get(_key(person, project)) or []
    return list(groups[number]) if 0 <= number < len(groups) else []


def _key(person: User, project: Project) -> str:
    return f"alike:{project.pk}:{person.pk}"
