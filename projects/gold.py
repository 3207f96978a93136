"""Which answer we trust. The one place that derives an example's gold and status."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from projects.models import Example, Project

# Gold is the reviewer's answer; else a final imported one (the latest); else, once `overlap` people
# answered, their strict majority. Answers are canonical JSON, so equal answers are equal jsonb.
_SETTLE = """
WITH live AS (
    SELECT a.* FROM projects_annotation a JOIN projects_example e ON e.id = a.example_id
    WHERE a.withdrawn_at IS NULL AND {chosen}
), votes AS (
    SELECT example_id, answer, count(*) AS n FROM live WHERE source = 'person' GROUP BY 1, 2
), tally AS (
    SELECT example_id, sum(n) AS people, max(n) AS most,
           (array_agg(answer ORDER BY n DESC))[1] AS top
    FROM votes GROUP BY 1
), best AS (
    SELECT example_id,
        (array_agg(answer ORDER BY created_at DESC, id DESC)
            FILTER (WHERE source = 'review'))[1] AS reviewed,
        (array_agg(answer ORDER BY created_at DESC, id DESC)
            FILTER (WHERE source = 'import' AND NOT hint))[1] AS imported
    FROM live GROUP BY 1
), verdict AS (
    SELECT e.id, {wanted} AS wanted, coalesce(t.people, 0) AS people,
        coalesce(100 * (t.people - t.most) / t.people, 0) AS dissent,
        coalesce(b.reviewed, b.imported,
            CASE WHEN t.people >= {wanted} AND t.most * 2 > t.people THEN t.top END) AS gold
    FROM projects_example e JOIN projects_project p ON p.id = e.project_id
    LEFT JOIN tally t ON t.example_id = e.id LEFT JOIN best b ON b.example_id = e.id
    WHERE {chosen}
)
UPDATE projects_example e SET gold = v.gold, answered = v.people, dissent = v.dissent, status = CASE
    WHEN e.deleted_at IS NOT NULL THEN 'deleted'
    WHEN e.set_aside THEN 'set_aside'
    WHEN v.gold IS NOT NULL AND e.disputed THEN 'review'
    WHEN v.gold IS NOT NULL THEN 'labeled'
    WHEN v.people >= v.wanted THEN 'review'
    WHEN e.status = 'skipped' THEN 'skipped'
    ELSE 'unlabeled' END
FROM verdict v WHERE e.id = v.id
"""


# Of some examples, drawn by their place, one answer more is wanted: to measure agreement.
_WANTED = "p.overlap + (mod(abs(e.place::bigint), 100) < p.double_share)::int"


def wanted(example: Example, project: Project) -> int:
    """How many people are to answer an example."""
    return project.overlap + (abs(example.place) % 100 < project.double_share)


@transaction.atomic(savepoint=False)
def settle(examples: Iterable[UUID], *, locked: bool = False) -> None:
    """Derive gold, status and number of answers of these examples from their annotations.

    `locked`: the caller locked them, in a statement before it changed what follows.
    """
    ids = sorted(set(examples))
    if not ids:
        return
    with connection.cursor() as cursor:
        # Locked in a statement of its own: the next one then sees what others had just committed.
        if not locked:
            cursor.execute(
                "SELECT 1 FROM projects_example WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [ids]
            )
        cursor.execute(_SETTLE.format(chosen="e.id = ANY(%s)", wanted=_WANTED), [ids, ids])


@transaction.atomic
def settle_all(project: Project) -> None:
    """The same for a whole project, after its overlap changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM projects_example WHERE project_id = %s ORDER BY id FOR UPDATE",
            [project.pk],
        )
        cursor.execute(
            _SETTLE.format(chosen="e.project_id = %s", wanted=_WANTED), [project.pk, project.pk]
        )


@transaction.atomic
def put_aside(example: Example, *, aside: bool) -> None:
    """Keep an example from people and from training, or bring it back with what it had."""
    Example.objects.filter(pk=example.pk).update(set_aside=aside)
    settle([example.pk])
    example.refresh_from_db()


def answers(project: Project) -> Iterator[dict[str, Any]]:
    """Rows with the answer that we trust, oldest first: {"id", "data", "answer", "is_test"}."""
    trusted = (
        Example.objects.filter(project=project, set_aside=False, deleted_at=None)
        .exclude(gold=None)
        .order_by("id")
        .values_list("id", "data", "gold", "is_test")
    )
    for pk, data, gold, is_test in trusted.iterator(chunk_size=2000):
        yield {"id": str(pk), "data": data, "answer": gold, "is_test": is_test}
