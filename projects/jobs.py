"""Bells of the data room: an id in, one deed, safe to repeat."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError
from django.db.models.functions import Now

from projects import intake, tally
from projects.leases import MAX_ATTEMPTS, State
from projects.models import Upload

GAVE_UP = (
    "Reading this file was interrupted three times. What was read stays; upload the file again to "
    "get the rest."
)
OUR_MISTAKE = (
    "The studio made a mistake with this file. What was read stays; the log of the worker says "
    "where. Please report it, with the row that follows the last one read."
)
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
