"""Long work that belongs to PostgreSQL: state, lease with heartbeat, fencing token, attempts.

Celery only rings the bell with an id. A bell that is lost, doubled or late changes nothing: the row
can be claimed once, and every write of a worker carries the token of its claim.
"""

from datetime import timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

HEARTBEAT = timedelta(seconds=10)
LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 3


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# Not at its end yet.
BUSY = (State.QUEUED, State.RUNNING)


class LeaseLost(Exception):
    """Somebody else owns the work now; whoever sees this stops at once and writes nothing."""


class Leased(models.Model):
    """A row that one worker at a time works on."""

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    progress = models.FloatField(default=0.0)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)
    # Since when it waits, or waited: a bell that is rung again does not change it.
    queued_at = models.DateTimeField(db_default=Now())
    cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def claim(cls, pk: object) -> Self | None:
        """Take queued work, or work whose owner stopped breathing. None if it is not to be had."""
        free = Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now())
        with transaction.atomic():
            claimed = cls._default_manager.filter(
                free, pk=pk, attempts__lt=MAX_ATTEMPTS, cancel_requested=False
            ).update(
                state=State.RUNNING,
                attempts=F("attempts") + 1,
                token=F("token") + 1,
                lease_until=Now() + LEASE,
                started_at=models.functions.Coalesce("started_at", Now()),
            )
            return cls._default_manager.get(pk=pk) if claimed else None

    @property
    def mine(self) -> QuerySet[Self]:
        """This row as long as this claim of it holds: the only way a worker may write to it."""
        return type(self)._default_manager.filter(pk=self.pk, token=self.token, state=State.RUNNING)

    def write(self, **fields: object) -> None:
        if not self.mine.update(**fields):
            raise LeaseLost(f"{self._meta.verbose_name} {self.pk}")

    def breathe(self) -> None:
        """Heartbeat: extend the lease by the database's clock."""
        self.write(lease_until=Now() + LEASE)

    def finish(self, state: State, **fields: object) -> None:
        self.write(state=state, finished_at=Now(), lease_until=None, **fields)

    def give_back(self, *, counted: bool) -> None:
        """Queue it again. An attempt that ended in an orderly stop does not count."""
        attempts = F("attempts") if counted else F("attempts") - 1
        self.write(
            state=State.QUEUED,
            lease_until=None,
            enqueued_at=None,
            queued_at=Now(),
            attempts=attempts,
        )

    def queue_again(self, **cleared: object) -> bool:
        """Give failed work all its attempts again; it goes on where its last whole step ended.

        False if it is not failed any more: someone was first. The token moves on, so that whoever
        held it before can write no longer.
        """
        failed = type(self)._default_manager.filter(pk=self.pk, state=State.FAILED)
        changed = failed.update(
            state=State.QUEUED,
            attempts=0,
            token=F("token") + 1,
            queued_at=Now(),
            enqueued_at=None,
            finished_at=None,
            cancel_requested=False,
            **cleared,
        )
        return changed == 1

    @classmethod
    def stalled(cls) -> QuerySet[Self]:
        return cls._default_manager.filter(state=State.RUNNING, lease_until__lt=Now())

    @classmethod
    def unrung(cls, *, quiet: timedelta) -> QuerySet[Self]:
        """Queued work whose bell may have been lost: none was rung for a while."""
        silent = Q(enqueued_at=None) | Q(enqueued_at__lt=Now() - quiet)
        return cls._default_manager.filter(silent, state=State.QUEUED).order_by("created_at")

    @property
    def over(self) -> bool:
        return self.state not in (State.QUEUED, State.RUNNING)
