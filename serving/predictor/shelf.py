"""Which bundles are in memory: loaded once, checked before they answer, dropped when idle."""

import asyncio
import logging
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from ml.failures import DamagedBundle
from ml.predicting import Served
from serving.predictor.batching import Batcher
from serving.predictor.callers import Answering
from serving.predictor.recording import Recorder

log = logging.getLogger("studio.predictor")
IDLE_SECONDS = 60.0
TRY_AGAIN_SECONDS = 30.0


def quarter_of_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


@dataclass
class Damage:
    problem: str
    at: float = field(default_factory=time.monotonic)

    @property
    def settled(self) -> bool:
        """Whether it is too early to look again: someone may be bringing the files back."""
        return time.monotonic() - self.at < TRY_AGAIN_SECONDS


@dataclass
class Book:
    batcher: Batcher
    bytes: int
    used: float = field(default_factory=time.monotonic)


class Shelf:
    """The bundles of this process, by model version."""

    def __init__(self, recorder: Recorder, room_bytes: int | None = None) -> None:
        self.sound: set[UUID] = set()  # versions that were loaded and answered as evaluated
        self.damaged: dict[UUID, Damage] = {}
        self._recorder, self._room = recorder, room_bytes or quarter_of_memory()
        self._books: dict[UUID, Book] = {}
        self._coming: dict[UUID, asyncio.Task[Batcher]] = {}
        # One at a time: two loads at once would slow the answers, and each other.
        self._loading = ThreadPoolExecutor(1, "loading")
        self._inference = ThreadPoolExecutor(os.cpu_count() or 1, "inference")

    def at_hand(self, version: UUID) -> Batcher | None:
        book = self._books.get(version)
        if book is None:
            return None
        book.used = time.monotonic()
        return book.batcher

    def bring(self, release: Answering) -> "asyncio.Task[Batcher]":
        """The bundle of a release, on its way. The task may raise DamagedBundle."""
        task = self._coming.get(release.version)
        if task is None:
            task = asyncio.create_task(self._bring(release))
            self._coming[release.version] = task
            task.add_done_callback(lambda _: self._coming.pop(release.version, None))
            # Nobody may be waiting for it; then the damage is said by `damaged`, not by asyncio.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _bring(self, release: Answering) -> Batcher:
        known = self.damaged.get(release.version)
        if known is not None and known.settled:
            raise DamagedBundle(known.problem)
        loop = asyncio.get_running_loop()
        try:
            served = await loop.run_in_executor(self._loading, _load, release)
        except DamagedBundle as damage:
            log.error("Version %s (%s) is not served: %s", release.number, release.version, damage)
            self.damaged[release.version] = Damage(str(damage))
            self.sound.discard(release.version)
            raise
        self.damaged.pop(release.version, None)
        self.sound.add(release.version)
        batcher = Batcher(served, self._inference, self._recorder)
        self._books[release.version] = Book(batcher, served.size_bytes)
        self._make_room(keep=release.version)
        return batcher

    def tidy(self, current: Iterable[UUID]) -> None:
        """Drop what no endpoint answers with any more."""
        wanted = set(current)
        for version, book in list(self._books.items()):
            if version not in wanted and time.monotonic() - book.used > IDLE_SECONDS:
                del self._books[version]
        self.sound &= wanted | set(self._books)
        for version in set(self.damaged) - wanted:
            if not self.damaged[version].settled:
                del self.damaged[version]

    def _make_room(self, keep: UUID) -> None:
        by_use = sorted(self._books, key=lambda version: self._books[version].used)
        while sum(book.bytes for book in self._books.values()) > self._room and len(by_use) > 1:
            oldest = by_use.pop(0)
            if oldest != keep:
                del self._books[oldest]

    def close(self) -> None:
        self._loading.shutdown(wait=False, cancel_futures=True)
        self._inference.shutdown(wait=False, cancel_futures=True)


def _load(release: Answering) -> Served:
    """Files as written, answers as evaluated. Raises DamagedBundle."""
    return Served.sound(release.folder, f"Version {release.number}")
