"""From inputs to recorded answers: which release, which bundle, and who answers unheard beside."""

import asyncio
import random
from typing import Any
from uuid import UUID

from ml.failures import DamagedBundle
from serving.models import Mode
from serving.predictor.batching import Batcher
from serving.predictor.callers import Answering, Caller
from serving.predictor.recording import Request
from serving.predictor.refusing import Refused
from serving.predictor.shelf import Shelf

FIRST_LOAD_SECONDS = 15.0
DAMAGED = "The files of this endpoint's model are damaged. Its page in the studio says what to do."
Choice = tuple[Answering, Batcher]


class Desk:
    """Answers with the release that is due, or with the one before it while that is loading."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._last: dict[UUID, Answering] = {}  # what callers of an endpoint heard last
        self.beside: set[asyncio.Task[None]] = set()

    async def answer(
        self, caller: Caller, inputs: list[dict[str, Any]], started: float
    ) -> dict[str, Any]:
        """The body of a good answer. Raises Refused."""
        release, batcher = self._canary(caller) or await self._live(caller)
        self._shadow(caller, inputs, started)
        predictions = await batcher.answer(Request(caller, release, inputs, started))
        return {"model_version": release.version, "predictions": predictions}

    async def labels(self, caller: Caller) -> tuple[str, ...]:
        """What the live release can answer. Raises Refused."""
        _, batcher = await self._live(caller)
        return batcher.served.labels

    def _canary(self, caller: Caller) -> Choice | None:
        canary = caller.releases.get(Mode.CANARY)
        if canary is None or random.random() * 100 >= canary.traffic:
            return None
        return self._at_hand(canary)

    async def _live(self, caller: Caller) -> Choice:
        live = caller.live
        choice = self._at_hand(live) or self._meanwhile(caller) or await self._wait_for(live)
        self._last[caller.endpoint] = choice[0]
        return choice

    def _at_hand(self, release: Answering) -> Choice | None:
        """The bundle if it is in memory; else it is sent for."""
        batcher = self._shelf.at_hand(release.version)
        if batcher is None:
            self._shelf.bring(release)
        return None if batcher is None else (release, batcher)

    def _meanwhile(self, caller: Caller) -> Choice | None:
        """What answered until now, as long as what is due was never ready."""
        if caller.live.version in self._shelf.sound:
            return None  # it was only dropped to make room, and is back in a moment
        for release in (self._last.get(caller.endpoint), caller.live.before):
            batcher = self._shelf.at_hand(release.version) if release else None
            if release and batcher:
                return release, batcher
        return None

    async def _wait_for(self, release: Answering) -> Choice:
        try:
            async with asyncio.timeout(FIRST_LOAD_SECONDS):
                return await self._first_sound(release)
        except TimeoutError:
            raise Refused(
                503, "The model is still being loaded. Try again in a moment.", retry_after=5
            ) from None

    async def _first_sound(self, release: Answering) -> Choice:
        try:
            # Shielded: the bundle is wanted by others, also when this caller has left.
            return release, await asyncio.shield(self._shelf.bring(release))
        except DamagedBundle as damage:
            if release.before is not None:
                return await self._first_sound(release.before)
            raise Refused(503, DAMAGED, retry_after=60) from damage

    def _shadow(self, caller: Caller, inputs: list[dict[str, Any]], started: float) -> None:
        """Let a shadow release answer too: recorded, unheard, and never in anyone's way."""
        shadow = caller.releases.get(Mode.SHADOW)
        if shadow is None or random.random() * 100 >= shadow.traffic:
            return
        choice = self._at_hand(shadow)
        if choice is not None and choice[1].relaxed:
            request = Request(caller, shadow, inputs, started, shadow=True)
            task = asyncio.create_task(_unheard(choice[1], request))
            self.beside.add(task)
            task.add_done_callback(self.beside.discard)


async def _unheard(batcher: Batcher, request: Request) -> None:
    try:
        await batcher.answer(request)
    except Refused:
        return  # a shadow that cannot keep up is worth nobody's attention
