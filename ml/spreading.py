"""Many dimensions to two: a map on which what is near stays near. Knows vectors only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Meanwhile = Callable[[], None]

LANDMARKS = 2_000  # rows that t-SNE places itself
PLAIN = 50  # dimensions after the principal components
NEAREST = 5
PERPLEXITY = 30.0
STEPS = 500
EDGE, JITTER = 0.02, 0.004  # of the map's width
ROWS_A_BLOCK = 5_000


@dataclass(frozen=True)
class Landmarks:
    """What places further rows without a new fit. Saved as an npz of four arrays."""

    mean: Floats  # (dimensions,)
    axes: Floats  # (dimensions, plain): principal components
    plain: Floats  # (landmarks, plain): the landmarks on these axes
    places: Floats  # (landmarks, 2), 0 to 1

    def save(self, file: Path) -> None:
        with file.open("wb") as out:
            np.savez(out, mean=self.mean, axes=self.axes, plain=self.plain, places=self.places)

    @classmethod
    def load(cls, file: Path) -> Landmarks:
        """Raises OSError, ValueError or KeyError if the file is not one of ours."""
        with np.load(file, allow_pickle=False) as kept:
            return cls(kept["mean"], kept["axes"], kept["plain"], kept["places"])


def spread(
    vectors: Floats, *, seed: int = 0, meanwhile: Meanwhile | None = None
) -> tuple[Floats, Landmarks]:
    """(rows, dimensions) to (rows, 2) in 0 to 1, and what places later rows; always the same.

    Principal components, then t-SNE (van der Maaten and Hinton 2008; Barnes-Hut: van der Maaten
    2014) of at most 2,000 landmarks drawn at random, started from the first two components (Kobak
    and Berens 2019); the other rows go between their nearest landmarks, as `place` does it.
    `meanwhile` is called between blocks; t-SNE itself takes some seconds without a call.
    """
    count = len(vectors)
    draw = np.random.Generator(np.random.PCG64(seed))
    chosen = np.sort(draw.permutation(count)[:LANDMARKS])
    mean, axes = _components(vectors, meanwhile)
    plain = _on_axes(vectors[chosen], mean, axes)
    landmarks = Landmarks(mean, axes, plain, _framed(_embedded(plain, seed)))
    places = place(vectors, landmarks, meanwhile=meanwhile)
    places[chosen] = landmarks.places
    return places, landmarks


def place(vectors: Floats, landmarks: Landmarks, *, meanwhile: Meanwhile | None = None) -> Floats:
    """(rows, dimensions) to (rows, 2): the mean of the nearest landmarks' places, the nearer the
    weightier, and a hair beside it, so that rows of one text apiece do not hide each other."""
    places = np.full((len(vectors), 2), 0.5, dtype=np.float32)
    if len(landmarks.plain) == 0:
        return places
    nearest = min(NEAREST, len(landmarks.plain))
    squares = (landmarks.plain**2).sum(axis=1)
    for start in range(0, len(vectors), ROWS_A_BLOCK):
        block = vectors[start : start + ROWS_A_BLOCK]
        rows = _on_axes(block, landmarks.mean, landmarks.axes)
        distances = squares - 2 * rows @ landmarks.plain.T  # and the row's own square
        near = np.argpartition(distances, nearest - 1, axis=1)[:, :nearest]
        found = np.take_along_axis(distances, near, axis=1) + (rows**2).sum(axis=1, keepdims=True)
        weights = 1 / (np.maximum(found, 0) + 1e-4)
        weights /= weights.sum(axis=1, keepdims=True)
        middle = (weights[:, :, None] * landmarks.places[near]).sum(axis=1)
        places[start : start + len(rows)] = middle + _jitter(rows)
        if meanwhile is not None:
            meanwhile()
    return np.clip(places, 0, 1)


def _components(vectors: Floats, meanwhile: Meanwhile | None) -> tuple[Floats, Floats]:
    """The mean, and the axes on which the rows differ most, by the covariance of all rows."""
    count, width = vectors.shape
    mean = vectors.mean(axis=0) if count else np.zeros(width, dtype=np.float32)
    covariance = np.zeros((width, width))
    for start in range(0, count, ROWS_A_BLOCK):
        block = vectors[start : start + ROWS_A_BLOCK] - mean
        covariance += block.T @ block
        if meanwhile is not None:
            meanwhile()
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :PLAIN]
    # An axis has two directions: take the one in which its largest weight is positive.
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return mean, (axes * np.where(largest < 0, -1, 1)).astype(np.float32)


def _on_axes(rows: Floats, mean: Floats, axes: Floats) -> Floats:
    return np.asarray((rows - mean) @ axes, dtype=np.float32)


def _embedded(plain: Floats, seed: int) -> Floats:
    """Landmarks in two dimensions, in units of t-SNE."""
    first = plain[:, :2]
    scale = float(first[:, 0].std()) if len(first) else 0.0
    if len(plain) < 5 or scale == 0:
        return first
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    fit = TSNE(
        perplexity=min(PERPLEXITY, (len(plain) - 1) / 3),
        init=(first / scale * 1e-4).astype(np.float32),
        max_iter=STEPS,
        learning_rate="auto",
        random_state=seed,
        n_jobs=1,
    )
    with threadpool_limits(1):  # sums of several threads differ in the last digit
        return np.asarray(fit.fit_transform(plain), dtype=np.float32)


def _framed(places: Floats) -> Floats:
    """Brought to 0 to 1, with an edge, both axes by the same measure."""
    if len(places) == 0:
        return np.zeros((0, 2), dtype=np.float32)
    low, high = places.min(axis=0), places.max(axis=0)
    size = float((high - low).max()) or 1.0
    middle = (low + high) / 2
    return ((places - middle) / size * (1 - 2 * EDGE) + 0.5).astype(np.float32)


def _jitter(rows: Floats) -> Floats:
    """(rows, 2): a small step that depends on the row alone."""
    draw = np.random.Generator(np.random.PCG64(1))
    turned = rows @ draw.standard_normal((rows.shape[1], 2)).astype(np.float32)
    # There and back rather than round and round: rows that nearly agree step alike.
    return ((np.abs(turned * 1e3 % 2 - 1) - 0.5) * 2 * JITTER).astype(np.float32)
