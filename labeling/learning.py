"""The instant model: trained anew while people label, it says whose turn it is, and what it thinks.

It looks at vectors that the background has made (projects/embedding.py) or at what was marked,
takes a second or so, and writes a few hundred candidates: a training never rewrites the project.
"""

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from labeling import heads, phrasebook, unlike, windows
from labeling.models import Candidate, Learner
from ml import instant
from ml.choosing import Chosen
from projects import embedding, giving_way, noting, tally
from projects.models import Order, Project, Status

CHUNK = 64  # texts that are made vectors of at once
QUIET_SECONDS = 2  # between two trainings of a project
PAUSE = 9  # times what a training took: people who label share the processors with it


def _way(project: Project) -> Any:
    """How it is learned and ordered: labels by a head, passages by a dictionary, all else not."""
    if project.kind.decision is not None:
        return heads
    return phrasebook if project.kind.phrases else unlike


def due(project: Project) -> bool:
    """Whether it is time for another training; whoever asks first is told so.

    Where the cache is away, it is not: labelling goes on without. Nor where nothing is learned and
    nobody asked for the smart order.
    """
    if _way(project) is unlike and project.order != Order.SMART:
        return False
    try:
        return bool(cache.add(f"study:{project.pk}", 1, QUIET_SECONDS))
    except RedisError:
        return False


def _rest(project: Project, seconds: float) -> None:
    """Until then nobody is told that it is time."""
    with suppress(RedisError):
        cache.set(f"study:{project.pk}", 1, max(QUIET_SECONDS, math.ceil(PAUSE * seconds)))


@transaction.atomic
def study(project: Project) -> bool:
    """Train on what is answered and rank the window anew. False if another is at it, or there are
    no vectors yet."""
    model = noting.of(project.pk).get("model")
    if model is None or not _alone(project):
        return False
    began = time.monotonic()
    way = _way(project)
    learner, _new = Learner.objects.get_or_create(project=project)
    known = windows.answered(project, model)
    shown = windows.candidates(windows.waiting(learner), model)
    taught = way.learn(project, known)
    learner.generation += 1
    _rank(learner, shown, way.order(project, taught, shown, known, learner.generation))
    learner.labels, learner.embedder = project.label_names, model
    learner.learned_from = len(taught.answers)
    learner.weights, learner.measured = taught.weights, taught.measured
    learner.curve = [vars(one) for one in taught.curve]
    learner.trained_at, learner.seconds = timezone.now(), time.monotonic() - began
    _rest(project, learner.seconds)
    learner.save()
    return True


def _rank(learner: Learner, shown: windows.Shown, chosen: list[Chosen]) -> None:
    Candidate.objects.filter(project=learner.project_id).delete()
    Candidate.objects.bulk_create(
        [
            Candidate(
                example_id=shown.ids[one.place],
                project_id=learner.project_id,
                rank=rank,
                reason=one.reason,
                values=one.values,
                generation=learner.generation,
            )
            for rank, one in enumerate(chosen)
        ],
        ignore_conflicts=True,
    )


def _alone(project: Project) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [str(project.pk)]
        )
        return bool(cursor.fetchone()[0])


def fill(project: Project, seconds: float) -> bool:
    """Make vectors of the window and of what was answered, for so long. True if some are left.

    They come before all others of the project: where a million wait, these few decide.
    """
    end = time.monotonic() + seconds
    embedder = embedding.of(project)
    left = _lacking(project, embedder.name)
    pace = giving_way.Pace(CHUNK)
    while left and time.monotonic() < end:
        with pace.slice() as did:
            now, left = left[: pace.rows()], left[pace.rows() :]
            embedding.at_once(project, embedder, now)
            did(len(now))
    return bool(left)


def lacks(project: Project) -> bool:
    """Whether vectors are missing of what the instant model looks at."""
    model = noting.of(project.pk).get("model")
    return model is None or bool(_lacking(project, model))


def _lacking(project: Project, model: str) -> list[UUID]:
    learner, _new = Learner.objects.get_or_create(project=project)
    ids = [*windows.answered_ids(project), *windows.waiting(learner)]
    return windows.without_vector(ids, model)


@dataclass(frozen=True)
class Line:
    """What the desk says of the instant model."""

    answers: int
    wanted: int  # answers that are missing until it can say something
    right: int | None = None
    of: int | None = None
    percent: float | None = None
    off: float | None = None  # half the interval, in points
    brings: float | None = None  # points that the next 100 answers would bring, if that can be said
    weakest: str | None = None
    marked: bool = False  # the figure is the F1 of marked passages, and `of` counts texts

    @property
    def little(self) -> bool:
        return self.brings is not None and self.brings < 100 * instant.LITTLE


def line(project: Project) -> Line | None:
    """None where nothing is learned while people label."""
    if _way(project) is unlike:
        return None
    said = Learner.objects.filter(project=project).values_list("measured", flat=True).first() or {}
    # Before the first training: what a file brought counts, too.
    answers = int(said.get("answers", 0)) or tally.of(project).by_status[Status.LABELED]
    if "right" not in said:
        return Line(answers, max(0, instant.FIRST - answers))
    brings = said.get("brings")
    return Line(
        answers,
        0,
        said["right"],
        said.get("texts", said["of"]),
        100 * said["right"] / max(1, said["of"]),
        50 * (said["high"] - said["low"]),
        None if brings is None else 100 * brings,
        said["weakest"],
        "texts" in said,
    )
