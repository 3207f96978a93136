"""Which texts nearly repeat each other, among up to a million. Knows texts and vectors only."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import shingles
from ml.repeats import normal_form
from ml.shingles import Shingles

ALIKE = 0.8  # Jaccard similarity of the pieces
MEANT_ALIKE = 0.95  # cosine of the vectors
MOST_VECTORS = 100_000  # rows; beyond, each with each takes longer than a minute or two

BANDS, ROWS = 21, 6  # two texts that are 0.8 alike meet in a band in 998 of 1,000 cases
MARGIN = 0.1  # how far below the truth an estimate may lie: three standard deviations
NEIGHBOURS = 3  # of a crowded band, beside its first: what keeps the work linear
MOST_REFUSED = 300_000  # pairs that are remembered, so that they are not compared again
TRIES = 10  # full comparisons in vain, a text: where all are of one mould, there is no end of them
ESTIMATES_A_CHUNK, PAIRS_A_CHUNK = 100_000, 2_000
ROWS_A_BLOCK, COLUMNS_A_BLOCK = 500, 8_192

Places = NDArray[np.int64]
Small = NDArray[np.int32]  # of all texts: half the size
Meanwhile = Callable[[], None]


def _nothing() -> None:
    """What happens meanwhile, unless a caller says otherwise."""


def groups(
    texts: Sequence[str],
    *,
    at_least: float = ALIKE,
    meanwhile: Meanwhile = _nothing,
    aside: Path | None = None,
) -> list[list[int]]:
    """Places of texts that nearly repeat each other, two or more a group, in order.

    Alike are two texts whose normal forms share `at_least` of their pieces of four characters
    (Jaccard); a group is what such pairs connect. Candidates are found by MinHash and banding
    (Broder 1997; Leskovec, Rajaraman and Ullman, ch. 3) and compared in full, so what is found is
    right, and some may be missed. Takes about 200 bytes of memory a text, and 84 on disk in the
    folder `aside`. `meanwhile` is called several times a second: it may wait, or raise to stop.
    """
    with _Bands(aside) as bands:
        sketch = _Sketch(texts, bands, meanwhile)
        joined = _Joined(len(sketch.firsts))
        for band in range(BANDS):
            meanwhile()
            for pairs in _candidates(bands.of(band)):
                for _ in _join(texts, sketch, joined, pairs, at_least):
                    meanwhile()
    return _listed(joined.roots()[sketch.of_text])


def similarity(one: str, other: str) -> float:
    """The share of their pieces that two texts have in common, 0 to 1."""
    return float(shingles.jaccard([(normal_form(one), normal_form(other))])[0])


class _Bands:
    """Each text's key in each band: one is looked at at a time, so they wait on disk."""

    def __init__(self, folder: Path | None) -> None:
        self._stack = ExitStack()
        self._files = [
            self._stack.enter_context(TemporaryFile(dir=folder))  # noqa: SIM115
            for _ in range(BANDS)
        ]

    def __enter__(self) -> _Bands:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, keys: NDArray[np.uint32]) -> None:
        """keys: (texts, BANDS)."""
        for file, column in zip(self._files, keys.T, strict=True):
            file.write(column.tobytes())

    def of(self, band: int) -> NDArray[np.uint32]:
        """Of all texts."""
        file = self._files[band]
        file.seek(0)
        return np.frombuffer(file.read(), dtype=np.uint32)


class _Sketch:
    """What is kept of each different normal form: a byte of each minimum.

    A byte is enough to refuse most of what only met by chance (b-bit MinHash: Li and König 2010).
    """

    def __init__(self, texts: Sequence[str], bands: _Bands, meanwhile: Meanwhile) -> None:
        forms = np.zeros(len(texts), dtype=np.int64)
        for start, chunk in shingles.chunks(texts):
            forms[start : start + len(chunk)] = np.fromiter(map(hash, chunk), dtype=np.int64)
            meanwhile()
        _, firsts, of_text = np.unique(forms, return_index=True, return_inverse=True)
        del forms
        order = np.argsort(firsts).astype(np.int32)
        self.firsts: Small = firsts[order].astype(np.int32)  # for each form the first with it
        self.of_text: Small = np.argsort(order).astype(np.int32)[of_text]  # for each text its form
        del firsts, of_text, order
        self.bytes = np.zeros((len(self.firsts), BANDS * ROWS), dtype=np.uint8)
        different = _Chosen(texts, self.firsts)
        for start, chunk in shingles.chunks(different):
            minima = _minima(shingles.of(chunk))
            self.bytes[start : start + len(chunk)] = minima.astype(np.uint8)
            bands.add(_keys(minima))
            meanwhile()

    def form(self, texts: Sequence[str], at: int) -> str:
        """The normal form at that place."""
        return normal_form(texts[self.firsts[at]])

    def estimates(self, pairs: Places) -> NDArray[np.float64]:
        """About how alike the forms of each pair are."""
        same = (self.bytes[pairs[:, 0]] == self.bytes[pairs[:, 1]]).mean(axis=1)
        return (same - 1 / 256) / (1 - 1 / 256)


class _Chosen(Sequence[str]):
    """Some of the texts, without a copy of them."""

    def __init__(self, texts: Sequence[str], places: Small) -> None:
        self._texts, self._places = texts, places

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        return self._texts[self._places[at]]


def _minima(pieces: Shingles) -> NDArray[np.uint32]:
    """(texts, BANDS · ROWS): the least hash of each text's pieces under each permutation."""
    draw = np.random.Generator(np.random.PCG64(7))
    odd = draw.integers(0, 1 << 32, size=BANDS * ROWS, dtype=np.uint32) | np.uint32(1)
    flips = draw.integers(0, 1 << 32, size=BANDS * ROWS, dtype=np.uint32)
    minima = np.empty((BANDS * ROWS, len(pieces.starts) - 1), dtype=np.uint32)
    for at, (factor, flip) in enumerate(zip(odd, flips, strict=True)):
        minima[at] = np.minimum.reduceat((pieces.hashes ^ flip) * factor, pieces.starts[:-1])
    return minima.T


def _keys(minima: NDArray[np.uint32]) -> NDArray[np.uint32]:
    keys = np.zeros((len(minima), BANDS), dtype=np.uint64)
    for row in range(ROWS):
        keys = (keys ^ minima[:, row::ROWS]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    return (keys >> np.uint64(32)).astype(np.uint32)


def _candidates(keys: NDArray[np.uint32]) -> Iterator[Places]:
    """Pairs that share a key: each with the first that has it and the few before itself.

    Not each with each: a band of a hundred thousand must not make billions of pairs.
    """
    order = np.argsort(keys, kind="stable").astype(np.int32)
    ordered = keys[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]).astype(np.int32)
    first = np.repeat(begins, np.diff(np.r_[begins, len(keys)]))
    del ordered, begins
    later = np.flatnonzero(first < np.arange(len(keys), dtype=np.int32)).astype(np.int32)
    yield from _paired(order, first[later], later)
    for back in range(1, NEIGHBOURS + 1):
        later = later[later - back > first[later]]
        yield from _paired(order, later - back, later)


def _paired(order: Small, ones: Small, others: Small) -> Iterator[Places]:
    for at in range(0, len(ones), ESTIMATES_A_CHUNK):
        some = slice(at, at + ESTIMATES_A_CHUNK)
        pairs = np.stack([order[ones[some]], order[others[some]]], axis=1)
        yield pairs.astype(np.int64)


def _join(
    texts: Sequence[str], sketch: _Sketch, joined: _Joined, pairs: Places, at_least: float
) -> Iterator[None]:
    """Join what is alike, the most promising pairs first. Yields a few times a second."""
    promising = _promising(sketch, joined, pairs, at_least)
    for at in range(0, len(promising), PAIRS_A_CHUNK):
        for asked, forms in _read(texts, sketch, joined, promising[at : at + PAIRS_A_CHUNK]):
            for (a, b), alike in zip(asked, shingles.jaccard(forms), strict=True):
                joined.join(a, b) if alike >= at_least else joined.refuse(a, b)
            yield
    yield


def _read(
    texts: Sequence[str], sketch: _Sketch, joined: _Joined, pairs: Places
) -> Iterator[tuple[list[tuple[int, int]], list[tuple[str, str]]]]:
    """Pairs and their forms, so many that their characters are not too many at once."""
    asked: list[tuple[int, int]] = []
    forms: list[tuple[str, str]] = []
    characters = 0
    for a, b in joined.open(pairs):
        if joined.root(a) == joined.root(b):
            continue  # joined by those before, where texts are long
        asked.append((a, b))
        forms.append((sketch.form(texts, a), sketch.form(texts, b)))
        characters += len(forms[-1][0]) + len(forms[-1][1])
        if characters >= shingles.CHARACTERS_A_CHUNK:
            yield asked, forms
            asked, forms, characters = [], [], 0
    if asked:
        yield asked, forms


def _promising(sketch: _Sketch, joined: _Joined, pairs: Places, at_least: float) -> Places:
    open_ones = joined.apart(pairs)
    estimates = sketch.estimates(open_ones)
    kept = np.flatnonzero(estimates >= at_least - MARGIN)
    return open_ones[kept[np.argsort(-estimates[kept], kind="stable")]]


class _Joined:
    """Which forms belong together (union-find), and which pairs were found not to be alike."""

    def __init__(self, count: int) -> None:
        self._parents = array("i", range(count))
        self._tries = np.zeros(count, dtype=np.uint8)
        self._refused: Places = np.zeros(0, dtype=np.int64)
        self._fresh: list[int] = []

    def root(self, one: int) -> int:
        parents = self._parents
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    def roots(self) -> Small:
        """For each its root, all at once."""
        found = np.array(self._parents, dtype=np.int32)
        while len(found) and not np.array_equal(further := found[found], found):
            found = further
        return found

    def join(self, one: int, other: int) -> None:
        """The earlier of the two roots stays."""
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low

    def refuse(self, one: int, other: int) -> None:
        self._tries[other] += 1
        self._fresh.append(one << 32 | other)

    def apart(self, pairs: Places) -> Places:
        """Those pairs that are still to be looked at."""
        roots = self.roots()
        if self._fresh:
            self._refused = np.union1d(self._refused, np.array(self._fresh, dtype=np.int64))
            self._refused = self._refused[-MOST_REFUSED:]
            self._fresh.clear()
        pairs = pairs[roots[pairs[:, 0]] != roots[pairs[:, 1]]]
        return pairs[~np.isin(pairs[:, 0] << 32 | pairs[:, 1], self._refused)]

    def open(self, pairs: Places) -> list[tuple[int, int]]:
        """Those not joined by now, unless one of them was compared in vain often enough."""
        few = self._tries[pairs[:, 1]] < TRIES
        return [(a, b) for a, b in pairs[few].tolist() if self.root(a) != self.root(b)]


def _listed(labels: Small) -> list[list[int]]:
    order = np.argsort(labels, kind="stable").astype(np.int32)
    begins = np.flatnonzero(np.r_[True, np.diff(labels[order]) != 0][: len(order)])
    ends = np.r_[begins[1:], len(order)]
    several = ends - begins > 1
    bounds = zip(begins[several].tolist(), ends[several].tolist(), strict=True)
    return [order[begin:end].tolist() for begin, end in bounds]


@dataclass(frozen=True)
class Meant:
    """Pairs of places that mean alike, with their cosine; `looked` is False if there are too many
    rows to compare each with each."""

    pairs: list[tuple[int, int, float]]
    looked: bool


def meant_alike(
    vectors: NDArray[np.float32] | NDArray[np.float16],
    *,
    at_least: float = MEANT_ALIKE,
    meanwhile: Meanwhile = _nothing,
) -> Meant:
    """Each row's most similar earlier row, if their cosine is `at_least` so much.

    vectors: (rows, dimensions), each of length 1; of many, halves take half the memory. Exact, for
    at most MOST_VECTORS rows; at most one pair a row, so that a thousand copies are not a million
    pairs. A block is compared with a block, so nothing else is ever large.
    """
    if len(vectors) > MOST_VECTORS:
        return Meant([], looked=False)
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(vectors), ROWS_A_BLOCK):
        best, values = _most_alike(vectors, start, meanwhile)
        for row in np.flatnonzero(values >= at_least).tolist():
            pairs.append((int(best[row]), start + row, float(values[row])))
    return Meant(pairs, looked=True)


def _most_alike(
    vectors: NDArray[Any], start: int, meanwhile: Meanwhile
) -> tuple[Places, NDArray[np.float32]]:
    """For each row of a block the most similar earlier row, and their cosine."""
    rows = np.arange(start, min(start + ROWS_A_BLOCK, len(vectors)))
    block = vectors[rows].astype(np.float32)
    best = np.zeros(len(rows), dtype=np.int64)
    values = np.full(len(rows), -1, dtype=np.float32)
    for left in range(0, int(rows[-1]) + 1, COLUMNS_A_BLOCK):
        others = np.arange(left, min(left + COLUMNS_A_BLOCK, int(rows[-1]) + 1))
        cosines = block @ vectors[others].astype(np.float32).T
        if others[-1] >= start:
            cosines[others[None, :] >= rows[:, None]] = -1
        found = cosines.argmax(axis=1)
        here = cosines[np.arange(len(rows)), found]
        nearer = here > values
        best[nearer], values[nearer] = others[found[nearer]], here[nearer]
        meanwhile()
    return best, values
