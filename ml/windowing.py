"""Texts of any length as windows of tokens that a model can read, every word with its tokens.

Knows no torch. Nothing is cut off: a long text is read in windows that overlap, and each word is
answered by the window in which it has most around it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import passages
from ml.passages import Place
from ml.tokenizing import by_length, plain

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Read = Callable[[Ids, Ids], Floats]  # token ids and mask → (rows, tokens, outputs)

BLANK = "▁"  # which SentencePiece puts before every word, be there a blank or not
PIECES = 8  # tokens of a word that are looked at, the first ones
OVERLAP = 4  # a window shares one in so many of its tokens with the next


@dataclass(frozen=True)
class Marked:
    """A text's words, and one row of logits each."""

    places: tuple[Place, ...]
    logits: Floats


@dataclass(frozen=True)
class Window:
    """A stretch of words as tokens. It answers for the words from `first` up to `last`."""

    text: int
    ids: list[int]
    words: list[int]  # of each token the place of its word in the text; -1 for a special one
    first: int
    last: int


class Words:
    """A base model's tokenizer, asked word by word."""

    def __init__(self, file: Path, settings: dict[str, Any]) -> None:
        from tokenizers import Tokenizer

        self.settings = settings
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._lock = threading.Lock()  # one tokenizer must not be used by two threads at once
        self._before, self._after = self._frame()
        self._room = settings["max_length"] - len(self._before) - len(self._after)

    def marked(self, texts: Sequence[str], read: Read, *, tokens: int, rows: int) -> list[Marked]:
        """Each text's words with the mean of the logits of their tokens."""
        places, windows = self.windows(texts)
        logits: list[Floats | None] = [None] * len(texts)
        ids = [one.ids for one in windows]
        for batch in by_length(ids, tokens=tokens, rows=rows):
            answered = read(*self.padded([ids[at] for at in batch]))
            for at, row in zip(batch, answered, strict=True):
                one = windows[at]
                if logits[one.text] is None:
                    shape = (len(places[one.text]), row.shape[1])
                    logits[one.text] = np.zeros(shape, dtype=np.float32)
                _put(logits[one.text], one, row)
        none = np.zeros((0, self.settings["width"]), dtype=np.float32)
        return [
            Marked(where, none if said is None else said)
            for where, said in zip(places, logits, strict=True)
        ]

    def windows(self, texts: Sequence[str]) -> tuple[list[tuple[Place, ...]], list[Window]]:
        """The words of each text that have tokens, and the windows to read them in."""
        cut = [passages.words(text) for text in texts]
        ids = self._ids(texts, cut)
        places = [
            tuple(where for where, one in zip(some, found, strict=True) if one)
            for some, found in zip(cut, ids, strict=True)
        ]
        windows = []
        for text, found in enumerate(ids):
            windows += self._cut(text, [one for one in found if one])
        return places, windows

    def padded(self, ids: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
        """Token ids as one array, and the mask of what is not padding."""
        width = max(map(len, ids), default=1)
        padded = np.full((len(ids), width), self.settings["pad"], dtype=np.int64)
        mask = np.zeros_like(padded)
        for at, row in enumerate(ids):
            padded[at, : len(row)], mask[at, : len(row)] = row, 1
        return padded, mask

    def save(self, file: Path) -> None:
        """The tokenizer as one JSON file."""
        self._tokenizer.save(str(file))

    def _frame(self) -> tuple[list[int], list[int]]:
        """What stands before and after every window: special tokens, and the model's prefix."""
        bare = self._tokenizer.encode("a", add_special_tokens=False).ids
        whole = self._tokenizer.encode("a").ids
        at = next((n for n in range(len(whole)) if whole[n : n + len(bare)] == bare), 0)
        prefix = self.settings["prefix"]
        said = self._tokenizer.encode(prefix, add_special_tokens=False).ids if prefix else []
        return whole[:at] + said, whole[at + len(bare) :]

    def _ids(self, texts: Sequence[str], cut: Sequence[Sequence[Place]]) -> list[list[list[int]]]:
        """Of each word its tokens. A blank before it belongs to it, as most tokenizers have it."""
        pieces = [
            [_piece(text, start, end) for start, end in some]
            for text, some in zip(texts, cut, strict=True)
        ]
        different = list(dict.fromkeys(piece for some in pieces for piece in some))
        with self._lock:
            read = self._tokenizer.encode_batch_fast(different, add_special_tokens=False)
        most = max(1, min(PIECES, self._room))
        blank = self._tokenizer.token_to_id(BLANK)
        known = {
            piece: _without(blank, piece, one.ids)[:most]
            for piece, one in zip(different, read, strict=True)
        }
        return [[known[piece] for piece in some] for some in pieces]

    def _cut(self, text: int, words: list[list[int]]) -> list[Window]:
        """Windows as long as the model reads, each beginning within the one before."""
        ends = np.cumsum([len(one) for one in words]).tolist()
        bounds = _bounds(ends, room=max(1, self._room))
        middles = [(later + end) // 2 for (_, end), (later, _) in zip(bounds, bounds[1:])]  # noqa: B905, RUF007
        homes = zip([0, *middles], [*middles, len(words)], strict=True) if bounds else []
        found = []
        for (begin, end), (first, last) in zip(bounds, homes, strict=True):
            ids = [token for word in words[begin:end] for token in word]
            of = [at for at in range(begin, end) for _ in words[at]]
            found.append(Window(
                text, [*self._before, *ids, *self._after],
                [-1] * len(self._before) + of + [-1] * len(self._after), first, last,
            ))  # fmt: skip
        return found


def _bounds(ends: list[int], *, room: int) -> list[Place]:
    """(first word, word behind the last) of each window; ends are running sums of tokens."""
    found: list[Place] = []
    begin, count = 0, len(ends)
    while begin < count:
        used = ends[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, used + room, side="right")))
        found.append((begin, end))
        if end >= count:
            break
        shared = int(np.searchsorted(ends, ends[end - 1] - room // OVERLAP, side="left")) + 1
        begin = max(begin + 1, min(shared, end))
    return found


def _put(logits: Any, window: Window, row: Floats) -> None:
    """The means of the window's own words into the rows of their text."""
    words = np.array(window.words)
    own = (words >= window.first) & (words < window.last)
    at, rows = words[own] - window.first, row[: len(words)][own]
    sums = np.zeros((window.last - window.first, row.shape[1]), dtype=np.float64)
    np.add.at(sums, at, rows)
    counts = np.bincount(at, minlength=len(sums))[:, None]
    logits[window.first : window.last] = sums / np.maximum(counts, 1)


def _without(blank: int | None, piece: str, ids: list[int]) -> list[int]:
    """The tokens without one for a blank that is not there: it would double a Chinese text."""
    needless = len(ids) > 1 and ids[0] == blank and not piece.startswith(" ")
    return ids[1:] if needless else ids


def _piece(text: str, start: int, end: int) -> str:
    blank = start > 0 and text[start - 1].isspace()
    return plain((" " if blank else "") + text[start:end])
