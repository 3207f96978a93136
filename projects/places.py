"""The map of a project: a place for each example, so that near means alike.

It is drawn anew when there is none, when the model is another, or when the data grew by half;
what comes in between finds its place between its neighbours.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from ml import spreading
from ml.embedding import WIDTH, Floats
from ml.spreading import Landmarks
from projects import noting
from projects.models import Embedding, Project

Halves = NDArray[np.float16]
MOST = 50_000  # rows that are drawn together; the others find their places by these
BLOCK = 1000
GROWN = 1.5


def placed(project: UUID, model: str, vectors: Floats) -> Floats | None:
    """Places (rows, 2) on the map that there is; None without one by this model."""
    landmarks = _landmarks(project, model)
    if landmarks is None or not len(vectors):
        return None
    return spreading.place(np.asarray(vectors, dtype=np.float32), landmarks)


def is_outgrown(project: Project, model: str, count: int) -> bool:
    """Whether it is time for a new map."""
    drawn = noting.of(project.pk).get("map", {})
    lost = not file(project.pk).is_file()
    return lost or drawn.get("model") != model or count > GROWN * drawn.get("rows", 0)


def draw(vectors: Floats, meanwhile: Callable[[], None]) -> Landmarks:
    """What places everything. Pure work: asks no database."""
    return spreading.spread(vectors, meanwhile=meanwhile)[1]


def hang(project: Project, model: str, landmarks: Landmarks, count: int) -> None:
    """From now on this is the map."""
    kept = file(project.pk)
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = kept.with_suffix(".new")
    landmarks.save(aside)
    aside.replace(kept)
    noting.note(project.pk, map={"model": model, "rows": count})


def put_all(project: Project, model: str, meanwhile: Callable[[], None]) -> None:
    """Put every example in its place on the map, a thousand at a time."""
    for ids, vectors in blocks(project, model):
        places = placed(project.pk, model, vectors)
        if places is None:
            return
        with transaction.atomic():
            _put(ids, places)
        meanwhile()


def put_missing(project: Project, model: str) -> None:
    """The same for those that have none."""
    unplaced = _of(project, model).filter(x=None)
    while rows := list(unplaced.values_list("example_id", "vector")[:BLOCK]):
        places = placed(project.pk, model, _stacked(rows))
        if places is None:
            return
        _put([pk for pk, _vector in rows], places)


_PUT = """
UPDATE projects_embedding m SET x = p.x, y = p.y
FROM unnest(%s::uuid[], %s::float8[], %s::float8[]) AS p (id, x, y) WHERE m.example_id = p.id
"""


def _put(ids: list[UUID], places: Floats) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [ids, places[:, 0].tolist(), places[:, 1].tolist()])


def blocks(project: Project, model: str) -> Iterator[tuple[list[UUID], Floats]]:
    """Ids and vectors (rows, 384) in order of age, a block at a time: a cursor of their key."""
    after = UUID(int=0)
    while True:
        rows = list(
            _of(project, model)
            .filter(example_id__gt=after)
            .values_list("example_id", "vector")[:BLOCK]
        )
        if not rows:
            return
        yield [pk for pk, _vector in rows], _stacked(rows)
        after = rows[-1][0]


def every(project: Project, model: str, meanwhile: Callable[[], None]) -> tuple[list[UUID], Halves]:
    """All rows, in half the memory."""
    ids: list[UUID] = []
    found: list[Halves] = []
    for keys, vectors in blocks(project, model):
        ids += keys
        found.append(vectors.astype(np.float16))
        meanwhile()
    return ids, np.concatenate(found) if found else np.zeros((0, WIDTH), dtype=np.float16)


def some(
    project: Project, model: str, most: int, meanwhile: Callable[[], None] = lambda: None
) -> tuple[list[UUID], Floats]:
    """At most so many rows, spread evenly over all of them."""
    every = max(1, -(-count(project, model) // most))
    ids: list[UUID] = []
    found: list[Floats] = []
    at = 0
    for keys, vectors in blocks(project, model):
        chosen = [row for row in range(len(keys)) if (at + row) % every == 0]
        ids += [keys[row] for row in chosen]
        found.append(vectors[chosen])
        at += len(keys)
        meanwhile()
    return ids, np.concatenate(found) if found else np.zeros((0, WIDTH), dtype=np.float32)


def count(project: Project, model: str) -> int:
    return int(_of(project, model).count())


def _of(project: Project, model: str) -> Any:
    """Of examples that are there: what is set aside has its place, too."""
    rows = Embedding.objects.filter(project=project, model=model, example__deleted_at=None)
    return rows.order_by("example_id")


def _stacked(rows: list[tuple[UUID, Any]]) -> Floats:
    return np.array([vector for _pk, vector in rows], dtype=np.float32)


def file(project: UUID) -> Path:
    """Where the map is kept; it may not be there."""
    return Path(settings.FILES) / "maps" / f"{project}.npz"


def _landmarks(project: UUID, model: str) -> Landmarks | None:
    if noting.of(project).get("map", {}).get("model") != model:
        return None
    kept = file(project)
    try:
        return _loaded(kept, kept.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        return None


@lru_cache(maxsize=4)
def _loaded(kept: Path, written: int) -> Landmarks:
    """As it was written at that time."""
    return Landmarks.load(kept)
