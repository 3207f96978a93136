"""Everything that the board shows, from one look around."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from projects.models import Invitation
from studio import beats
from studio.beats import Pulse
from studio.board import storage, traffic, troubles, work, workers
from training.models import Run

WEEK = timedelta(days=7)


@dataclass
class People:
    """How many have an account, came by lately, or were asked to come."""

    accounts: int
    signed_in: int
    invited: int


@dataclass
class Board:
    """One screen."""

    at: datetime
    troubles: list[troubles.Trouble]
    workers: list[workers.Worker]
    queues: list[work.Queue]
    now: list[work.Tally]
    ended: list[work.Tally]
    running: list[Run]
    endpoints: list[traffic.Traffic]
    failures: list[work.Failure]
    people: People
    storage: storage.Storage


def look() -> Board:
    pulse = _pulse()
    processes = workers.workers(pulse.beats if pulse else [])
    queues = work.queues(pulse.lengths if pulse else {})
    endpoints, held = traffic.endpoints(), storage.storage()
    now, ended = work.tallies()
    return Board(
        at=timezone.now(),
        troubles=[
            *troubles.of_processes(pulse, processes),
            *troubles.of_queues(queues),
            *troubles.of_endpoints(endpoints),
            *troubles.of_storage(held),
        ],
        workers=processes,
        queues=queues,
        now=now,
        ended=ended,
        running=list(work.running()),
        endpoints=endpoints,
        failures=work.failures(),
        people=_people(),
        storage=held,
    )


def _pulse() -> Pulse | None:
    try:
        return beats.pulse()
    except beats.AWAY:
        return None


def _people() -> People:
    now = timezone.now()
    said = User.objects.filter(is_active=True).aggregate(
        accounts=Count("pk"), signed_in=Count("pk", filter=Q(last_login__gte=now - WEEK))
    )
    open_ = Invitation.objects.filter(accepted_at=None, expires_at__gt=now)
    return People(**said, invited=open_.filter(project__deleted_at=None).count())
