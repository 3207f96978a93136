"""The newest model version answers what waits for people: first what the desk needs next, then the
rest of the project, the oldest first.

A chunk of answers and how far the walk is are one transaction: a worker that dies leaves none or
all of it, and the next one goes on behind it. Loads no torch.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from labeling import windows
from labeling.models import Learner
from ml.failures import DamagedBundle
from ml.predicting import Served
from ml.task import Prediction
from projects import giving_way, tally
from projects.models import Example, Project, Status
from training.models import ModelVersion, Suggesting

CHUNK = 64
LONGEST_SECONDS = 1.0  # of a chunk, as far as the one before tells
# A damaged version is tried again after a while: someone may be bringing its files back.
TRY_AGAIN = timedelta(minutes=5)
# Ids are given before rows are there to be seen: the walk stays so far behind the newest.
SETTLED = timedelta(seconds=30)
_kept: dict[UUID, Served] = {}  # of this process: the last one used
log = logging.getLogger("studio.suggestions")


def catch_up(seconds: float) -> bool:
    """Answer what waits in one project for so long. True if something may be left."""
    end = time.monotonic() + seconds
    version = _wanting()
    if version is None:
        return False
    served = _served(version)
    pace = giving_way.Pace(CHUNK)
    while served is not None and time.monotonic() < end:
        with pace.slice() as did:
            done = _chunk(version, served, _rows(pace))
            did(done)
        if not done:
            break
    return True


def _rows(pace: giving_way.Pace) -> int:
    return max(1, min(pace.rows(), int(LONGEST_SECONDS / pace.seconds_a_row)))


# The newest version of each project is compared with what is noted of it: there are few of both.
_WANTING = """
SELECT v.id FROM (
    SELECT DISTINCT ON (project_id) project_id, id FROM training_modelversion
    ORDER BY project_id, number DESC
) v JOIN projects_project p ON p.id = v.project_id AND p.deleted_at IS NULL
LEFT JOIN training_suggesting s ON s.project_id = v.project_id
LEFT JOIN labeling_learner l ON l.project_id = v.project_id
WHERE s.version_id IS DISTINCT FROM v.id
    OR (s.problem = '' OR s.tried_at < %(try_again)s) AND (
        NOT s.rests OR s.generation < l.generation
        OR s.made < %(most)s AND EXISTS (
            SELECT 1 FROM projects_example e WHERE e.project_id = v.project_id
            AND e.status = 'unlabeled' AND e.id > s.behind AND e.id < %(settled)s))
ORDER BY random() LIMIT 1
"""


def _wanting() -> ModelVersion | None:
    """The newest version of a project in which something waits for its answer."""
    asked: dict[str, Any] = {
        "try_again": timezone.now() - TRY_AGAIN,
        "most": settings.SUGGESTIONS_LIMIT,
        "settled": _settled(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WANTING, asked)
        row = cursor.fetchone()
    found = ModelVersion.objects.select_related("project", "run")
    return None if row is None else found.filter(pk=row[0]).first()


def _settled() -> UUID:
    """The least id that something born just now can have."""
    return UUID(int=int((timezone.now() - SETTLED).timestamp() * 1000) << 80)


def _served(version: ModelVersion) -> Served | None:
    """The version, its files and answers checked, and its walk begun; None where it is damaged."""
    _begin(version)
    problem = ""
    if version.pk not in _kept:
        _kept.clear()
        try:
            _kept[version.pk] = Served.sound(version.folder, str(version).capitalize(), threads=1)
        except DamagedBundle as damage:
            log.warning("%s suggests nothing: %s", version.pk, damage)
            problem = str(damage)
    Suggesting.objects.filter(version=version).update(problem=problem, tried_at=timezone.now())
    return _kept.get(version.pk)


@transaction.atomic
def _begin(version: ModelVersion) -> None:
    """Of a version that is new here the walk begins at the beginning."""
    Project.objects.select_for_update().get(pk=version.project_id)
    if Suggesting.objects.filter(version=version).exists():
        return
    Suggesting.objects.filter(project=version.project_id).delete()
    waiting = tally.of(version.project).by_status[Status.UNLABELED]
    Suggesting.objects.create(project=version.project, version=version, of=waiting)


@transaction.atomic
def _chunk(version: ModelVersion, served: Served, most: int) -> int:
    """Look at some examples and answer them. How many; 0 where another worker is at it, too."""
    giving_way.write_without_waiting()
    mine = Suggesting.objects.select_for_update(skip_locked=True).filter(version=version)
    state = mine.first()
    if state is None:
        return 0
    done = _at_the_desk(state, served, most) or _in_order(state, served, most)
    state.rests = not done
    state.save()
    return done


@dataclass(frozen=True)
class Waiting:
    """An example that waits for people."""

    id: UUID
    data: dict[str, Any]


_LACKING = """
SELECT e.id, e.data FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS w (id, turn)
JOIN projects_example e ON e.id = w.id
LEFT JOIN labeling_suggestion s ON s.example_id = e.id
WHERE e.status = 'unlabeled' AND NOT e.is_test
    AND (s.id IS NULL OR NOT s.fed_back AND s.model_version <> %(version)s)
ORDER BY w.turn LIMIT %(most)s
"""


def _at_the_desk(state: Suggesting, served: Served, most: int) -> int:
    """What comes next in smart and in shuffled order; looked for anew when the order changed."""
    learner, _new = Learner.objects.get_or_create(project=state.project)
    if state.generation == learner.generation:
        return 0
    made = _answer(state, served, windows.next_ones(learner), most)
    if not made:
        state.generation = learner.generation
    return made


def _in_order(state: Suggesting, served: Served, most: int) -> int:
    """Go on with the walk, up to the limit."""
    if state.made >= settings.SUGGESTIONS_LIMIT:
        return 0
    waiting = Example.objects.filter(
        project=state.project_id, status=Status.UNLABELED, pk__gt=state.behind, pk__lt=_settled()
    )
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:most])
    if not ids:
        return 0
    state.behind, state.looked_at = ids[-1], state.looked_at + len(ids)
    state.of = max(state.of, state.looked_at)
    _answer(state, served, ids, most)
    return len(ids)


def _answer(state: Suggesting, served: Served, ids: list[UUID], most: int) -> int:
    """Answer those of these that want it, at most so many. How many were kept."""
    rows = _asked(_LACKING, {"ids": ids, "version": state.version_id, "most": most})
    waiting = [Waiting(pk, orjson.loads(data)) for pk, data in rows]
    made = _keep(state.version, waiting, answers(served, [one.data for one in waiting]))
    state.made += made
    return made


def answers(served: Served, inputs: Sequence[dict[str, Any]]) -> list[Prediction | None]:
    """One an input; None where the model fails on it, which must not hold up the others."""
    try:
        return [*served.predict(inputs)]
    except DatabaseError:
        raise
    except Exception:
        if len(inputs) == 1:
            log.exception("The model fails on an example")
            return [None]
        return [one for data in inputs for one in answers(served, [data])]


_KEEP = """
INSERT INTO labeling_suggestion
    (example_id, project_id, answer, confidence, scores, model_version, fed_back, created_at)
SELECT n.id, %(project)s, n.answer::jsonb, n.confidence, n.scores::jsonb, %(version)s, false, now()
FROM unnest(%(ids)s::uuid[], %(answers)s::text[], %(confidences)s::float8[], %(scores)s::text[])
     AS n (id, answer, confidence, scores)
WHERE EXISTS (SELECT 1 FROM projects_example e WHERE e.id = n.id FOR KEY SHARE)
ORDER BY n.id
ON CONFLICT (example_id) DO UPDATE SET answer = excluded.answer, confidence = excluded.confidence,
    scores = excluded.scores, model_version = excluded.model_version, created_at = now()
WHERE NOT labeling_suggestion.fed_back
"""


def _keep(version: ModelVersion, rows: Sequence[Waiting], said: Sequence[Prediction | None]) -> int:
    pairs = [(row.id, one) for row, one in zip(rows, said, strict=True) if one is not None]
    if not pairs:
        return 0
    given: dict[str, Any] = {
        "project": version.project_id,
        "version": version.pk,
        "ids": [pk for pk, _ in pairs],
        "answers": [_json(one["answer"]) for _, one in pairs],
        "confidences": [round(one["confidence"], 4) for _, one in pairs],
        "scores": [
            _json({label: round(score, 4) for label, score in one["scores"].items()})
            for _, one in pairs
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, given)
        return int(cursor.rowcount)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _asked(question: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        return list(cursor.fetchall())


def of(project: Project) -> Suggesting | None:
    """How far it is, for a page; None before a version began."""
    return Suggesting.objects.filter(project=project).select_related("version").first()
