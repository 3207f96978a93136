"""Which examples wait for which stage of background work.

Taking is part of the taker's transaction: a worker that dies leaves them due.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from projects.models import Due, Project, Stage

# A count for a page: more than this is said as “more than”.
COUNTED = 100_000

_TAKE = """
DELETE FROM projects_due WHERE id = ANY(ARRAY(
    SELECT id FROM projects_due WHERE stage = %(stage)s AND project_id = %(project)s
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)) RETURNING example_id
"""


def take(stage: Stage, most: int, project: UUID | None = None) -> list[UUID]:
    """Some examples of one project, in the order in which they came; each once."""
    project = project or next_project(stage)
    if project is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"stage": stage, "project": project, "most": most})
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))


def next_project(stage: Stage) -> UUID | None:
    """A project for which something is due, drawn anew each time: none waits for another.

    What is due of a deleted project stays so: it goes on if somebody brings the project back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"stage": stage})
        row = cursor.fetchone()
    return row[0] if row else None


# Each step of the walk jumps to the next project by the index, over however many rows are due.
_DRAW = """
WITH RECURSIVE waiting AS (
    (SELECT project_id FROM projects_due WHERE stage = %(stage)s ORDER BY project_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.project_id FROM projects_due d WHERE d.stage = %(stage)s
            AND d.project_id > w.project_id ORDER BY d.project_id LIMIT 1)
    FROM waiting w WHERE w.project_id IS NOT NULL
)
SELECT project_id FROM waiting w WHERE project_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM projects_project p WHERE p.id = w.project_id AND p.deleted_at IS NOT NULL
) ORDER BY random() LIMIT 1
"""


def put(stage: Stage, examples: Sequence[UUID]) -> None:
    if examples:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO projects_due (project_id, example_id, stage) "
                "SELECT project_id, id, %s FROM projects_example WHERE id = ANY(%s) ORDER BY id",
                [stage, list(examples)],
            )


def is_waiting(stage: Stage, project: UUID) -> bool:
    return Due.objects.filter(stage=stage, project_id=project).exists()


def waiting(project: Project) -> dict[int, int]:
    """Stage → how many examples wait for it, counted up to COUNTED."""
    found = {}
    for stage in Stage:
        rows = Due.objects.filter(stage=stage, project_id=project.pk).order_by()
        found[stage.value] = rows[:COUNTED].count()
    return found
