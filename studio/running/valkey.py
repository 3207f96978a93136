"""The embedded Valkey: on a socket only, with a password, and it forgets nothing it was told."""

import os
import time
from pathlib import Path

import redis

from studio import home
from studio.running.children import Program
from studio.running.placing import Place
from studio.running.supervision import CannotStart

# `noeviction`: a broker that drops messages to make room would lose jobs without a word.
_SETTINGS = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
protected-mode yes
dir "{data}"
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save ""
daemonize no
logfile ""
loglevel notice
databases 16
"""


def program(place: Place) -> Program:
    return Program(
        name="valkey",
        command=(str(place.valkey), str(_settings(place))),
        folder=_data(place),
        environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        account=place.account,
        grace=10.0,
        orphaned_by=None,
        quiet=True,
    )


def prepare(place: Place) -> None:
    """Write its settings, and end a server that still runs on its data."""
    data = _data(place)
    if not data.is_dir():
        data.mkdir(mode=0o700)
        place.own(data)
    text = _SETTINGS.format(
        socket=place.sockets / "valkey.sock", password=home.secret("valkey"), data=data
    )
    home.write_aside(_settings(place), text)
    place.own(_settings(place))
    _stop_leftover()


def ready() -> bool:
    try:
        return bool(redis.Redis.from_url(home.cache_url(), socket_timeout=3).ping())
    except redis.RedisError:
        return False


def _data(place: Place) -> Path:
    return place.data / "valkey"


def _settings(place: Place) -> Path:
    return place.data / "valkey.conf"


def _stop_leftover() -> None:
    if not ready():
        return
    redis.Redis.from_url(home.cache_url(), socket_timeout=10).shutdown()
    until = time.monotonic() + 10
    while ready():
        if time.monotonic() > until:
            raise CannotStart("A Valkey of an earlier start does not end.")
        time.sleep(0.1)
