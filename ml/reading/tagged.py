"""CoNLL files: a token and its tag on each line, a blank line between sentences.

A sentence becomes `text` and `spans`; tags are BIO, IOBES or BILOU.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from ml.reading import limits
from ml.reading.answered import span
from ml.reading.found import Detected, Problem, Row, problem
from ml.reading.opening import Source

COLUMNS = ["text", "spans"]
NAMES = (".conll", ".bio", ".iob", ".iob2", ".iobes", ".conll03", ".conll2003")
_TAG = re.compile(r"O|[BIESLU]-\S+")
_PASSED = ("-DOCSTART-", "# ")
_FITS = 0.95
# Han, kana, and their punctuation: written without blanks.
_CLOSE = re.compile(r"[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")

_TOKEN_SIZE = 64  # what a short one costs beside its characters

Token = tuple[str, str]


def looks(text: str, name: str) -> bool:
    """Nearly every line ends with a tag, and some sentence ends."""
    lines = text.lstrip("\ufeff").splitlines()[:400]
    said = [line.split() for line in lines if line.strip() and not line.startswith(_PASSED)]
    tagged = [one for one in said if len(one) > 1 and _TAG.fullmatch(one[-1])]
    begun = any(one[-1] != "O" for one in tagged)
    sure = name.lower().endswith(NAMES) or (begun and len(said) > 1)
    return bool(tagged) and sure and len(tagged) >= _FITS * len(said)


def detect(encoding: str) -> Detected:
    return Detected("conll", encoding, None, COLUMNS, header=False)


def rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    number = 0
    with source.text(found.encoding) as file:
        for tokens in _sentences(iter(lambda: file.readline(limits.CELL_LIMIT + 1), "")):
            number += 1
            if tokens is None:
                yield problem(number, "row-long", most=f"{limits.CELL_LIMIT:,}")
            elif any(not tag for _, tag in tokens):
                yield problem(number, "row-tags")
            else:
                yield Row(number, joined(tokens))


def _sentences(lines: Iterable[str]) -> Iterator[list[Token] | None]:
    """The tokens up to each blank line; None where they are too many to hold."""
    tokens: list[Token] = []
    held = 0
    for line in chain(lines, ["\n"]):
        if line.startswith(_PASSED):
            continue
        if line.strip():
            held += len(line) + _TOKEN_SIZE
            if held <= limits.CELL_LIMIT:
                tokens.append(_token(line))
            continue
        if held:
            yield tokens if held <= limits.CELL_LIMIT else None
        tokens, held = [], 0


def _token(line: str) -> Token:
    """The first column and the last; without a tag where there is but one."""
    parts = line.strip("\r\n").split("\t") if "\t" in line else line.split()
    return parts[0], parts[-1] if len(parts) > 1 else ""


def joined(tokens: list[Token]) -> dict[str, Any]:
    """The text with a blank between tokens, where their script has blanks; and its spans."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length, before, open_ = 0, "", ""
    for token, tag in tokens:
        if not token:
            continue
        if before and not (_CLOSE.match(before[-1]) or _CLOSE.match(token[:1])):
            pieces.append(" ")
            length += 1
        start, length = length, length + len(token)
        pieces.append(token)
        mark, _, label = tag.partition("-")
        if not label:
            open_ = ""
        elif mark in ("I", "E", "L") and open_ == label:
            spans[-1] = (spans[-1][0], length, label)
        else:
            spans.append((start, length, label))
        open_ = "" if mark in ("E", "L", "S", "U") else label
        before = token
    text = "".join(pieces)
    return {"text": text, "spans": [span(text, *one) for one in spans]}
