"""Texts as sets of short pieces, hashed, many at a time. Knows texts only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.repeats import normal_form

SIZE = 4  # characters of the normal form; about two of a script without blanks
CHARACTERS_A_CHUNK = 250_000

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]

_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93],
    dtype=np.uint64,
)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Shingles:
    """The pieces of some texts, one text's after the other's; `starts` says where each begins."""

    hashes: Hashes
    starts: Places  # one more than texts: the last is the end

    def owners(self) -> Places:
        """For each piece the place of its text."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def sets(self) -> Shingles:
        """Each text's pieces once, in ascending order."""
        keys = np.unique((self.owners().astype(np.uint64) << _HALF) | self.hashes)
        owners = (keys >> _HALF).astype(np.int64)
        starts = np.searchsorted(owners, np.arange(len(self.starts)))
        return Shingles(keys.astype(np.uint32), starts.astype(np.int64))


def of(forms: Sequence[str]) -> Shingles:
    """Every run of SIZE characters of each normal form, hashed to 32 bits.

    A shorter form is one piece of its own.
    """
    forms = [form.ljust(SIZE, "\0") for form in forms]
    written = "".join(forms).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(written, dtype="<u4").astype(np.uint64)
    lengths = np.fromiter(map(len, forms), dtype=np.int64, count=len(forms))
    starts = np.concatenate([[0], np.cumsum(lengths - SIZE + 1)])
    count = max(len(codes) - SIZE + 1, 0)
    mixed = np.zeros(count, dtype=np.uint64)
    for at, factor in enumerate(_FACTORS):
        mixed += codes[at : at + count] * factor
    # What begins in one text must not end in the next.
    within = np.ones(len(codes), dtype=bool)
    ends = np.cumsum(lengths)
    for back in range(1, SIZE):
        within[ends - back] = False
    return Shingles(_stirred(mixed[within[:count]]), starts)


def _stirred(mixed: NDArray[np.uint64]) -> Hashes:
    mixed = (mixed ^ (mixed >> _HALF)) * _FACTORS[3]
    mixed = (mixed ^ (mixed >> _HALF)) * _FACTORS[0]
    return (mixed >> _HALF).astype(np.uint32)


def chunks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Normal forms of texts in a row, about as many characters each time; the first's place."""
    start, forms, characters = 0, [], 0
    for at, text in enumerate(texts):
        forms.append(normal_form(text))
        characters += len(forms[-1])
        if characters >= CHARACTERS_A_CHUNK or len(forms) >= CHARACTERS_A_CHUNK // 20:
            yield start, forms
            start, forms, characters = at + 1, [], 0
    if forms:
        yield start, forms


def jaccard(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """For each pair of normal forms the share of their pieces that both have."""
    one = of([a for a, _ in pairs]).sets()
    other = of([b for _, b in pairs]).sets()
    sizes = np.diff(one.starts) + np.diff(other.starts)
    # Each text's pieces are there once, so whatever is there twice is shared.
    keys = np.concatenate([(s.owners() << 32) | s.hashes.astype(np.int64) for s in (one, other)])
    keys.sort(kind="stable")
    twice = keys[1:][keys[1:] == keys[:-1]] >> 32
    shared = np.bincount(twice, minlength=len(pairs))
    return shared / (sizes - shared)
