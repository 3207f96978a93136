"""Work in the background steps aside while people are about. Knows nothing of the work itself.

Every process that answers people notes in Valkey that someone is here, at most twice a second; the
note lasts two seconds. While it stands, work goes on in short slices with pauses between them.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from redis.exceptions import RedisError

KEY = "people-are-here"
HERE_SECONDS = 2
NOTED_EVERY = 0.5
DUTY = 0.15  # the share of the time that is worked while people are here
SLICE = 0.1  # seconds of work at a time
LONGEST_PAUSE = 2.0
# Asked again and again by a page that stands open: nobody need be there.
BY_THEMSELVES = ("/now/", "/healthz", "/readyz")
BACK_END = 10  # niceness of our own back end in PostgreSQL


class HereMiddleware:
    """Notes that someone who is signed in asks for something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.noted = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = time.monotonic()
        if now - self.noted > NOTED_EVERY and _is_a_person(request):
            self.noted = now
            with contextlib.suppress(RedisError):
                cache.set(KEY, 1, HERE_SECONDS)
        return self.get_response(request)


def _is_a_person(request: HttpRequest) -> bool:
    known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    return known and "part" not in request.GET and not request.path.startswith(BY_THEMSELVES)


def people_are_here() -> bool:
    try:
        return cache.get(KEY) is not None
    except RedisError:
        return False


class Pace:
    """How much to do at a time, and how long to wait after it.

    `whole` rows at a time while nobody is here; else as many as take SLICE seconds, by what the
    last ones took, and a pause that leaves DUTY of the time to the work.
    """

    def __init__(self, whole: int) -> None:
        self.whole = whole
        self.seconds_a_row = SLICE / 8

    def rows(self) -> int:
        if not people_are_here():
            return self.whole
        return max(1, min(self.whole, int(SLICE / self.seconds_a_row)))

    @contextlib.contextmanager
    def slice(self) -> Iterator[Callable[[int], None]]:
        """Around a piece of work, which says how many rows it was."""
        began, counted = time.monotonic(), [0]
        yield lambda rows: counted.append(rows)
        took = time.monotonic() - began
        if counted[-1]:
            self.seconds_a_row = max(1e-4, took / counted[-1])
        rest(took)


def rest(worked: float) -> None:
    """After so many seconds of work: wait, if someone is here."""
    if people_are_here():
        time.sleep(min(LONGEST_PAUSE, worked * (1 / DUTY - 1)))


class Steady:
    """Called between steps of something long: waits as long as it takes to give way."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self) -> None:
        rest(time.monotonic() - self.last)
        self.last = time.monotonic()


def write_without_waiting() -> None:
    """In this transaction: its end waits for no disk. What a crash undoes is then still due."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def step_back_in_the_database() -> None:
    """Make our own back end nice, where PostgreSQL runs on this machine and we may.

    It does its part of the work in a process of its own, which does not inherit our niceness.
    """
    if os.geteuid() != 0 or not str(connection.settings_dict["HOST"]).startswith("/"):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    with contextlib.suppress(OSError):
        if Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip() == "postgres":
            os.setpriority(os.PRIO_PROCESS, number, BACK_END)
