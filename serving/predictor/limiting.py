"""A key's own rate: a bucket that fills evenly, so that a burst up to a minute's worth may pass."""

import time
from dataclasses import dataclass
from uuid import UUID

from serving.predictor.refusing import Refused

MOST_KEPT = 10_000


@dataclass
class Bucket:
    tokens: float
    at: float


class Rates:
    """One bucket a key, in this process's memory."""

    def __init__(self) -> None:
        self._buckets: dict[UUID, Bucket] = {}

    def spend(self, key: UUID, rate_per_minute: int | None) -> None:
        """Count a request. Raises Refused (429) when the key has none left."""
        if rate_per_minute is None:
            return
        now, each = time.monotonic(), 60 / rate_per_minute
        bucket = self._buckets.pop(key, None) or Bucket(rate_per_minute, now)
        self._buckets[key] = bucket  # the most recently used is last
        bucket.tokens = min(rate_per_minute, bucket.tokens + (now - bucket.at) / each)
        bucket.at = now
        if len(self._buckets) > MOST_KEPT:
            self._buckets.pop(next(iter(self._buckets)))
        if bucket.tokens < 1:
            raise Refused(
                429,
                f"This key may make {rate_per_minute} requests a minute, and they are used up. "
                "Slow down, or have the limit raised in the studio.",
                retry_after=(1 - bucket.tokens) * each,
            )
        bucket.tokens -= 1
