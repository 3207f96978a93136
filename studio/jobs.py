"""Bells of the whole house."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError
from django.db.models.functions import Now

from projects.leases import MAX_ATTEMPTS, State
from projects.models import Erasure
from studio import beats, erasing, sweeping
from studio.board import storage, traffic

log = logging.getLogger("studio.erasing")
QUIET = timedelta(seconds=20)


@shared_task
def sweep() -> None:
    """Clear away what nobody can reach any more, and measure what is left for the board."""
    sweeping.sweep()
    storage.measure()
    traffic.count_ahead()
    beats.forget()


@shared_task(expires=120)
def erase(erasure_id: str) -> None:
    erasure = Erasure.claim(erasure_id)
    if erasure is None:
        return
    try:
        erasing.erase(erasure)
    except DatabaseError:
        raise
    except Exception:
        log.exception("Erasure %s ended in our own mistake", erasure.pk)
        erasure.finish(State.FAILED, error="our-mistake")


def ring_erasure(erasure: Erasure) -> None:
    Erasure.objects.filter(pk=erasure.pk).update(enqueued_at=Now())
    erase.delay_on_commit(str(erasure.pk))


@shared_task
def reconcile_erasures() -> None:
    """Bring back erasures whose worker died or whose bell was lost."""
    Erasure.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED, error="gave-up", finished_at=Now(), lease_until=None
    )
    for erasure in [*Erasure.stalled()[:100], *Erasure.unrung(quiet=QUIET)[:100]]:
        ring_erasure(erasure)
