"""The folder of a run: what it is asked to do, its data, its lock, what it leaves."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml import failures, frozen, manifest
from ml.task import Row, Task
from ml.tasks import TASKS

SPLITS = ("train", "validation", "test")
PATIENCE = 15.0  # seconds to wait for another trainer of the same run to be gone


@dataclass(frozen=True)
class Settings:
    """What a run is asked to do: run.json."""

    task: str
    labels: tuple[str, ...]
    run: str = ""
    rows: str = "snapshot.jsonl"
    method: str = "auto"
    effort: str = "balanced"
    base_model: str | None = None
    base_models_folder: str | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    left_out: int = 0  # rows that a snapshot leaves out because they repeat a test row


@dataclass(frozen=True)
class RunFolder:
    """A run's files."""

    path: Path

    @property
    def bundle(self) -> Path:
        return self.path / "bundle"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def result(self) -> Path:
        return self.path / "result.json"

    def settings(self) -> Settings:
        """What is asked for. Raises Failure."""
        said = self._json("run.json")
        known = set(Settings.__dataclass_fields__)
        try:
            given = {key: value for key, value in said.items() if key in known}
            given["labels"] = tuple(map(str, given["labels"]))
            given["hyperparameters"] = dict(given.get("hyperparameters") or {})
            given["seed"] = int(given.get("seed") or 0)
            settings = Settings(**given)
        except (KeyError, TypeError, ValueError) as error:
            raise failures.damaged_data(f"run.json does not say its {error}.") from error
        if settings.task not in TASKS:
            raise failures.damaged_data(f"run.json names an unknown task, “{settings.task}”.")
        return settings

    def rows(self, settings: Settings) -> list[Row]:
        """The snapshot, every row checked as its task checks it. Raises Failure."""
        task = TASKS[settings.task]
        file = self.path / settings.rows
        try:
            rows = enumerate(frozen.read(file), 1)
            return [_row(said, number, task, settings) for number, said in rows]
        except frozen.Unreadable as error:
            raise failures.damaged_data(str(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise failures.damaged_data(f"{settings.rows} cannot be opened.") from error

    def is_done(self) -> bool:
        """Whether a result is there, with a model that is what was written."""
        try:
            json.loads(self.result.read_bytes())
            manifest.verify(self.bundle)
        except (OSError, ValueError, manifest.Damaged):
            return False
        return True

    def decided(self) -> dict[str, Any]:
        """What an earlier attempt has decided, so that this one goes on the same way."""
        return self._json("plan.json") if self.plan.exists() else {}

    def decide(self, **decisions: Any) -> None:
        """Keep what was decided for all attempts to come."""
        manifest.write_json(self.plan, {**self.decided(), **decisions})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else works on this run meanwhile. Raises Failure after some waiting."""
        with (self.path / "run.lock").open("a") as lock:
            _acquire(lock.fileno())
            # What a death in mid-writing left behind.
            for part in self.path.glob(".*.part"):
                shutil.rmtree(part) if part.is_dir() else part.unlink()
            yield

    def _json(self, name: str) -> dict[str, Any]:
        try:
            value = json.loads((self.path / name).read_bytes())
        except (OSError, ValueError) as error:
            raise failures.damaged_data(f"{name} cannot be read.") from error
        if not isinstance(value, dict):
            raise failures.damaged_data(f"{name} is not what was written.")
        return value


def _row(said: Mapping[str, Any], number: int, task: Task, settings: Settings) -> Row:
    try:
        data = task.parse_data(said["data"])
        row: Row = {
            "id": str(said["id"]),
            "data": data,
            "answer": task.answer.parse(said["answer"], settings.labels, data),
            "split": said["split"],
        }
        if row["split"] not in SPLITS:
            raise ValueError(f"its split is “{row['split']}”")
    except (ValueError, KeyError, TypeError) as error:
        where = f"{settings.rows}, row {number}: {error}"
        raise failures.damaged_data(where) from error
    return row


def _acquire(handle: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            if time.monotonic() > until:
                raise failures.in_use() from held
            time.sleep(0.1)
        else:
            return
