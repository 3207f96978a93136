"""A row as the cells of a table."""

import json
from typing import Any

from ml.task import Task


def fields(task: Task) -> list[str]:
    """The names of what an example's data holds, in the task's order."""
    return list(task.example_schema()["properties"])


def header(task: Task, *, meta: bool = False) -> list[str]:
    return ["id", *fields(task), task.answer.column, *(["meta"] if meta else [])]


def cells(task: Task, row: dict[str, Any]) -> list[str]:
    """Texts as they are; what is no text as JSON. No answer is an empty cell."""
    answer = (row["answer"] or {}).get(task.answer.column)
    data = row["data"]
    told = [row["id"], *(_cell(data.get(name)) for name in fields(task)), _cell(answer)]
    return [*told, _cell(row["meta"] or None)] if "meta" in row else told


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
