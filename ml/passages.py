"""Marked passages of a text: its words, which passages can stand side by side, CoNLL's lines."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

Place = tuple[int, int]  # start and end in code points

# Characters of scripts that put no blanks between words, and their punctuation.
CLOSE = r"\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
# One such character; else a word; else a sign.
_WORD = re.compile(rf"(?!\s)[{CLOSE}]|(?:(?![{CLOSE}])\w)+|[^\w\s]")
_JOINER = "\u200d"


def words(text: str) -> list[Place]:
    """Where each word is, or each character of a script without blanks, or each sign.

    What is written over or after a character belongs to it: accents, vowel signs, the colour of an
    emoji's skin.
    """
    found: list[Place] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if found and found[-1][1] == start and _belong(text, found[-1], start):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _belong(text: str, before: Place, start: int) -> bool:
    """Whether what begins there goes on with the word before."""
    first, last = text[start], text[before[1] - 1]
    if _hangs_on(first) or last == _JOINER:
        return True
    # A vowel sign within a word, such as in Hindi: letters go on behind it.
    return _hangs_on(last) and first.isalpha() and text[before[0]].isalpha() and not _close(first)


def _hangs_on(character: str) -> bool:
    if character.isascii():
        return False
    kind = unicodedata.category(character)
    return kind[0] == "M" or character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff"


def _close(character: str) -> bool:
    return re.match(f"[{CLOSE}]", character) is not None


def apart(spans: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], int]:
    """Spans that do not overlap, in their order, the longest chosen first; how many were not."""
    kept: list[Place] = []
    chosen = []
    for one in sorted(spans, key=lambda one: (one["start"] - one["end"], one["start"])):
        at = bisect_left(kept, (one["start"], one["end"]))
        free_before = at == 0 or kept[at - 1][1] <= one["start"]
        if free_before and (at == len(kept) or one["end"] <= kept[at][0]):
            kept.insert(at, (one["start"], one["end"]))
            chosen.append(one)
    return sorted(chosen, key=lambda one: one["start"]), len(spans) - len(chosen)


def lines(text: str, spans: Sequence[Mapping[str, Any]]) -> str:
    """The text's words with their BIO tags, a tab between, and the blank line that ends them.

    A word is cut where a span begins or ends. Spans must not overlap: CoNLL has one tag a word.
    """
    edges = sorted({place for one in spans for place in (one["start"], one["end"])})
    out, open_ = [], -1
    for start, end in _cut(words(text), edges):
        over = next((n for n, s in enumerate(spans) if s["start"] <= start and end <= s["end"]), -1)
        mark = "I" if over == open_ else "B"
        tag = "O" if over < 0 else f"{mark}-{_one_word(str(spans[over]['label']))}"
        out.append(f"{text[start:end]}\t{tag}\n")
        open_ = over
    return "".join(out) + "\n"


def _cut(places: Sequence[Place], edges: Sequence[int]) -> list[Place]:
    found: list[Place] = []
    for start, end in places:
        inner = edges[bisect_left(edges, start + 1) : bisect_left(edges, end)]
        found += pairwise([start, *inner, end])
    return found


def _one_word(label: str) -> str:
    return "_".join(label.split())
