"""Which examples mean nearly the same as one, by their embeddings."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from projects.models import Embedding, Example

# So few are compared one by one, exactly; the graph of neighbours would first walk through those
# of other projects.
FEW = 5_000

_EXACTLY = """
WITH few AS MATERIALIZED (
    SELECT example_id, vector FROM projects_embedding
    WHERE project_id = %(project)s AND model = %(model)s AND example_id <> %(example)s
)
SELECT f.example_id, f.vector <=> %(vector)s::halfvec AS distance FROM few f
JOIN projects_example e ON e.id = f.example_id AND e.deleted_at IS NULL
ORDER BY distance LIMIT %(most)s
"""
_BY_GRAPH = """
SELECT m.example_id, m.vector <=> %(vector)s::halfvec AS distance FROM projects_embedding m
WHERE m.project_id = %(project)s AND m.model = %(model)s AND m.example_id <> %(example)s
AND EXISTS (SELECT 1 FROM projects_example e WHERE e.id = m.example_id AND e.deleted_at IS NULL)
ORDER BY distance LIMIT %(most)s
"""


def nearest(example: Example, most: int) -> list[tuple[Example, float]]:
    """The most similar of its project with their cosine, the nearest first; none without a vector.

    By an approximate index (HNSW: Malkov and Yashunin 2018) where there are many.
    """
    own = Embedding.objects.filter(example=example).first()
    if own is None:
        return []
    rows = Embedding.objects.filter(project_id=example.project_id, model=own.model)
    many = len(rows.order_by().values_list("pk")[: FEW + 1]) > FEW
    found = _ask(own, most, by_graph=many)
    there = Example.objects.in_bulk([pk for pk, _distance in found])
    return [(there[pk], 1 - distance) for pk, distance in found if pk in there]


@transaction.atomic
def _ask(own: Embedding, most: int, *, by_graph: bool) -> list[tuple[UUID, float]]:
    with connection.cursor() as cursor:
        if by_graph:
            cursor.execute("SET LOCAL hnsw.iterative_scan = 'strict_order'")
        asked: dict[str, Any] = {
            "project": own.project_id,
            "model": own.model,
            "example": own.example_id,
            "vector": str(list(own.vector)),
            "most": most,
        }
        cursor.execute(_BY_GRAPH if by_graph else _EXACTLY, asked)
        return list(cursor.fetchall())
