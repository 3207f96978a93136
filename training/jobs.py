"""Bells of the training room. The run's id is all a message carries."""

import socket
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db.models.functions import Now

from projects import giving_way
from projects.jobs import in_turns
from projects.leases import MAX_ATTEMPTS, State
from training import suggestions, supervisor
from training.models import Run

QUIET = timedelta(seconds=20)


@shared_task(expires=120)
def train(run_id: str) -> None:
    """Claim the run and watch over its trainer. A second message for the same run finds nothing."""
    run = Run.claim(run_id)
    if run is None:
        return
    run.write(worker=socket.gethostname())
    if supervisor.supervise(run):
        ring(run)
    else:
        suggest.delay_on_commit()


@shared_task(expires=30)
def suggest(*, again: bool = False) -> None:
    """The newest versions answer what waits for people, a moment at a time."""
    giving_way.step_back_in_the_database()
    in_turns(suggest, suggestions.catch_up, again=again)


@shared_task
def reconcile() -> None:
    """Take back runs without a heartbeat, ring again for those whose bell was lost."""
    Run.stalled().filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED,
        error_title=supervisor.STOPPED_TITLE,
        error_hint=supervisor.STOPPED_HINT,
        error_said=supervisor.STOPPED,
        finished_at=Now(),
        lease_until=None,
    )
    cancelled = Run.objects.filter(cancel_requested=True)
    for wanted in (cancelled.filter(state=State.QUEUED), Run.stalled() & cancelled):
        wanted.update(state=State.CANCELLED, finished_at=Now(), lease_until=None)
    for run in [*Run.stalled()[:100], *Run.unrung(quiet=QUIET)[:100]]:
        ring(run)


def ring(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(enqueued_at=Now())
    train.delay_on_commit(str(run.pk))


@worker_shutting_down.connect
def _let_go(**_: Any) -> None:
    """An orderly end of the worker: its run keeps a checkpoint and waits for the next worker."""
    supervisor.ending.set()
