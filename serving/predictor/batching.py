"""Requests that come together are answered together; none waits for a batch to fill."""

import asyncio
import logging
from collections import deque
from concurrent.futures import Executor
from typing import Any

from ml.predicting import Served
from serving.predictor.recording import Recorder, Request
from serving.predictor.refusing import Refused

log = logging.getLogger("studio.predictor")
# More inputs a batch win little on a CPU, and make everybody wait for the last.
MOST_TOGETHER = 32
# What one request gets of a batch while others wait, so that 256 inputs do not block one.
SHARE = 8
MOST_WAITING = 2048
PATIENCE_SECONDS = 30.0


class Batcher:
    """The queue before one bundle."""

    def __init__(self, served: Served, executor: Executor, recorder: Recorder) -> None:
        self.served = served
        self._executor, self._recorder = executor, recorder
        self._queue: deque[Request] = deque()
        self._waiting = 0
        self._running: asyncio.Task[None] | None = None

    @property
    def relaxed(self) -> bool:
        """Whether there is room for what nobody waits for."""
        return self._waiting < MOST_WAITING // 4

    async def answer(self, request: Request) -> list[dict[str, Any]]:
        """The recorded predictions, in the order of the inputs. Raises Refused."""
        if self._waiting + len(request.inputs) > MOST_WAITING:
            raise Refused(
                503, "More was asked than can be answered now. Try again soon.", retry_after=2
            )
        self._queue.append(request)
        self._waiting += len(request.inputs)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await request.predicted
                await self._recorder.record(request)
        except TimeoutError:
            raise Refused(
                503, "Answering took too long. Send fewer inputs, or try again.", retry_after=5
            ) from None
        return request.shown()

    async def _run(self) -> None:
        try:
            while parts := self._take():
                await self._predict(parts)
        finally:
            self._running = None

    def _take(self) -> list[tuple[Request, range]]:
        """The next batch: a share of each waiting request, in turn."""
        parts: list[tuple[Request, range]] = []
        room = MOST_TOGETHER
        while self._queue and room:
            request = self._queue.popleft()
            if request.predicted.done():  # whoever asked has left
                self._waiting -= request.untaken
                continue
            part = request.take(min(SHARE, room) if self._queue else room)
            self._waiting -= len(part)
            room -= len(part)
            parts.append((request, part))
            if request.untaken:
                self._queue.append(request)
        return parts

    async def _predict(self, parts: list[tuple[Request, range]]) -> None:
        inputs = [request.inputs[place] for request, part in parts for place in part]
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._executor, self.served.predict, inputs)
        except Exception as failure:
            await self._one_by_one(parts, failure)
            return
        done = iter(answers)
        for request, part in parts:
            request.give(part, [next(done) for _ in part])

    async def _one_by_one(self, parts: list[tuple[Request, range]], failure: Exception) -> None:
        """One request's input that the model stumbles over is not the others' fault."""
        if len(parts) > 1:
            for part in parts:
                await self._predict([part])
            return
        log.exception("The model failed on an input", exc_info=failure)
        request, _ = parts[0]
        request.fail(Refused(500, "The model failed on this request; the studio's log says why."))
