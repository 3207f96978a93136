"""What a run's folder and result hold of single examples, and how erased ones leave them."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from ml import manifest
from training.models import Run, SnapshotRow

LISTS = ("worst", "suspects")  # of a result: what it says of single examples
PREDICTIONS = "test_predictions.jsonl"


def without(run: Run, gone: set[str]) -> None:
    """The run as if it had kept nothing of these examples. Safe to repeat.

    Its copy of the rows goes altogether: a run that goes on is given a new one.
    """
    for copy in (*run.folder.glob("snapshot.*"), *run.folder.glob(".snapshot.*")):
        copy.unlink(missing_ok=True)
    _rewrite(run.folder / PREDICTIONS, gone)
    file = run.folder / "result.json"
    if (told := _read(file)) is not None and _lessened(told, gone) != told:
        manifest.write_json(file, _lessened(told, gone))
    kept = Run.objects.values_list("result", flat=True).get(pk=run.pk)
    if _lessened(kept, gone) != kept:
        Run.objects.filter(pk=run.pk).update(result=_lessened(kept, gone))


def erased_meanwhile(run: Run) -> None:
    """A trainer holds its rows in memory: what was erased since does not come back with it."""
    told = _read(run.folder / "result.json") or {}
    listed = [one for name in LISTS for one in told.get(name) or []]
    named = {UUID(one["id"]) for one in (*listed, *_lines(run.folder / PREDICTIONS))}
    there = SnapshotRow.objects.filter(snapshot=run.snapshot_id, example__in=named)
    if gone := named - set(there.values_list("example_id", flat=True)):
        without(run, set(map(str, gone)))


def _lessened(result: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    lists = {name: result[name] for name in LISTS if isinstance(result.get(name), list)}
    return result | {
        name: [one for one in some if str(one.get("id")) not in gone]
        for name, some in lists.items()
    }


def _rewrite(file: Path, gone: set[str]) -> None:
    lines = _lines(file)
    kept = [line for line in lines if str(line.get("id")) not in gone]
    if len(kept) < len(lines):
        manifest.write_text(
            file, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
        )


def _lines(file: Path) -> list[dict[str, Any]]:
    """None of a file that is not there, or half a one: it is written whole or not at all."""
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return []
    return [line for line in lines if isinstance(line, dict)]


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
