"""Endpoints with their traffic of a day. Hours that are over are counted once and kept."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from redis.exceptions import RedisError

from serving.models import Endpoint, Refusal, Release, Standing

HOUR = timedelta(hours=1)
SHOWN = 8
# What a caller was answered in the last moment of an hour is written a moment later.
SETTLED = timedelta(minutes=1)
KEPT_SECONDS = 25 * 3600

_COUNTS = """
SELECT endpoint_id, date_trunc('hour', created_at, 'UTC'), count(*) FILTER (WHERE position = 0)
  FROM serving_prediction
 WHERE endpoint_id = ANY(%s) AND created_at >= %s AND NOT shadow
 GROUP BY 1, 2
"""
_SLOWEST = """
SELECT asked.id, (
       SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)
         FROM (SELECT latency_ms FROM serving_prediction
                WHERE endpoint_id = asked.id AND created_at >= %s AND NOT shadow AND position = 0
                ORDER BY created_at DESC LIMIT 500) AS newest)
  FROM unnest(%s::uuid[]) AS asked(id)
"""
Hours = dict[datetime, int]


@dataclass
class Traffic:
    """One endpoint's day. `p95` in milliseconds, over its newest 500 requests."""

    endpoint: Endpoint
    requests: int
    errors: int
    p95: float | None
    damaged: list[Release]


def endpoints() -> list[Traffic]:
    """Those with most traffic first, and every one that is damaged."""
    found = {each.pk: each for each in Endpoint.objects.open().with_releases()}
    now = timezone.now()
    requests, errors = counted(list(found), now), _errors(list(found), now)
    damaged = {key: _damaged(each) for key, each in found.items()}
    order = sorted(found, key=lambda key: (not damaged[key], -requests[key]))[:SHOWN]
    slowest = _slowest(order, now)
    return [
        Traffic(
            found[key],
            requests[key] + errors.get(key, 0),
            errors.get(key, 0),
            slowest.get(key),
            damaged[key],
        )
        for key in order
    ]


def count_ahead() -> None:
    """Count the hours that are over before a page waits for them."""
    counted(list(Endpoint.objects.open().values_list("pk", flat=True)), timezone.now())


def counted(endpoints: list[UUID], now: datetime) -> dict[UUID, int]:
    """Requests answered in this hour and the 23 before it."""
    first = now.replace(minute=0, second=0, microsecond=0) - 23 * HOUR
    hours = [first + n * HOUR for n in range(24)]
    over = [hour for hour in hours if hour + HOUR + SETTLED < now]
    kept = _kept(endpoints)
    missing = [hour for hour in over if any(hour not in kept[key] for key in endpoints)]
    fresh = _count(endpoints, min(missing, default=hours[len(over)]))
    whole = {key: {**kept[key], **fresh.get(key, {})} for key in endpoints}
    if missing:
        _keep({key: {hour: whole[key].get(hour, 0) for hour in over} for key in endpoints})
    return {key: sum(whole[key].get(hour, 0) for hour in hours) for key in endpoints}


def _count(endpoints: list[UUID], since: datetime) -> dict[UUID, Hours]:
    found: dict[UUID, Hours] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [endpoints, since])
        for key, hour, count in cursor.fetchall():
            found.setdefault(key, {})[hour] = count
    return found


def _kept(endpoints: list[UUID]) -> dict[UUID, Hours]:
    found: Mapping[str, Hours] = {}
    with contextlib.suppress(RedisError, OSError):
        found = cache.get_many([_name(key) for key in endpoints])
    return {key: found.get(_name(key), {}) for key in endpoints}


def _keep(hours: dict[UUID, Hours]) -> None:
    with contextlib.suppress(RedisError, OSError):
        cache.set_many({_name(key): kept for key, kept in hours.items()}, KEPT_SECONDS)


def _name(endpoint: UUID) -> str:
    return f"board:traffic:{endpoint}"


def _errors(endpoints: list[UUID], now: datetime) -> dict[UUID, int]:
    since = now.replace(minute=0, second=0, microsecond=0) - 23 * HOUR
    counted = Refusal.objects.filter(endpoint__in=endpoints, minute__gte=since)
    return dict(counted.values_list("endpoint").annotate(Sum("count")).order_by())


def _slowest(endpoints: list[UUID], now: datetime) -> dict[UUID, float | None]:
    with connection.cursor() as cursor:
        cursor.execute(_SLOWEST, [now - 24 * HOUR, endpoints])
        return dict(cursor.fetchall())


def _damaged(endpoint: Endpoint) -> list[Release]:
    return [release for release in endpoint.current if release.state == Standing.DAMAGED]
