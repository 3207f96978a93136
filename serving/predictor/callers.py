"""Who is calling, and what answers there now: one indexed query, asked anew each time.

Nothing is remembered between requests, so a revoked key and a new release count at once. Requests
that arrive together share a query.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from accounts import secrets
from ml.task import Task
from ml.tasks import TASKS
from serving.models import Mode
from serving.predictor import database
from serving.predictor.refusing import Refused
from serving.predictor.rounds import Rounds
from training.models import ModelVersion, Run

MOST_TOGETHER = 200

# The last field is text, so that an unchanged answer is parsed once (`releases_in`).
QUERY = """
SELECT k.hash, k.id, k.rate_per_minute, e.id, e.slug, p.task,
       e.withdrawn_at IS NULL AND p.deleted_at IS NULL,
       (SELECT json_agg(json_build_object(
                  'id', r.id, 'mode', r.mode, 'traffic', r.traffic,
                  'version', v.id, 'number', v.number, 'run', v.run_id,
                  'before', CASE WHEN b.id IS NOT NULL THEN json_build_object(
                      'id', b.id, 'mode', b.mode, 'traffic', b.traffic,
                      'version', w.id, 'number', w.number, 'run', w.run_id) END))::text
          FROM serving_release r
          JOIN training_modelversion v ON v.id = r.model_version_id
          LEFT JOIN serving_release b ON b.id = r.before_id
          LEFT JOIN training_modelversion w ON w.id = b.model_version_id
         WHERE r.endpoint_id = e.id AND r.ended_at IS NULL)
  FROM serving_key k
  JOIN serving_endpoint e ON e.id = k.endpoint_id
  JOIN projects_project p ON p.id = e.project_id
 WHERE k.hash = ANY(%s) AND k.revoked_at IS NULL
"""


@dataclass(frozen=True)
class Answering:
    """A release as the predictor knows it."""

    id: UUID
    mode: str
    traffic: int
    version: UUID
    number: int
    folder: Path
    before: "Answering | None" = None

    @classmethod
    def read(cls, said: dict[str, Any]) -> "Answering":
        return cls(
            id=UUID(said["id"]),
            mode=said["mode"],
            traffic=said["traffic"],
            version=UUID(said["version"]),
            number=said["number"],
            folder=ModelVersion(run=Run(pk=said["run"])).folder,
            before=cls.read(said["before"]) if said.get("before") else None,
        )


@dataclass(frozen=True)
class Caller:
    """What a valid key opens."""

    key: UUID
    rate: int | None
    endpoint: UUID
    slug: str
    task: Task
    open: bool
    releases: dict[str, Answering]

    @property
    def live(self) -> Answering:
        try:
            return self.releases[Mode.LIVE]
        except KeyError:
            raise Refused(503, "No model is released at this endpoint.", retry_after=10) from None


@functools.lru_cache(maxsize=4096)
def releases_in(text: str | None) -> dict[str, Answering]:
    """The running releases by their mode."""
    return {said["mode"]: Answering.read(said) for said in orjson.loads(text or "[]")}


class Desk:
    """Lets a caller in, or says why not."""

    def __init__(self, pool: database.Pool) -> None:
        self._pool = pool
        self._rounds: Rounds[bytes, Caller | None] = Rounds(self._look_up, MOST_TOGETHER)

    async def admit(self, authorization: str, slug: str) -> Caller:
        """The caller behind the header. Raises Refused: 401 without a good key, else 404."""
        scheme, _, value = authorization.partition(" ")
        value = value.strip()
        if scheme.lower() != "bearer" or not value:
            raise Refused(401, NO_KEY)
        if not secrets.looks_issued(value, secrets.ENDPOINT):
            raise Refused(401, UNKNOWN_KEY)
        caller = await self._rounds.ask(secrets.digest(value))
        if caller is None:
            raise Refused(401, UNKNOWN_KEY)
        if caller.slug != slug or not caller.open:
            raise Refused(404, "There is no endpoint here that this key opens.")
        return caller

    async def _look_up(self, hashes: Sequence[bytes]) -> list[Caller | None]:
        rows = await database.fetch(self._pool, QUERY, [list(set(hashes))])
        found = {bytes(row[0]): _caller(row) for row in rows}
        return [found.get(each) for each in hashes]


def _caller(row: Sequence[Any]) -> Caller:
    _, key, rate, endpoint, slug, task, is_open, releases = row
    return Caller(key, rate, endpoint, slug, TASKS[task], is_open, releases_in(releases))


NO_KEY = (
    "This endpoint asks for its key. Send it as “Authorization: Bearer stk_…”; "
    "a key is made by POST /api/v1/endpoints/{slug}/keys/ on the studio."
)
UNKNOWN_KEY = "This key is not known here. It may have been revoked, or a character is missing."
