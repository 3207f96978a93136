"""What callers were refused, counted in memory and written down every few seconds."""

from collections import Counter
from datetime import UTC, datetime

from serving.predictor import database

MOST_KEPT = 10_000

INSERT = """
INSERT INTO serving_refusal (endpoint_id, minute, status, count)
SELECT e.id, asked.minute, asked.status, asked.count
  FROM unnest(%s::text[], %s::timestamptz[], %s::smallint[], %s::integer[])
       AS asked(slug, minute, status, count)
  JOIN serving_endpoint e ON e.slug = asked.slug
    ON CONFLICT (endpoint_id, minute, status)
    DO UPDATE SET count = serving_refusal.count + excluded.count
"""


class Refusals:
    """How often each endpoint refused, by minute and status."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, datetime, int]] = Counter()

    def count(self, slug: str, status: int) -> None:
        entry = (slug, datetime.now(UTC).replace(second=0, microsecond=0), status)
        # Whoever calls addresses at random must not fill the memory.
        if entry in self._counts or len(self._counts) < MOST_KEPT:
            self._counts[entry] += 1

    async def write(self, pool: database.Pool) -> None:
        """Bring the counts to the database; what could not be written is kept for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            slugs, minutes, statuses = zip(*counts, strict=True)
            await database.fetch(
                pool,
                INSERT,
                [list(slugs), list(minutes), list(statuses), list(counts.values())],
            )
        except BaseException:
            self._counts.update(counts)
            raise
