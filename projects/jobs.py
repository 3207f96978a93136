"""Bells of the data room: an id in, one deed, safe to repeat."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models.functions import Now

from projects import (
    acting,
    embedding,
    filing,
    giving_way,
    indexing,
    inspecting,
    intake,
    keeping,
    surveying,
    tally,
)
from projects.leases import MAX_ATTEMPTS, State
from projects.models import Act, Export, Inspection, Upload

GAVE_UP = (
    "Reading this file was interrupted three times. What was read stays; upload the file again to "
    "get the rest."
)
OUR_MISTAKE = (
    "The studio made a mistake with this file. What was read stays; the log of the worker says "
    "where. Please report it, with the row that follows the last one read."
)
# Of one message: others that wait in the same queue come in between.
TURN_SECONDS = 1.5
# A chain of bells that was silent for so long is broken: its worker died.
CHAIN_SECONDS = 30
log = logging.getLogger("studio.uploads")
# Longer than a worker needs to take the next message; shorter than a person's patience.
QUIET = timedelta(seconds=20)


@shared_task(expires=120)
def read_upload(upload_id: str) -> None:
    upload = Upload.claim(upload_id)
    if upload is None:
        return
    try:
        intake.read(upload)
        keeping.describe(upload)
        index.delay()
    except DatabaseError:
        raise  # the database is away: the lease ends, and the next worker goes on
    except Exception:
        log.exception("Upload %s ended in our own mistake", upload.pk)
        upload.finish(State.FAILED, error=OUR_MISTAKE, error_said={"code": "our-mistake"})


@shared_task
def reconcile() -> None:
    """Bring back uploads whose worker died or whose bell was lost."""
    Upload.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED,
        error=GAVE_UP,
        error_said={"code": "gave-up"},
        finished_at=Now(),
        lease_until=None,
    )
    Upload.objects.filter(state=State.QUEUED, cancel_requested=True).update(
        state=State.CANCELLED, finished_at=Now()
    )
    for upload in [*Upload.stalled()[:100], *Upload.unrung(quiet=QUIET)[:100]]:
        ring(upload)


def ring(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(enqueued_at=Now())
    read_upload.delay_on_commit(str(upload.pk))


@shared_task
def fold() -> None:
    tally.fold()


@shared_task(expires=30)
def index(*, again: bool = False) -> None:
    """Follow behind with the search index, a moment at a time, once no import is at work."""
    if Upload.at_work():
        cache.delete(f"chain:{index.name}")
        return  # its end rings again, and so does the timetable
    if not in_turns(index, indexing.catch_up, again=again):
        inspect.delay()


@shared_task(expires=120)
def carry_out(act_id: str) -> None:
    act = Act.claim(act_id)
    if act is None:
        return
    try:
        acting.carry_out(act)
    except DatabaseError:
        raise
    except Exception:
        log.exception("Act %s ended in our own mistake", act.pk)
        act.finish(State.FAILED, error="our-mistake")


def set_going(act: Act) -> None:
    """Do what is small while the person waits; else ring for a worker."""
    if not acting.few(act):
        ring_act(act)
    elif (claimed := Act.claim(act.pk)) is not None:
        acting.carry_out(claimed)


def ring_act(act: Act) -> None:
    Act.objects.filter(pk=act.pk).update(enqueued_at=Now())
    carry_out.delay_on_commit(str(act.pk))


@shared_task
def reconcile_acts() -> None:
    """Bring back acts whose worker died or whose bell was lost."""
    Act.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED, error="gave-up", finished_at=Now(), lease_until=None
    )
    for act in [*Act.stalled()[:100], *Act.unrung(quiet=QUIET)[:100]]:
        ring_act(act)


@shared_task(expires=120)
def write_export(export_id: str) -> None:
    export = Export.claim(export_id)
    if export is None:
        return
    try:
        filing.write(export)
    except DatabaseError:
        raise
    except Exception:
        log.exception("Export %s ended in our own mistake", export.pk)
        export.finish(State.FAILED, error="our-mistake")


def ring_export(export: Export) -> None:
    Export.objects.filter(pk=export.pk).update(enqueued_at=Now())
    write_export.delay_on_commit(str(export.pk))


@shared_task
def reconcile_exports() -> None:
    """Bring back exports whose worker died or whose bell was lost; remove those of last week."""
    Export.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED, error="gave-up", finished_at=Now(), lease_until=None
    )
    for export in [*Export.stalled()[:100], *Export.unrung(quiet=QUIET)[:100]]:
        ring_export(export)
    filing.sweep()


@shared_task(expires=30)
def inspect(*, again: bool = False) -> None:
    """Look at new examples one by one."""
    giving_way.step_back_in_the_database()
    if not in_turns(inspect, inspecting.catch_up, again=again):
        _survey()
        embed.delay()


@shared_task(expires=30)
def embed(*, again: bool = False) -> None:
    giving_way.step_back_in_the_database()
    if not in_turns(embed, embedding.catch_up, again=again):
        _survey()


def _survey() -> None:
    """Have those projects looked at as a whole whose data changed and is quiet now."""
    for project in surveying.wanting():
        if surveying.queue(project):
            ring_survey(project)


def in_turns(job: Any, catch_up: Callable[[float], bool], *, again: bool) -> bool:
    """Work for a moment, then ring for the next turn: others in the queue come in between.

    One chain of such bells at a time, whoever rings beside it. True while there is one.
    """
    chain = f"chain:{job.name}"
    if not again and not cache.add(chain, 1, CHAIN_SECONDS):
        return True
    cache.set(chain, 1, CHAIN_SECONDS)
    if catch_up(TURN_SECONDS):
        job.delay(again=True)
        return True
    cache.delete(chain)
    return False


@shared_task(expires=120)
def survey(project_id: str) -> None:
    inspection = Inspection.claim(project_id)
    if inspection is not None:
        giving_way.step_back_in_the_database()
        surveying.look(inspection)


def ring_survey(project: UUID) -> None:
    Inspection.objects.filter(pk=project).update(enqueued_at=Now())
    survey.delay_on_commit(str(project))


@shared_task
def reconcile_surveys() -> None:
    """Bring back looks whose worker died or whose bell was lost."""
    Inspection.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED, error=surveying.GAVE_UP, finished_at=Now(), lease_until=None
    )
    for one in [*Inspection.stalled()[:100], *Inspection.unrung(quiet=QUIET)[:100]]:
        ring_survey(one.pk)
