"""Many ask, one goes: what arrives during a round goes together into the next, without a delay."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Rounds(Generic[Asked, Answered]):
    """Handles what is asked in rounds, at most one at a time.

    `handle` returns one answer a question, in their order; an exception among the answers is
    raised where its question was asked.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered | Exception]]],
        most: int,
    ) -> None:
        self._handle, self._most = handle, most
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answered:
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._round()
        finally:
            self._running = None

    async def _round(self) -> None:
        now, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            answers = await self._handle([asked for asked, _ in now])
        except Exception as failure:
            answers = [failure] * len(now)
        for (_, future), answer in zip(now, answers, strict=True):
            _settle(future, answer)


def _settle(future: asyncio.Future[Answered], answer: Answered | Exception) -> None:
    if future.done():  # whoever asked has left
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
