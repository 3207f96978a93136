"""Nested keys within reach: `{"meta": {"author": "A"}}` has `meta` and `meta.author`."""

from collections.abc import Iterable
from typing import Any

from ml.reading import limits
from ml.reading.found import plain


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """The values, and those of nested objects by their paths; what is said plainly wins."""
    for value in values.values():
        if type(value) is dict:
            return _with_paths(values)
    return values


def _with_paths(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    level = [(name, value) for name, value in values.items() if isinstance(value, dict)]
    for _ in range(limits.DEPTH - 1):
        below = []
        for path, inner in level:
            for name, value in inner.items():
                if len(found) >= limits.NESTED_COLUMNS:
                    return found
                found.setdefault(f"{path}.{name}", value)
                if isinstance(value, dict):
                    below.append((f"{path}.{name}", value))
        level = below
    return found


def columns(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The names of all, those at the top before those within."""
    names: dict[str, None] = {}
    within: dict[str, None] = {}
    for values in rows:
        for name in values:
            path = name.rpartition(".")[0]
            target = within if path and isinstance(values.get(path), dict) else names
            target[plain(name)] = None
    most = max(0, limits.NESTED_COLUMNS - len(names))
    return [*names, *[name for name in within if name not in names][:most]][: limits.COLUMNS]
