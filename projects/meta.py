"""What a file says of a row in its other columns: kept with the example, and learned by no model.

`meta` is the name under which it goes out and comes in again: in a column of that name an object
stands for the columns that it holds.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from ml.answers.answer import cut
from ml.reading import plain
from ml.reading.ours import KNOWN
from ml.refusing import Refusal
from ml.task import Task
from projects import mapping
from projects.models import Upload

NAME = "meta"
COUNT = "kept beside"  # rows, in an upload's report
SHOWN = 500  # characters of a value
MOST = 20_000  # characters of all of it together, as JSON
TABLES = ("csv", "xlsx")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


class TooMuch(Refusal):
    """More than is kept of one row."""


def columns(task: Task, said: mapping.Mapping, names: Collection[str]) -> list[str]:
    """The columns that are neither data nor answer."""
    used = {column for column in said.values() if column is not None}
    rest = [name for name in names if name not in used]
    return [name for name in rest if not mapping.is_counted(task, said, name)] if rest else rest


def offered(upload: Upload) -> list[str]:
    """The other columns of a file that was looked at, for a person to decide about."""
    found, said = upload.detected, upload.mapping
    names = columns(upload.project.kind, said, found.get("columns", []))
    if found.get("dialect") == "studio":
        names = [name for name in names if name not in KNOWN]
    if found.get("format") in TABLES:
        return names
    inside = tuple(f"{column}." for column in said.values() if column is not None)
    return [name for name in names if not name.startswith(inside)]


def of_row(
    task: Task, said: mapping.Mapping, values: Mapping[str, Any], known: Collection[str]
) -> dict[str, Any]:
    """What stands there, by column; `known` ones are dealt with elsewhere. Raises TooMuch."""
    names = [name for name in columns(task, said, values) if values[name] not in _NOTHING]
    if not names:
        return {}
    inside = _inside(said, values)
    found = {
        plain(name): values[name]
        for name in names
        if name not in known and not name.startswith(inside)
        if f"{name}." in inside or not _is_shown_by_its_paths(name, values)
    }
    try:
        kept: dict[str, Any] = _plain(_opened(found))
        told = json.dumps(kept, ensure_ascii=False)
    except RecursionError:
        raise TooMuch("row-meta", row=0, most=f"{MOST:,}") from None
    if len(told) > MOST:
        raise TooMuch("row-meta", row=0, most=f"{MOST:,}")
    return kept


def _inside(said: mapping.Mapping, values: Mapping[str, Any]) -> tuple[str, ...]:
    """How paths begin that are part of what is taken whole: an answer that is an object; and what
    stands for other columns, unless the text is in it."""
    used = [column for column in said.values() if column is not None]
    whole = [column for column in used if isinstance(values.get(column), dict)]
    if isinstance(values.get(NAME), dict) and not any(c.startswith(f"{NAME}.") for c in used):
        whole.append(NAME)
    return tuple(f"{name}." for name in whole)


def in_words(value: Any) -> str:
    """A value as a line of a page."""
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return cut(said, SHOWN)


def _is_shown_by_its_paths(name: str, values: Mapping[str, Any]) -> bool:
    """An object of which each part is a column as well: one of them may be the text."""
    value = values[name]
    return isinstance(value, dict) and any(f"{name}.{part}" in values for part in value)


def _opened(found: dict[str, Any]) -> dict[str, Any]:
    """With what an earlier export put into the one column."""
    given = found.get(NAME)
    if isinstance(given, str) and given.startswith("{"):
        try:
            given = json.loads(given)
        except ValueError:
            return found
    if not isinstance(given, dict):
        return found
    return {name: value for name, value in found.items() if name != NAME} | given


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(str(name)): _plain(one) for name, one in value.items()}
    return value
