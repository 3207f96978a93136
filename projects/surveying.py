"""Looks at a project's data as a whole: what repeats, what contradicts, what stands apart, the map.

The texts are looked at once each of them has been; the vectors once all are there. What is slow
happens in a thread that knows no database, while the lease goes on and a cancel is heard.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Now

from projects import apart, giving_way, noting, together
from projects.leases import BUSY, LeaseLost, State
from projects.models import Inspection

log = logging.getLogger("studio.survey")
OUR_MISTAKE = "our-mistake"
GAVE_UP = "gave-up"
BREATH = 1.0
# A look takes at most a tenth of the time, however large the data and however often it changes.
PAUSE = 10

T = TypeVar("T")


class Cancelled(Exception):
    """Someone asked to stop."""


_WANTING = """
SELECT i.project_id FROM projects_inspection i
JOIN projects_project p ON p.id = i.project_id AND p.deleted_at IS NULL
WHERE NOT i.state = ANY(%(busy)s)
AND (i.finished_at IS NULL
     OR i.finished_at + %(pause)s * coalesce((i.notes->>'seconds')::float, 0) * interval '1 s'
        < clock_timestamp())
AND NOT EXISTS (SELECT 1 FROM projects_due d WHERE d.project_id = i.project_id AND stage IN (1, 2))
AND (%(project)s::uuid IS NULL OR i.project_id = %(project)s)
AND ((i.notes->>'touched')::float > coalesce((i.notes->>'texts')::float, 0)
     OR EXISTS (SELECT 1 FROM projects_act a WHERE a.project_id = i.project_id
                AND a.finished_at > to_timestamp((i.notes->>'texts')::float)
                AND a.deed IN ('annotate', 'accept', 'relabel', 'set_aside', 'bring_back',
                               'delete'))
     OR ((i.notes->>'touched')::float > coalesce((i.notes->>'vectors')::float, 0)
         AND NOT EXISTS (SELECT 1 FROM projects_due d
                         WHERE d.project_id = i.project_id AND stage = 3)))
LIMIT 20
"""


def wanting(project: UUID | None = None) -> list[UUID]:
    """Projects, or this one, whose data changed since it was looked at, and is quiet now."""
    with connection.cursor() as cursor:
        cursor.execute(_WANTING, {"busy": [*BUSY], "pause": PAUSE, "project": project})
        return [row[0] for row in cursor.fetchall()]


def queue(project: UUID) -> bool:
    """Have another look. False if one is at work or waiting already."""
    noting.inspection(project)
    resting = Inspection.objects.filter(pk=project).exclude(state__in=BUSY)
    changed = resting.update(
        state=State.QUEUED,
        attempts=0,
        token=F("token") + 1,
        progress=0.0,
        step="",
        error="",
        queued_at=Now(),
        enqueued_at=None,
        started_at=None,
        finished_at=None,
        cancel_requested=False,
    )
    return changed == 1


def cancel(project: UUID) -> None:
    """A look that waits ends at once; one that is at work, within a moment."""
    asked = Inspection.objects.filter(pk=project)
    asked.filter(state=State.QUEUED).update(state=State.CANCELLED, finished_at=Now())
    asked.filter(state=State.RUNNING).update(cancel_requested=True)


def look(inspection: Inspection) -> None:
    """Look at the whole. Ends `done`, `cancelled`, or `failed` with a reason."""
    began, moment = time.monotonic(), _moment()
    survey = Survey(inspection)
    try:
        rows = together.look(survey)
        noting.note(inspection.pk, texts=moment)
        if apart.look(survey):
            noting.note(inspection.pk, vectors=moment)
        noting.note(inspection.pk, seconds=round(time.monotonic() - began, 1))
        inspection.finish(State.DONE, progress=1.0, step="", looked_at=Now(), examples=rows)
    except Cancelled:
        # What is still untouched is not begun anew by itself.
        noting.note(inspection.pk, texts=moment, vectors=moment)
        inspection.finish(State.CANCELLED, step="")
    except (LeaseLost, DatabaseError):
        raise
    except Exception:
        log.exception("The look at project %s ended in our own mistake", inspection.pk)
        noting.note(inspection.pk, texts=moment, vectors=moment)
        inspection.finish(State.FAILED, step="", error=OUR_MISTAKE)


def _moment() -> float:
    """Now, by the database's clock, as noting.touch writes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        return float(cursor.fetchone()[0])


class Survey:
    """A look that is going on: its project, how far it is, and whether it shall go on."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.project = inspection.project
        self.stopped = threading.Event()
        self.breathed = time.monotonic()
        self.meanwhile = giving_way.Steady()

    def step(self, name: str, progress: float) -> None:
        self.inspection.write(step=name, progress=progress)
        self.go_on()

    def go_on(self) -> None:
        """Between two steps: still ours, still wanted, and nobody kept waiting?"""
        self.meanwhile()
        if time.monotonic() - self.breathed < BREATH:
            return
        self.breathed = time.monotonic()
        self.inspection.breathe()
        self.inspection.refresh_from_db(fields=["cancel_requested"])
        if self.inspection.cancel_requested:
            raise Cancelled

    def awaited(self, work: Callable[[Callable[[], None]], T]) -> T:
        """What a thread makes of `work`, which calls what it is given now and then."""
        steady = giving_way.Steady()

        def meanwhile() -> None:
            steady()
            if self.stopped.is_set():
                raise Cancelled

        with ThreadPoolExecutor(max_workers=1) as worker:
            coming = worker.submit(work, meanwhile)
            try:
                while wait([coming], timeout=BREATH).not_done:
                    self.inspection.breathe()
                    self.inspection.refresh_from_db(fields=["cancel_requested"])
                    if self.inspection.cancel_requested:
                        raise Cancelled
            except BaseException:
                self.stopped.set()
                raise
            return coming.result()
