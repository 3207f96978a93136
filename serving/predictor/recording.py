"""Every prediction is in the database before its caller has it: one insert for all that is done."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from accounts.ids import new_id
from ml.task import Prediction
from serving.predictor import database
from serving.predictor.callers import Answering, Caller
from serving.predictor.refusing import Refused
from serving.predictor.rounds import Rounds

MOST_TOGETHER = 64

# The rows carry their ids, so that sending them a second time changes nothing.
INSERT = """
INSERT INTO serving_prediction (id, endpoint_id, model_version_id, release_id, key_id, request,
       position, shadow, data, answer, labels, confidence, scores, latency_ms, created_at)
SELECT id, endpoint, version, release, key, request, position, shadow, data, answer, labels,
       confidence, scores, latency_ms, clock_timestamp()
  FROM json_to_recordset(%s) AS rows(
       id uuid, endpoint uuid, version uuid, release uuid, key uuid, request uuid,
       position smallint, shadow boolean, data jsonb, answer jsonb, labels text[],
       confidence double precision, scores jsonb, latency_ms double precision)
    ON CONFLICT (id) DO NOTHING
"""


@dataclass(eq=False)
class Request:
    """The inputs of one call, on their way to being recorded predictions."""

    caller: Caller
    release: Answering
    inputs: list[dict[str, Any]]
    started: float  # time.perf_counter()
    shadow: bool = False
    predicted: asyncio.Future[None] = field(init=False)

    def __post_init__(self) -> None:
        self.predicted = asyncio.get_running_loop().create_future()
        self._answers: list[Prediction | None] = [None] * len(self.inputs)
        self._ids = [new_id() for _ in self.inputs]
        self._taken = 0
        self._missing = len(self.inputs)

    @property
    def untaken(self) -> int:
        return len(self.inputs) - self._taken

    def take(self, most: int) -> range:
        """The places of the next inputs to predict."""
        first = self._taken
        self._taken = min(first + most, len(self.inputs))
        return range(first, self._taken)

    def give(self, places: range, answers: Sequence[Prediction]) -> None:
        for place, answer in zip(places, answers, strict=True):
            self._answers[place] = answer
        self._missing -= len(places)
        if not self._missing and not self.predicted.done():
            self.predicted.set_result(None)

    def fail(self, why: Exception) -> None:
        if not self.predicted.done():
            self.predicted.set_exception(why)

    def shown(self) -> list[dict[str, Any]]:
        """What the caller gets, in the order of the inputs."""
        return [
            {"id": each, **answer, "model_version": self.release.version}
            for each, answer in zip(self._ids, self._answers, strict=True)
            if answer is not None
        ]

    def rows(self) -> list[dict[str, Any]]:
        """What is recorded."""
        same = {
            "endpoint": self.caller.endpoint,
            "version": self.release.version,
            "release": self.release.id,
            "key": self.caller.key,
            "request": self._ids[0],
            "shadow": self.shadow,
            "latency_ms": (time.perf_counter() - self.started) * 1000,
        }
        labels_of = self.caller.task.answer.labels_of
        return [
            {
                **same,
                **shown,
                "position": place,
                "data": self.inputs[place],
                "labels": labels_of(shown["answer"]),
            }
            for place, shown in enumerate(self.shown())
        ]


class Recorder:
    """Writes finished requests down, those that finish together in one statement."""

    def __init__(self, pool: database.Pool) -> None:
        self._pool = pool
        self._rounds: Rounds[Request, None] = Rounds(self._write, MOST_TOGETHER)

    async def record(self, request: Request) -> None:
        """Return once the predictions are durable. Raises Refused."""
        await self._rounds.ask(request)

    async def _write(self, requests: Sequence[Request]) -> list[Exception | None]:
        try:
            await self._insert(requests)
        except psycopg.IntegrityError:
            if len(requests) > 1:  # somebody's endpoint was erased meanwhile: not the others' fault
                return [(await self._write([each]))[0] for each in requests]
            return [Refused(404, "This endpoint was removed while the request was answered.")]
        return [None] * len(requests)

    async def _insert(self, requests: Sequence[Request]) -> None:
        rows = [row for request in requests for row in request.rows()]
        await database.fetch(self._pool, INSERT, [orjson.dumps(rows).decode()])
