"""Rows from a JSON Lines file of one's own, for work without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ml.answers import AnswerError
from ml.splitting import digest, is_test, split
from ml.task import DataError, Row, Task


class RowError(ValueError):
    """A line of the file cannot be read; the message says which, and what would be right."""


def read(file: Path, task: Task) -> tuple[list[Row], tuple[str, ...]]:
    """Rows and the labels that they name.

    A line is flat, `{"text": …, "label": …}`, or `{"data": {…}, "answer": {…}, "split"?}`.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    said = [_said(line, number, task) for number, line in enumerate(lines, 1) if line.strip()]
    labels = tuple(sorted({name for one in said for name in _named(one, task)}))
    return [_row(number, one, task, labels) for number, one in enumerate(said, 1)], labels


def with_splits(rows: Sequence[Row], task: Task, *, salt: str) -> tuple[list[Row], int]:
    """Rows with their split, kept where every row says its own; and how many were left out."""
    if all("split" in row for row in rows):
        return list(rows), 0
    for row in rows:
        if is_test(digest(row["data"]), salt):
            row["split"] = "test"
    return split(rows, task.answer.stratum)


def _said(line: str, number: int, task: Task) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise RowError(f"Line {number} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise RowError(f'Line {number} is not an object like {{"text": "…", "label": "…"}}.')
    if "data" in value and "answer" in value:
        return value
    fields = task.example_schema()["properties"]
    answer = {task.answer.column: value.get(task.answer.column)}
    return {"data": {key: value[key] for key in fields if key in value}, "answer": answer}


def _named(said: dict[str, Any], task: Task) -> tuple[str, ...]:
    return tuple(name for name in task.answer.named_in(said["answer"]) if name)


def _row(number: int, said: dict[str, Any], task: Task, labels: Sequence[str]) -> Row:
    try:
        row: Row = {
            "id": str(said.get("id", number)),
            "data": task.parse_data(said["data"]),
            "answer": {},
        }
        row["answer"] = task.answer.parse(
            task.answer.moved(said["answer"], said["data"]), labels, row["data"]
        )
    except (DataError, AnswerError) as error:
        raise RowError(f"Example {number}: {error}") from error
    if said.get("split") in ("train", "validation", "test"):
        row["split"] = said["split"]
    return row
