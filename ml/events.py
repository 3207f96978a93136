"""What a run tells while it works: one JSON line an event, appended, never taken back.

After a resume, steps that were redone appear again under the same number with the same values:
a reader keeps one value a (step, name).
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ml.failures import Failure
from ml.saying import Said

BETWEEN_PROGRESS = 0.5  # seconds


class Events:
    """Appends to events.jsonl."""

    def __init__(self, file: Path, *, echo: Callable[[dict[str, Any]], None] | None = None) -> None:
        self._echo = echo
        self.noted: list[Said] = []
        self._handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        if _ends_broken(file):
            # A process killed in mid-line left half of one; what follows must not join it.
            os.write(self._handle, b"\n")

    def write(self, kind: str, **fields: Any) -> None:
        """One event, on its way to the reader when this returns."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {"at": now, "kind": kind, **{k: _plain(v) for k, v in fields.items()}}
        os.write(
            self._handle, json.dumps(event, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        )
        if self._echo is not None:
            self._echo(event)

    def started(self, *, device: str, resumed_from_step: int | None) -> None:
        """A process has taken up the run."""
        self.write("started", device=device, pid=os.getpid(), resumed_from_step=resumed_from_step)

    def metric(self, name: str, value: float, *, step: int, epoch: float) -> None:
        """One point of a curve."""
        self.write("metric", step=step, epoch=round(epoch, 4), name=name, value=value)

    def note(self, said: Said) -> None:
        """Something that a person should know about this run."""
        self.noted.append(said)
        self.write("note", text=str(said), **said.as_json())

    def failed(self, failure: Failure) -> None:
        """The run has ended without a model."""
        self.write(
            "failed",
            code=failure.code,
            title=failure.title,
            hint=failure.hint,
            said=failure.said,
            values=failure.values,
            permanent=failure.permanent,
        )


class Progress:
    """How far a run is, stage by stage: each has a share of the whole."""

    def __init__(self, events: Events) -> None:
        self._events, self._last = events, 0.0
        self._stage, self._from, self._to, self._began = "starting", 0.0, 0.0, time.monotonic()

    def stage(self, name: str, *, until: float) -> None:
        """A stage begins, at whose end the run is that far."""
        self._stage, self._from, self._to, self._began = name, self._to, until, time.monotonic()
        self._tell(self._from, None)

    def at(self, share: float) -> None:
        """So much of the stage is done. Told at most twice a second."""
        if time.monotonic() - self._last < BETWEEN_PROGRESS:
            return
        done = self._from + share * (self._to - self._from)
        spent = time.monotonic() - self._began
        rest = spent * (1 - share) / share if share > 0.01 else None
        self._tell(done, rest)

    def _tell(self, done: float, rest: float | None) -> None:
        self._last = time.monotonic()
        self._events.write(
            "progress",
            progress=round(min(1.0, done), 4),
            eta_seconds=None if rest is None else round(rest, 1),
            stage=self._stage,
        )


def _plain(value: Any) -> Any:
    """A number that JSON has no word for is null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _ends_broken(file: Path) -> bool:
    with file.open("rb") as read:
        if read.seek(0, os.SEEK_END) == 0:
            return False
        read.seek(-1, os.SEEK_END)
        return read.read(1) != b"\n"
