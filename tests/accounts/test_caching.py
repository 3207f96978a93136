"""A cache whose server is away costs nobody more than one wait."""

import time

import pytest
from django.core.cache import caches
from redis.exceptions import RedisError

from accounts.caching import AWAY_SECONDS, Cache


@pytest.fixture
def nowhere():
    yield Cache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
    Cache.away_until = 0.0


def test_what_did_not_answer_is_not_asked_again_for_a_while(nowhere, monkeypatch):
    with pytest.raises(RedisError):
        nowhere.get("x")
    assert Cache.away_until > time.monotonic()
    with pytest.raises(RedisError, match="a moment ago"):
        nowhere.set("x", 1)
    later = time.monotonic() + AWAY_SECONDS + 1
    monkeypatch.setattr("accounts.caching.time.monotonic", lambda: later)
    with pytest.raises(RedisError) as asked_again:
        nowhere.add("x", 1)
    assert "a moment ago" not in str(asked_again.value)


def test_the_one_in_use_is_of_this_kind():
    assert isinstance(caches["default"], Cache)
    caches["default"].set("caching", 7, 10)
    assert caches["default"].get("caching") == 7
