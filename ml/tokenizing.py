"""Texts to token ids, the same way in training and in serving. Knows no torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

# No more of a text is looked at: tokens are shorter, and a book takes seconds to cut up.
CHARACTERS_A_TOKEN = 32


class Tokens:
    """A base model's tokenizer with the settings that belong to it."""

    def __init__(self, file: Path, *, max_length: int, prefix: str = "", pad: int = 0) -> None:
        from tokenizers import Tokenizer

        self.max_length, self.prefix, self.pad = max_length, prefix, pad
        self._tokenizer = Tokenizer.from_file(str(file))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length)
        # One tokenizer must not be used by two threads at once.
        self._lock = threading.Lock()

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, cut to the length that the model reads."""
        longest = self.max_length * CHARACTERS_A_TOKEN
        with self._lock:
            read = self._tokenizer.encode_batch_fast(
                [plain(self.prefix + text[:longest]) for text in texts]
            )
        return [one.ids for one in read]

    def padded(self, ids: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
        """Token ids as one array, and the mask of what is not padding."""
        width = max((len(row) for row in ids), default=1)
        padded = np.full((len(ids), max(width, 1)), self.pad, dtype=np.int64)
        mask = np.zeros_like(padded)
        for at, row in enumerate(ids):
            padded[at, : len(row)] = row
            mask[at, : len(row)] = 1
        return padded, mask

    def unread(self, texts: Sequence[str]) -> float:
        """The share of letters and digits that the tokenizer has no token for."""
        with self._lock:
            read = self._tokenizer.encode_batch([plain(text) for text in texts])
        unknown = self._unknown()
        missed = total = 0
        for text, one in zip(texts, read, strict=True):
            end = max((span[1] for span in one.offsets), default=0)
            total += _written(text[:end])
            spans = (s for i, s in zip(one.ids, one.offsets, strict=True) if i == unknown)
            missed += sum(_written(text[start:stop]) for start, stop in spans)
        return missed / total if total else 0.0

    def save(self, file: Path) -> None:
        """The tokenizer as one JSON file."""
        self._tokenizer.save(str(file))

    def _unknown(self) -> int | None:
        model = self._tokenizer.model
        name = getattr(model, "unk_token", None) or "<unk>"
        return self._tokenizer.token_to_id(name)


def by_length(ids: Sequence[Sequence[int]], *, tokens: int, rows: int) -> list[list[int]]:
    """Places of texts of about the same length, in batches of at most that many tokens."""
    batches: list[list[int]] = []
    for place in sorted(range(len(ids)), key=lambda at: len(ids[at])):
        room = batches and len(batches[-1]) < rows
        if room and (len(batches[-1]) + 1) * len(ids[place]) <= tokens:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def plain(text: str) -> str:
    # A lone surrogate, which JSON can carry, is no character that a tokenizer takes.
    return text.encode("utf-8", "replace").decode("utf-8")


def _written(text: str) -> int:
    return sum(character.isalnum() for character in text)
