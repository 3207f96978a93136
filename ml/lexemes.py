"""Words to find texts by: whole words, case ignored; scripts without blanks by their characters.

A run of Chinese, Japanese or Korean is kept as its characters and its pairs of neighbours, so that
any stretch of it can be asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

# Longer texts are found by their beginning: an index entry holds at most one megabyte.
LONGEST_TEXT = 50_000
LONGEST_WORD = 100
MOST_WORDS = 200

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"([{_UNSPACED}]+)|[^\\W{_UNSPACED}]+")


@dataclass(frozen=True)
class Sought:
    """What a search means: lexemes that must all be there, and stretches of text to verify."""

    lexemes: tuple[str, ...]
    stretches: tuple[str, ...]


def of(text: str) -> set[str]:
    """All that the text can be found by."""
    found: set[str] = set()
    for match in _RUNS.finditer(text[:LONGEST_TEXT].casefold()):
        run = match[0]
        if match[1] is None:
            found.add(run[:LONGEST_WORD])
        else:
            found.update(run)
            found.update(map("".join, pairwise(run)))
    return found


def sought(asked: str) -> Sought:
    """What someone typed."""
    lexemes: dict[str, None] = {}
    stretches: dict[str, None] = {}
    for match in _RUNS.finditer(asked[:LONGEST_TEXT].casefold()):
        run = match[0]
        if match[1] is None:
            lexemes[run[:LONGEST_WORD]] = None
        elif len(run) == 1:
            lexemes[run] = None
        else:
            lexemes |= dict.fromkeys(map("".join, pairwise(run)))
        if match[1] is not None and len(run) > 2:
            stretches[run] = None  # its pairs may be there without standing together
    return Sought(tuple(lexemes), tuple(stretches))


def as_vector(lexemes: set[str]) -> str:
    """The lexemes as PostgreSQL reads a tsvector."""
    return " ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in lexemes)


def as_query(lexemes: tuple[str, ...]) -> str:
    """All of them, as PostgreSQL reads a tsquery."""
    return " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in lexemes)
