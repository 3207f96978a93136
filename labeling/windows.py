"""The examples among which the instant model looks: a window in the shuffled order, and what it
learns from, each with its vector.

The window holds the next examples behind its start that wait for a label. What is labelled leaves
it and the ones behind come in; where the end is near, it begins somewhere else.
"""

import json
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from labeling.models import Candidate, Learner
from ml.embedding import WIDTH, Floats
from projects.models import Project

SIZE = 2000
FEWEST = 500  # behind the start, below which the window begins elsewhere
LEARNED_FROM = 5000  # answers, the newest
LOWEST, HIGHEST = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Shown:
    """Examples with their vectors, (n, 384), and their gold answers where there are any."""

    ids: list[UUID]
    vectors: Floats
    answers: list[dict[str, Any]]

    @classmethod
    def of(cls, rows: list[tuple[Any, ...]]) -> "Shown":
        vectors = np.empty((len(rows), WIDTH), dtype=np.float32)
        for at, row in enumerate(rows):
            vectors[at] = vector(row[1])
        return cls(
            [row[0] for row in rows], vectors, [json.loads(row[2]) for row in rows if len(row) > 2]
        )


def vector(sent: bytes) -> Floats:
    """What halfvec_send gives: two numbers of 16 bits, then the halves, big end first."""
    return np.frombuffer(bytes(sent)[4:], dtype=">f2").astype(np.float32)


_WAITING = """
SELECT e.id FROM projects_example e
WHERE e.project_id = %(project)s AND e.status = 'unlabeled' AND e.is_test = false
  AND e.priority = 0 AND e.place >= %(start)s
ORDER BY e.priority DESC, e.place LIMIT %(size)s
"""
_CANDIDATES = """
SELECT m.example_id, halfvec_send(m.vector) FROM projects_embedding m
WHERE m.example_id = ANY(%(ids)s) AND m.model = %(model)s
"""
_ANSWERED = """
SELECT e.id, halfvec_send(m.vector), e.gold FROM (
    SELECT id, gold FROM projects_example
    WHERE project_id = %(project)s AND status = 'labeled' AND is_test = false
    ORDER BY id DESC LIMIT %(most)s
) e JOIN projects_embedding m ON m.example_id = e.id AND m.model = %(model)s ORDER BY e.id
"""


def waiting(learner: Learner) -> list[UUID]:
    """The window's examples; its start moves where too few are left behind it."""
    ids = behind(learner)
    if len(ids) < FEWEST and learner.window > LOWEST:
        learner.window = random.randint(LOWEST, HIGHEST)
        ids = behind(learner)
        if len(ids) < SIZE:
            learner.window = LOWEST
            ids = behind(learner)
        learner.save(update_fields=["window"])
    return ids


def next_ones(learner: Learner) -> list[UUID]:
    """What people see next: the candidates, the window behind them, the shuffled order's begin."""
    ranked = Candidate.objects.filter(project=learner.project_id).order_by("rank")
    first = {"project": learner.project_id, "start": LOWEST, "size": SIZE}
    begin = [row[0] for row in _asked(_WAITING, first)]
    ids = [*ranked.values_list("example_id", flat=True), *behind(learner), *begin]
    return list(dict.fromkeys(ids))


def behind(learner: Learner) -> list[UUID]:
    """The next that wait behind the window's start."""
    asked = {"project": learner.project_id, "start": learner.window, "size": SIZE}
    return [row[0] for row in _asked(_WAITING, asked)]


def candidates(ids: list[UUID], model: str) -> Shown:
    """Those that have a vector by this model."""
    return Shown.of(_asked(_CANDIDATES, {"ids": ids, "model": model}))


def answered(project: Project, model: str) -> Shown:
    """The newest trusted answers, without the protected test set; the oldest of them first."""
    asked = {"project": project.pk, "model": model, "most": LEARNED_FROM}
    return Shown.of(_asked(_ANSWERED, asked))


def without_vector(ids: list[UUID], model: str) -> list[UUID]:
    """Those of the window, and of what was answered lately, that no vector was made of yet."""
    rows = _asked(
        "SELECT id FROM unnest(%(ids)s::uuid[]) AS w (id) WHERE NOT EXISTS "
        "(SELECT 1 FROM projects_embedding m WHERE m.example_id = w.id AND m.model = %(model)s)",
        {"ids": ids, "model": model},
    )
    return [row[0] for row in rows]


def answered_ids(project: Project) -> list[UUID]:
    found = project.examples.filter(status="labeled", is_test=False).order_by("-id")
    return list(found.values_list("pk", flat=True)[:SIZE])


def _asked(question: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return list(cursor.fetchall())
