"""What changed in the guidelines from one version to the next, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

AROUND = 2  # lines that stayed, before and behind what changed
# Longer ones would keep whoever asks waiting: comparing costs the product of both.
MOST_LINES, MOST_WORDS = 1000, 1000
ALIKE = 0.5  # from this share of common words on, a line was changed rather than replaced
SAME, GONE, NEW, LEFT_OUT = "same", "gone", "new", "left-out"
_WORD = re.compile(r"[^\W\u3400-\u9fff]+|\s+|.", re.DOTALL)  # Chinese by its characters


@dataclass(frozen=True)
class Piece:
    """A stretch that stayed, went or came; or how many lines that stayed are left out here."""

    kind: str
    text: str = ""
    lines: int = 0


def difference(before: str, after: str) -> list[Piece] | None:
    """By lines, and within lines that are alike by words. None where they are too long for it."""
    old, new = _lines(before), _lines(after)
    if max(len(old), len(new)) > MOST_LINES:
        return None
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found += _stayed(old[a:b], first=a == 0, last=b == len(old) and d == len(new))
        else:
            found += _changed("".join(old[a:b]), "".join(new[c:d]))
    return found


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")] if text else []


def _stayed(lines: list[str], *, first: bool, last: bool) -> list[Piece]:
    """With only the lines next to what changed."""
    head, tail = 0 if first else AROUND, 0 if last else AROUND
    left = len(lines) - head - tail
    if left <= 1:
        return [Piece(SAME, "".join(lines))]
    pieces = [
        Piece(SAME, "".join(lines[:head])),
        Piece(LEFT_OUT, lines=left),
        Piece(SAME, "".join(lines[len(lines) - tail :])),
    ]
    return [one for one in pieces if one.text or one.lines]


def _changed(gone: str, new: str) -> list[Piece]:
    old_words, new_words = _words(gone), _words(new)
    if max(len(old_words), len(new_words)) <= MOST_WORDS:
        match = SequenceMatcher(None, old_words, new_words)
        if match.ratio() >= ALIKE:
            return list(_by_words(match, old_words, new_words))
    return [Piece(kind, text) for kind, text in ((GONE, gone), (NEW, new)) if text]


def _words(text: str) -> list[str]:
    found = _WORD.finditer(text)
    return [match[0] for match in islice(found, MOST_WORDS + 1)]


def _by_words(match: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in match.get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
            continue
        if b > a:
            yield Piece(GONE, "".join(old[a:b]))
        if d > c:
            yield Piece(NEW, "".join(new[c:d]))
