"""Cuts one JSON document into its elements without holding it: lists, or objects of lists.

What an element means is for others to parse; here only brackets, commas and quotes count.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from ml.reading import limits

# Everything up to the next bracket or comma that is not in a string; or up to an open string.
_SKIP = re.compile(r'(?:[^"\[\]{},]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_SKIP_DEEP = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_REST_OF_STRING = re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_LEAST = 64 * 1024


class Element(NamedTuple):
    """The text of an element; None where it is too long to hold. `whole`: it was closed."""

    text: str | None
    key: str = ""
    whole: bool = True


class _Scanner:
    """Goes from one bracket or comma to the next, and keeps what lies since the last mark."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._buffer, self._at, self._mark = file, "", 0, 0
        self._long = False

    def next(self, *, deep: bool = False) -> str:
        """The next bracket or comma (`deep`: bracket) outside of strings; "" at the end."""
        skip = (_SKIP_DEEP if deep else _SKIP).match
        while True:
            found = skip(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                if self._buffer[self._at] != '"':
                    self._at += 1
                    return self._buffer[self._at - 1]
                if self._long and not self._skip_string():
                    return ""
            if not self._fill():
                return ""

    def mark(self) -> None:
        self._mark, self._long = self._at, False

    def taken(self, *, inclusive: bool = False) -> str | None:
        """What lies between the mark and the last bracket or comma; the mark moves behind it."""
        end = self._at if inclusive else self._at - 1
        long = self._long or end - self._mark > limits.CELL_LIMIT
        text = None if long else self._buffer[self._mark : end]
        self.mark()
        return text

    def rest(self) -> str | None:
        return None if self._long else self._buffer[self._mark :]

    def _fill(self) -> bool:
        """Read on. What is longer than a row may be is let go of."""
        if len(self._buffer) - self._mark > limits.CELL_LIMIT:
            self._long = True
        start = self._at if self._long else self._mark
        kept = self._buffer[start:]
        more = self._file.read(max(_LEAST, min(len(kept), limits.MEGABYTE)))
        self._buffer, self._at, self._mark = kept + more, self._at - start, 0
        return bool(more)

    def _skip_string(self) -> bool:
        """Pass over a string that is longer than anything we keep. False at the end."""
        self._buffer, self._at = self._buffer[self._at + 1 :], 0
        while not (end := _REST_OF_STRING.match(self._buffer)):
            backslashes = len(self._buffer) - len(self._buffer.rstrip("\\"))
            more = self._file.read(limits.MEGABYTE)
            if not more:
                return False
            self._buffer = "\\" * (backslashes % 2) + more
        self._at = end.end()
        return True


def elements(file: TextIO, shape: str) -> Iterator[Element]:
    """By shape: `list` and `lists` (within an object) give their elements, `members` the members
    of an object as `"key": value`, `values` documents that stand one after another."""
    scan = _Scanner(file)
    if shape == "values":
        yield from _values(scan)
    elif scan.next():
        scan.mark()
        yield from _lists(scan) if shape == "lists" else _members(scan)


def _members(scan: _Scanner, key: str = "") -> Iterator[Element]:
    """The elements up to the bracket that closes."""
    depth = 1
    while char := scan.next(deep=depth > 1):
        if char in "[{":
            depth += 1
            continue
        if char != ",":
            depth -= 1
        if depth == 0 or (char == "," and depth == 1):
            text = scan.taken()
            if text is None or text.strip():
                yield Element(text, key)
        if depth == 0:
            return
    yield Element(scan.rest(), key, whole=False)


def _lists(scan: _Scanner) -> Iterator[Element]:
    """Of an object: the elements of each of its lists that holds objects."""
    depth = 1
    while char := scan.next(deep=depth > 1):
        if char == "[" and depth == 1:
            key = (scan.taken() or "").strip().rstrip(":").strip().strip('"')
            yield from _objects(scan, key)
            continue
        depth += {"[": 1, "{": 1, "]": -1, "}": -1, ",": 0}[char]
        if depth == 0:
            return
        if depth == 1:
            scan.mark()
    yield Element(scan.rest(), whole=False)


def _objects(scan: _Scanner, key: str) -> Iterator[Element]:
    wanted = None
    for element in _members(scan, key):
        if wanted is None:
            wanted = element.text is None or element.text.lstrip().startswith("{")
        if wanted:
            yield element


def _values(scan: _Scanner) -> Iterator[Element]:
    depth = 0
    while char := scan.next(deep=depth > 0):
        if char in "[{":
            depth += 1
        elif char != ",":
            depth -= 1
        if depth <= 0:
            yield Element(scan.taken(inclusive=True))
            depth = 0
    rest = scan.rest()
    if rest is None or rest.strip():
        yield Element(rest, whole=False)
