"""Heartbeats of workers and beat: who lives, which queues it serves, what it does now.

Each writes its field of one hash every few seconds, with the time by Valkey's own clock, so that
machines whose clocks disagree still agree on who is late. A process that ends in good order takes
its field away; one that was killed leaves it, and its silence tells.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import redis
from django.conf import settings

EVERY_SECONDS = 5.0
# Three beats missed: it is gone, or so busy that it might as well be.
LATE_SECONDS = 15.0
# What was killed is told of for so long, then forgotten.
FORGOTTEN_SECONDS = 24 * 3600.0
KEY = "studio:beats"
QUEUES = ("control", "default", "background", "train")
AWAY = (redis.RedisError, OSError)


@dataclass
class Beat:
    """One process's last word. `age` is in seconds."""

    node: str
    queues: list[str] = field(default_factory=list)
    doing: list[str] = field(default_factory=list)
    device: str = ""
    age: float = 0.0

    @property
    def alive(self) -> bool:
        return self.age < LATE_SECONDS

    @property
    def host(self) -> str:
        return self.node.partition("@")[2]


@dataclass
class Pulse:
    """What Valkey knows in one round trip: beats, and how many messages wait in each queue."""

    beats: list[Beat]
    lengths: dict[str, int]


@lru_cache(maxsize=1)
def valkey() -> redis.Redis:
    """The broker, asked with little patience: a page waits for the answer."""
    return redis.Redis.from_url(
        str(settings.CACHES["default"]["LOCATION"]), socket_timeout=1, socket_connect_timeout=1
    )


def write(beat: Beat) -> None:
    seconds, _ = valkey().time()
    said = asdict(beat) | {"at": seconds}
    valkey().hset(KEY, beat.node, json.dumps(said))


def leave(node: str) -> None:
    valkey().hdel(KEY, node)


def pulse() -> Pulse:
    """Raises one of AWAY when Valkey does not answer."""
    asked = valkey().pipeline(transaction=False)
    asked.time()
    asked.hgetall(KEY)
    for queue in QUEUES:
        asked.llen(queue)
    (seconds, _), said, *lengths = asked.execute()
    beats = sorted(_heard(said, seconds), key=lambda beat: beat.node)
    return Pulse(beats, dict(zip(QUEUES, lengths, strict=True)))


def forget() -> None:
    """Take away the fields of what has been silent for long."""
    for beat in pulse().beats:
        if beat.age > FORGOTTEN_SECONDS:
            leave(beat.node)


def _heard(said: Mapping[bytes, bytes], seconds: int) -> list[Beat]:
    found = [json.loads(text) for text in said.values()]
    return [Beat(**(each | {"age": max(0.0, seconds - each.pop("at"))})) for each in found]
