"""The folder in which a run is trained: what the trainer is given, and what it writes back."""

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from training.models import Run, Snapshot


def prepare(run: Run, snapshot: Snapshot) -> None:
    """Lay out `run.json` and the rows. Safe to repeat: a resumed run finds its checkpoints."""
    run.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = run.folder / _rows(snapshot)
    if not rows.exists():
        aside = rows.with_name(f".{rows.name}")
        shutil.copyfile(snapshot.file, aside)
        aside.replace(rows)
    _write_json(run, "run.json", _told(run, snapshot))


def _rows(snapshot: Snapshot) -> str:
    return f"snapshot{snapshot.file.suffix}"


def _told(run: Run, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "run": str(run.pk),
        "task": run.project.task,
        "labels": snapshot.labels,
        "rows": _rows(snapshot),
        "method": run.method,
        "effort": run.effort,
        "base_model": run.base_model or None,
        "base_models_folder": str(settings.BASE_MODELS_FOLDER),
        "hyperparameters": run.hyperparameters,
        "seed": run.seed,
        "left_out": snapshot.counts.get("left_out", 0),
    }


def _write_json(run: Run, name: str, value: dict[str, Any]) -> None:
    aside = run.folder / f".{name}"
    with aside.open("w", encoding="utf-8") as out:
        json.dump(value, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(run.folder / name)


def result(run: Run) -> dict[str, Any] | None:
    """What the trainer left when it ended well."""
    try:
        found = json.loads((run.folder / "result.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class Events:
    """Follows `events.jsonl`: each call gives the whole lines that came since the last one."""

    def __init__(self, run: Run) -> None:
        self.path = run.folder / "events.jsonl"
        self.offset = 0

    def new(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self.offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # the trainer is still writing it
                self.offset += len(line)
                if (event := _parsed(line)) is not None:
                    yield event


def _parsed(line: bytes) -> dict[str, Any] | None:
    # A trainer that was killed inside a line leaves half of it; the next one starts a new line.
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
