"""Takes away what was suggested for texts that change, and brings it back with them.

A suggestion says something of its text, and may quote it. The tables stand in higher rooms, so
they are asked by name. The newest model version suggests anew: its walk goes back to them.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from projects import relabeling
from projects.models import Project

Before = dict[UUID, dict[str, Any]]

_TAKE = """
DELETE FROM labeling_suggestion s WHERE example_id = ANY(%s)
RETURNING example_id, to_jsonb(s) - 'id' - 'created_at'
"""
# Of ended leases, too: undo brings a lease back, with what was suggested. Why it came may quote the
# text as well (labeling/reasons.py): neither that nor its turn is brought back, for the next
# training of the instant model says both anew.
_EMPTY = """
WITH were AS (
    SELECT id, example_id, suggestion FROM labeling_assignment
    WHERE example_id = ANY(%s) AND (suggestion IS NOT NULL OR reason_values ? 'phrase')
    ORDER BY id FOR UPDATE
), emptied AS (
    UPDATE labeling_assignment a SET suggestion = NULL, reason_values =
        CASE WHEN a.reason_values ? 'phrase' THEN '{}' ELSE a.reason_values END
    FROM were WHERE a.id = were.id
)
SELECT example_id, id, suggestion FROM were WHERE suggestion IS NOT NULL
"""
_TAKE_TURNS = "DELETE FROM labeling_candidate WHERE example_id = ANY(%s)"
_BRING_BACK = """
INSERT INTO labeling_suggestion
    (example_id, project_id, answer, confidence, scores, model_version, fed_back, created_at)
SELECT s.*, now() FROM jsonb_to_recordset(%s::jsonb) AS s (
    example_id uuid, project_id uuid, answer jsonb, confidence float8, scores jsonb,
    model_version uuid, fed_back boolean)
"""
_FILL = """
UPDATE labeling_assignment a SET suggestion = w.value FROM jsonb_each(%s::jsonb) w
WHERE a.id = w.key::uuid
"""
# `made` counts what the walk's own version suggested, which goes with these or comes with them.
_WALK_BACK = """
UPDATE training_suggesting s SET behind = LEAST(behind, %(behind)s), made = GREATEST(0,
    made + %(sign)s * cardinality(array_positions(%(versions)s::uuid[], version_id))),
    looked_at = GREATEST(0, looked_at - (
        SELECT count(*) FROM projects_example e WHERE e.project_id = s.project_id
        AND e.status = 'unlabeled' AND e.id > %(behind)s AND e.id <= s.behind))
WHERE project_id = %(project)s
"""
# As who trains the instant model, which takes a second or so (labeling/learning.py).
_LEARN_NOTHING = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))"


def hold(project: Project) -> None:
    """Before examples are locked: who suggests holds the walk first, and then the examples.

    A chunk of the walk that read the old texts ends before, and another one begins after; so does
    a training of the instant model.
    """
    relabeling.hold(project)
    if not project.kind.answer.in_bulk:
        _asked(_LEARN_NOTHING, [str(project.pk)])
        _asked("SELECT 1 FROM training_suggesting WHERE project_id = %s FOR UPDATE", [project.pk])


def take_away(project: Project, examples: list[UUID]) -> Before:
    """What was suggested for these, and what was said of them; nothing where a suggestion is but a
    label, and quotes none."""
    before: Before = {}
    if project.kind.answer.in_bulk or not examples:
        return before
    for example, told in _asked(_TAKE, [examples]):
        before.setdefault(example, {})["suggestion"] = json.loads(told)
    _walk(project, [was["suggestion"] for was in before.values()], behind=min(examples), sign=-1)
    for example, lease, told in _asked(_EMPTY, [examples]):
        leases = before.setdefault(example, {}).setdefault("leases", {})
        leases[str(lease)] = json.loads(told)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURNS, [examples])
    return before


def bring_back(project: Project, before: Mapping[UUID, dict[str, Any]]) -> None:
    """What `take_away` took from these, after what was suggested since has been taken away, too."""
    if project.kind.answer.in_bulk:
        return  # nothing was taken, and the walk is not held
    suggested = [was["suggestion"] for was in before.values() if "suggestion" in was]
    leases = {pk: told for was in before.values() for pk, told in was.get("leases", {}).items()}
    with connection.cursor() as cursor:
        cursor.execute(_BRING_BACK, [json.dumps(suggested)])
        cursor.execute(_FILL, [json.dumps(leases)])
    _walk(project, suggested, behind=UUID(int=2**128 - 1), sign=1)


def _walk(project: Project, suggested: list[dict[str, Any]], *, behind: UUID, sign: int) -> None:
    """It goes on in front of the first of these, where it is behind it."""
    versions = [one["model_version"] for one in suggested if not one["fed_back"]]
    given: dict[str, Any] = {"behind": UUID(int=behind.int - 1), "sign": sign}
    with connection.cursor() as cursor:
        cursor.execute(_WALK_BACK, given | {"versions": versions, "project": project.pk})


def _asked(question: str, given: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return list(cursor.fetchall())
