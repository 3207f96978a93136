"""The predictor's second look, once a second: new releases are loaded before anyone asks for them.

It also tells the studio what is loaded and what is damaged, and writes down the refusals.
"""

import asyncio
import contextlib
import logging
import time
from uuid import UUID

from ml.failures import DamagedBundle
from serving.predictor import database
from serving.predictor.callers import Answering, releases_in
from serving.predictor.counting import Refusals
from serving.predictor.refusing import Refused
from serving.predictor.shelf import Shelf

log = logging.getLogger("studio.predictor")
EVERY_SECONDS = 1.0
BREATH_SECONDS = 10.0

CURRENT = """
SELECT json_agg(json_build_object('id', r.id, 'mode', r.mode, 'traffic', r.traffic,
                                  'version', v.id, 'number', v.number, 'run', v.run_id))::text
  FROM serving_release r
  JOIN serving_endpoint e ON e.id = r.endpoint_id
  JOIN projects_project p ON p.id = e.project_id
  JOIN training_modelversion v ON v.id = r.model_version_id
 WHERE r.ended_at IS NULL AND e.withdrawn_at IS NULL AND p.deleted_at IS NULL
 GROUP BY r.endpoint_id
"""
SAY = """
INSERT INTO serving_readiness (release_id, problem, at)
SELECT said.release, said.problem, now()
  FROM unnest(%s::uuid[], %s::text[]) AS said(release, problem)
  JOIN serving_release r ON r.id = said.release
    ON CONFLICT (release_id) DO UPDATE SET problem = excluded.problem, at = excluded.at
"""


class Watch:
    """Runs until it is cancelled."""

    def __init__(self, pool: database.Pool, shelf: Shelf, refusals: Refusals) -> None:
        self._pool, self._shelf, self._refusals = pool, shelf, refusals
        self._said: dict[UUID, str] = {}
        self._said_at = 0.0
        self._loading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except Refused:
                log.warning("The database does not answer; looking again in a second.")
            except Exception:
                log.exception("Looking for new releases failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        rows = await database.fetch(self._pool, CURRENT, [])
        releases = [each for (text,) in rows for each in releases_in(text).values()]
        if self._loading is None or self._loading.done():
            unknown = [release for release in releases if self._unknown(release)]
            self._loading = asyncio.create_task(self._load(unknown))
        self._shelf.tidy(release.version for release in releases)
        await self._say(releases)
        await self._refusals.write(self._pool)

    async def _load(self, releases: list[Answering]) -> None:
        """One after the other, so that a bundle that a caller waits for is at most second."""
        for release in releases:
            with contextlib.suppress(DamagedBundle):  # the shelf keeps what is damaged, and why
                await asyncio.shield(self._shelf.bring(release))

    def _unknown(self, release: Answering) -> bool:
        damage = self._shelf.damaged.get(release.version)
        if damage is not None:
            return not damage.settled
        return release.version not in self._shelf.sound

    async def _say(self, releases: list[Answering]) -> None:
        """Tell the studio, when there is news and every few seconds: silence means nobody lives."""
        said: dict[UUID, str] = {}
        for release in releases:
            if damage := self._shelf.damaged.get(release.version):
                said[release.id] = damage.problem
            elif release.version in self._shelf.sound:
                said[release.id] = ""
        news = said != self._said or time.monotonic() - self._said_at > BREATH_SECONDS
        if said and news:
            await database.fetch(self._pool, SAY, [list(said), list(said.values())])
            self._said, self._said_at = said, time.monotonic()
