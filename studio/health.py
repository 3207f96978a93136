"""Whether the parts that a turn of the circle needs answer now."""

import logging

from django.core.cache import cache
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from studio import beats
from studio.celery import app

log = logging.getLogger("studio.health")
WAIT_SECONDS = 1.0


def missing() -> dict[str, str]:
    """What does not answer, each with what to do; empty when all is well."""
    found: dict[str, str] = {}
    if not _database():
        found["database"] = "PostgreSQL does not answer. Is it running, is DATABASE_URL right?"
    if not _broker():
        found["broker"] = "Valkey does not answer. Is it running, is BROKER_URL right?"
    elif not _worker():
        found["worker"] = "No worker answers. Start them with `make run`."
    return found


def alive() -> set[str]:
    """The queues that a living worker serves: one question to Valkey, well under a millisecond."""
    try:
        heard = beats.pulse().beats
    except beats.AWAY:
        return set()
    return {queue for beat in heard if beat.alive for queue in beat.queues}


def train_worker_alive() -> bool:
    return "train" in alive()


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        cache.get("ready")
    except (RedisError, OSError):
        return False
    return True


def _worker() -> bool:
    """A worker that answers a question, not one that merely exists."""
    try:
        return bool(app.control.ping(timeout=WAIT_SECONDS, limit=1))
    except (OperationalError, RedisError, OSError):
        return False
