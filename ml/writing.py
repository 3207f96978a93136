"""Texts that are kept: verbatim but for line ends, if a database and a person can take them."""

from __future__ import annotations

import os

from ml.refusing import Refusal

# Characters. A row of a file holds at most four million, so that two fields fit.
LEAST, USUAL, MOST = 1_000, 100_000, 2_000_000
LONGEST = min(MOST, max(LEAST, int(os.environ.get("TEXT_LIMIT") or USUAL)))


def written(value: object, name: str, error: type[Refusal]) -> str:
    """The text of the field of that name, line ends as LF. Raises `error` where it is none."""
    kind = "text" if name == "text" else "field"
    if not isinstance(value, str):
        raise error(f"{kind}-not-text", name=name)
    if "\x00" in value:
        raise error(f"{kind}-nul", name=name)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise error(f"{kind}-half", name=name) from None
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise error(f"{kind}-empty", name=name)
    if len(text) > LONGEST:
        raise error(f"{kind}-long", name=name, have=f"{len(text):,}", most=f"{LONGEST:,}")
    return text
