"""Answers as files of other tools say them: labels, and spans whose places are put right.

A span is `{"start", "end", "label", "text"}`; its places count characters (code points) from 0.
"""

from typing import Any

Values = dict[str, Any]
NOTHING: Values = {"label": [], "spans": []}


class WrongSpan(ValueError):
    """A span that does not lie in its text."""


def span(text: str, start: Any, end: Any, label: Any, said: Any = None) -> Values:
    """Places that count UTF-16 units, as a browser does, are put right where they must be."""
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end):
        raise WrongSpan(label)
    inside = text[start:end]
    if isinstance(said, str) and said != inside:
        wide = text.encode("utf-16-le", "surrogatepass")
        inside = wide[2 * start : 2 * end].decode("utf-16-le", "replace")
        if inside != said:
            raise WrongSpan(label)
        start = len(wide[: 2 * start].decode("utf-16-le", "replace"))
        end = start + len(inside)
    if end > len(text):
        raise WrongSpan(label)
    return {"start": start, "end": end, "label": str(label), "text": inside}


def one(labels: list[Any]) -> Any:
    """One label as itself, several as a list, none as nothing."""
    return labels[0] if len(labels) == 1 else labels or None


def text_of(row: Values, name: Any) -> str:
    """The text that a span is of: the one called so, else the only one there is."""
    texts = [value for value in row.values() if isinstance(value, str)]
    said = row.get(name) if isinstance(name, str) else None
    text = said if isinstance(said, str) else row.get("text")
    return text if isinstance(text, str) else next(iter(texts), "")


def answers(labels: list[Any], spans: list[Values]) -> Values:
    row: Values = {}
    if labels:
        row["label"] = one(labels)
    if spans:
        row["spans"] = sorted(spans, key=lambda one: (one["start"], one["end"]))
    return row
