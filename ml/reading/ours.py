"""Our own exports: everything comes back, also who said what."""

import json
from typing import Any

from ml.reading.answered import Values
from ml.reading.found import Beside, Voice

MOST = 200  # answers of a row
TABLE = {"id", "status", "source", "test", "annotations"}  # columns of our Parquet beside the data

KNOWN = frozenset({*TABLE, "tags"})


def is_ours(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {"id", "data", "answer", "status", "annotations"} <= value.keys()
        and isinstance(value["data"], dict)
        and isinstance(value["answer"], dict | None)
    )


def row(value: Values) -> Values:
    """The answer as it is: it has a column even where none is given."""
    meta = {"meta": value["meta"]} if isinstance(value.get("meta"), dict) else {}
    return {**meta, **value["data"], "answer": value["answer"]}


def beside(value: Values) -> Beside:
    """Who said what, whether it was set aside, and its tags."""
    said = value["annotations"]
    tags = value.get("tags")
    return Beside(
        voices=tuple(_voices(said)) if isinstance(said, list) else (),
        aside=value["status"] == "set_aside",
        tags=tuple(one for one in tags if isinstance(one, str)) if isinstance(tags, list) else (),
    )


def _voices(said: list[Any]) -> list[Voice]:
    return [
        Voice(
            one["answer"],
            by=_text(one.get("author")),
            source=_text(one.get("source")),
            hint=one.get("hint") is True,
            whole=True,
        )
        for one in said[:MOST]
        if isinstance(one, dict) and isinstance(one.get("answer"), dict)
        if one.get("source") != "check"  # it measured a person, and was no vote
    ]


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def beside_table(values: Values) -> Beside:
    """The same of a row of our Parquet, whose cells are texts."""
    told = {name: _parsed(values.get(name)) for name in ("annotations", "tags")}
    said = beside({"status": values.get("status"), **told})
    return said._replace(known=KNOWN)


def _parsed(cell: Any) -> Any:
    try:
        return json.loads(cell) if isinstance(cell, str) else None
    except (ValueError, RecursionError):
        return None
