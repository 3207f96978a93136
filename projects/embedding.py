"""Turns examples into points: near means alike. It follows behind the look at each example.

Which model does it is chosen once a project, and anew when the data has doubled: what reads the
first ten rows may not read the ten thousand that come later.
"""

import time
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from ml import embedding as machine
from ml import splitting
from ml.embedding import Embedder, Floats
from projects import due, giving_way, noting, places, tally
from projects.models import Embedding, Example, Project, Stage, Upload

CHUNK = 96
SAMPLE = 500  # texts by which a model is chosen
_kept: dict[str, Embedder] = {}  # of this process: the last one used


def catch_up(seconds: float) -> bool:
    """Embed what is due of one project for so long. True if something may be left."""
    end = time.monotonic() + seconds
    waiting = due.next_project(Stage.EMBED)
    if waiting is None or Upload.at_work() or due.is_waiting(Stage.INSPECT, waiting):
        return False
    project = Project.objects.filter(pk=waiting).first()
    if project is None:  # deleted for good meanwhile
        return bool(due.take(Stage.EMBED, CHUNK, waiting))
    embedder, pace = of(project), giving_way.Pace(CHUNK)
    while time.monotonic() < end:
        with pace.slice() as did:
            done = _chunk(project, embedder, pace.rows())
            did(done)
        if not done:
            break
    return True


def of(project: Project) -> Embedder:
    """The project's embedder, chosen if it is time to, or if the one it had is gone from here."""
    notes = noting.of(project.pk)
    count = tally.of(project).examples
    settled = notes.get("model") and count < 2 * notes.get("model_chosen_at", 0)
    return (_loaded(str(notes["model"])) if settled else None) or choose(project)


def choose(project: Project) -> Embedder:
    """What reads a sample of the data best. If that is another than before, all is due again."""
    before = noting.of(project.pk).get("model")
    best = machine.best_for(_sample(project), _graphs(), **_where())
    _kept.clear()
    _kept[best.name] = best
    with transaction.atomic():
        count = tally.of(project).examples
        noting.note(project.pk, model=best.name, model_chosen_at=max(1, count))
        if before not in (None, best.name):
            everything = project.examples.filter(deleted_at=None).order_by("pk")
            due.put(Stage.EMBED, list(everything.values_list("pk", flat=True)))
    return best


def _loaded(name: str) -> Embedder | None:
    """Loaded once a process, and only in a worker: a model is a hundred megabytes."""
    if name not in _kept:
        _kept.clear()
        if found := machine.named(name, _graphs(), **_where()):
            _kept[name] = found
    return _kept.get(name)


def _graphs() -> Any:
    return settings.STUDIO_HOME / "graphs"


def _where() -> dict[str, Any]:
    return {"base_models_folder": settings.BASE_MODELS_FOLDER}


def _sample(project: Project) -> list[str]:
    """Of the oldest and of the newest."""
    rows = project.examples.filter(deleted_at=None)
    first: QuerySet[Example, Any] = rows.order_by("pk").values_list("data", flat=True)
    last: QuerySet[Example, Any] = rows.order_by("-pk").values_list("data", flat=True)
    half = SAMPLE // 2
    return [splitting.text_of(data)[:2000] for data in [*first[:half], *last[:half]]]


# Vectors of what is deleted meanwhile are dropped. A few rows at a time: each has its place to be
# found for in the graph of neighbours, and PostgreSQL does not know that we give way.
_KEEP = """
INSERT INTO projects_embedding (example_id, project_id, model, vector, x, y)
SELECT n.id, %(project)s, %(model)s, n.vector::halfvec, n.x, n.y
FROM unnest(%(ids)s::uuid[], %(vectors)s::text[], %(x)s::float8[], %(y)s::float8[])
     AS n (id, vector, x, y)
WHERE EXISTS (SELECT 1 FROM projects_example e WHERE e.id = n.id FOR KEY SHARE)
ORDER BY n.id
ON CONFLICT (example_id) DO UPDATE
SET model = excluded.model, vector = excluded.vector, x = excluded.x, y = excluded.y
"""


@transaction.atomic
def _chunk(project: Project, embedder: Embedder, most: int) -> int:
    giving_way.write_without_waiting()
    taken = due.take(Stage.EMBED, most, project.pk)
    rows = Example.objects.filter(pk__in=taken, deleted_at=None).order_by("pk")
    texts = [(pk, splitting.text_of(data)) for pk, data in rows.values_list("pk", "data")]
    vectors = embedder.embed([text for _pk, text in texts])
    keep(project.pk, embedder.name, [pk for pk, _text in texts], vectors)
    return len(taken)


@transaction.atomic
def at_once(project: Project, embedder: Embedder, ids: list[UUID]) -> None:
    """Vectors of these now, whatever else is due. They stay due, and are made once more in turn."""
    giving_way.write_without_waiting()
    rows = Example.objects.filter(pk__in=ids, deleted_at=None).order_by("pk")
    texts = [(pk, splitting.text_of(data)) for pk, data in rows.values_list("pk", "data")]
    vectors = embedder.embed([text for _pk, text in texts])
    keep(project.pk, embedder.name, [pk for pk, _text in texts], vectors)


def keep(project_id: UUID, model: str, ids: list[UUID], vectors: Floats) -> None:
    """Keep these vectors, each with its place on the map if there is one by the same model."""
    if not ids:
        return
    found = places.placed(project_id, model, vectors)
    given = {
        "project": project_id,
        "model": model,
        "ids": ids,
        "vectors": [_written(vector) for vector in vectors],
        "x": [None] * len(ids) if found is None else found[:, 0].tolist(),
        "y": [None] * len(ids) if found is None else found[:, 1].tolist(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, given)


def _written(vector: Floats) -> str:
    return "[" + ",".join(np.char.mod("%.5g", vector)) + "]"


def vectors_of(project: Project, model: str) -> QuerySet[Embedding]:
    return Embedding.objects.filter(project=project, model=model).order_by("example_id")
