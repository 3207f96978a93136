"""Guessing passwords is slowed, by address and e-mail together, so nobody can lock others out."""

import contextlib

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled

from accounts import secrets

FAILURES, SECONDS = 20, 300


def refuse_if_too_many(address: str, email: str) -> None:
    # A cache that is away must not lock everybody out: the password still stands in between.
    with contextlib.suppress(RedisError):
        if cache.get(_key(address, email), 0) >= FAILURES:
            raise Throttled(wait=SECONDS)


def count_failure(address: str, email: str) -> None:
    with contextlib.suppress(RedisError):
        cache.add(_key(address, email), 0, SECONDS)
        cache.incr(_key(address, email))


def _key(address: str, email: str) -> str:
    return f"guesses:{secrets.digest(f'{address} {email.lower()}').hex()}"
