"""What a person may want to look at in one text. Changes nothing: `ml.mending` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ml.findings import lengths, personal, signs, writing
from ml.findings.lengths import Reader

KINDS = (
    "empty",
    "html",
    "mojibake",
    "width",
    "blanks",
    "script",
    "personal",
    "short",
    "long",
)


@dataclass(frozen=True)
class Finding:
    """One thing seen: its kind, one of KINDS, and what a page says of it. Never the text itself."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def look(text: str, *, reader: Reader | None = None) -> list[Finding]:
    """What is to be seen in a text, in the order of KINDS; some 10 µs for 120 characters.

    `reader` knows what is too long for the model that is going to learn; without one nothing is.
    An empty text is only that. Linear in the length of the text.
    """
    if signs.is_empty(text):
        return [Finding("empty")]
    found = [*_written(text), *_said(text)]
    if lengths.is_short(text):
        found.append(Finding("short"))
    if reader is not None and (tokens := reader.too_many(text)):
        found.append(Finding("long", {"at_least": tokens, "longest": reader.longest}))
    return found


def _written(text: str) -> list[Finding]:
    """How it is written: leftovers of machines, and forms of characters."""
    found = []
    if count := signs.html(text):
        found.append(Finding("html", {"count": count}))
    if signs.is_mojibake(text):
        found.append(Finding("mojibake"))
    if count := signs.odd_widths(text):
        found.append(Finding("width", {"count": count}))
    if kinds := signs.blanks(text):
        found.append(Finding("blanks", {"kinds": kinds}))
    return found


def _said(text: str) -> list[Finding]:
    found = []
    if writing.is_mixed(text):
        simplified, traditional = writing.counts(text)
        found.append(Finding("script", {"simplified": simplified, "traditional": traditional}))
    if spans := personal.spans(text):
        where = [[span.kind, span.start, span.stop] for span in spans]
        found.append(Finding("personal", {"spans": where}))
    return found
