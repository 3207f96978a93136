"""The cache, where the server behind it may be away: nobody waits for it twice.

Whoever can do without what is cached suppresses RedisError. A server that hangs is asked again only
after a while; until then it counts as away at once.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Away
from redis.exceptions import RedisError

AWAY_SECONDS = 5.0
ASKED = ("add", "get", "set", "touch", "delete", "has_key", "incr", "get_many", "set_many")


class Cache(RedisCache):
    """Django's own, which remembers for a while that its server did not answer."""

    away_until = 0.0  # of the whole process


def _once(ask: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(ask)
    def asked(self: Cache, *given: Any, **more: Any) -> Any:
        if time.monotonic() < Cache.away_until:
            raise Away("The cache did not answer a moment ago.")
        try:
            return ask(self, *given, **more)
        except RedisError:
            Cache.away_until = time.monotonic() + AWAY_SECONDS
            raise

    return asked


for _name in ASKED:
    setattr(Cache, _name, _once(getattr(RedisCache, _name)))
