"""Which examples are worth a person's time next: those a model is torn about, and no two alike.

Plain arrays in, places out. Vectors are rows of length 1, so that a dot product is a cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.task import Floats

Places = NDArray[np.int64]
Vectors = NDArray[np.float32]
AMONG = 10  # of so many times as are wanted, the most doubtful, those are taken that differ
FEWEST_AMONG = 50
SHARE_OF_FAR = 0.1  # unlike all that is known, whatever the model believes of them
FAR = 0.75  # a cosine distance from all that was labelled, above which it is said to be far
RARE = 0.5  # of the even share of a label, below which it is rare
TORN = 0.15  # a margin below which the two best labels are said to be torn between


@dataclass(frozen=True)
class Chosen:
    """One candidate in its turn, and why: a code with the values that its sentence shows."""

    place: int
    reason: str
    values: dict[str, Any]


def choose(
    vectors: Vectors,
    known: Vectors,
    chances: Floats | None,
    labels: Sequence[str],
    *,
    most: int,
    seed: int,
    counts: Sequence[int] = (),
    any_of: bool = False,
) -> list[Chosen]:
    """An order of at most so many of `vectors` (n, d), given what is `known` (m, d).

    chances: (n, labels) of a model, or None where there is none yet: then by how far apart they
    are alone. counts: of each label, how many were answered so. any_of: labels do not exclude each
    other. Those with the smallest margin between the two best labels (breaking ties: Luo et al.
    2005), and among these spread over the space as k-means++ spreads its centres (Arthur and
    Vassilvitskii 2007), as BADGE does with gradients (Ash et al. 2020).
    """
    if chances is None:
        return unlike(vectors, known, most=most, seed=seed)
    margins = margins_of(chances, any_of=any_of)
    told = _reasons(vectors, known, chances, margins, labels, counts, any_of=any_of)
    order = by_doubt(vectors, known, margins, most=most, seed=seed)
    return [Chosen(at, *told(at)) for at in order]


def unlike(vectors: Vectors, known: Vectors, *, most: int, seed: int) -> list[Chosen]:
    """An order by how far apart they are alone, and from what is known."""
    drawn = np.random.default_rng(seed)
    return [Chosen(int(at), "far", {}) for at in spread(vectors, known, most, drawn)]


def by_doubt(
    vectors: Vectors, known: Vectors, margins: Floats, *, most: int, seed: int
) -> list[int]:
    """An order of at most so many places: of small margins (0 torn, 1 sure), spread, and a share
    of those that are unlike all that is known."""
    drawn = np.random.default_rng(seed)
    most = min(most, len(vectors))
    far = spread(vectors, known, round(most * SHARE_OF_FAR), drawn)
    near = np.setdiff1d(np.argsort(margins, kind="stable"), far, assume_unique=False)
    near = near[np.argsort(margins[near], kind="stable")]
    doubtful = near[: max(AMONG * most, FEWEST_AMONG)]
    weights = 1.0 - margins[doubtful]
    picked = doubtful[
        spread(vectors[doubtful], known, min(most - len(far), len(doubtful)), drawn, weights)
    ]
    return _interleaved(picked, far)


def margins_of(chances: Floats, *, any_of: bool) -> Floats:
    """From 0, torn, to 1, sure. Where labels do not exclude each other: of the least sure one."""
    if any_of or chances.shape[1] < 2:
        return np.asarray(np.abs(chances - 0.5).min(axis=1) * 2)
    two = np.sort(chances, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


def spread(
    vectors: Vectors,
    known: Vectors,
    count: int,
    drawn: np.random.Generator,
    weights: Floats | None = None,
) -> Places:
    """Places drawn one by one, each likelier the further it is from all that is known or drawn.

    By the square of the distance, times its weight. (count,) of `vectors` (n, d).
    """
    count = min(count, len(vectors))
    weight = np.ones(len(vectors)) if weights is None else weights.astype(np.float64).copy()
    distance = _distances(vectors, known)
    out = np.empty(count, dtype=np.int64)
    for turn in range(count):
        share = distance**2 * weight
        total = share.sum()
        if total <= 0:  # all that is left repeats what was taken
            share, total = (weight > 0).astype(np.float64), float((weight > 0).sum())
        at = int(drawn.choice(len(vectors), p=share / total))
        out[turn], weight[at] = at, 0.0
        distance = np.minimum(distance, np.clip(1 - vectors @ vectors[at], 0, 2))
    return out


def is_far(vectors: Vectors, known: Vectors) -> NDArray[np.bool_]:
    """Which are unlike all that is known."""
    return _distances(vectors, known) > FAR


def _distances(vectors: Vectors, known: Vectors) -> NDArray[np.float64]:
    """To the nearest that is known, as 1 - cosine; all alike where nothing is."""
    if not len(known):
        return np.ones(len(vectors))
    nearest = np.full(len(vectors), -1.0)
    for begin in range(0, len(known), 1000):  # bounds the memory
        nearest = np.maximum(nearest, (vectors @ known[begin : begin + 1000].T).max(axis=1))
    return np.clip(1 - nearest, 0, 2)


def _interleaved(first: Places, second: Places) -> list[int]:
    """The second ones evenly among the first, so that the head of the order has both."""
    keys = [(at + 1) / (len(first) + 1) for at in range(len(first))]
    others = [(at + 1) / (len(second) + 1) for at in range(len(second))]
    both = [*zip(keys, first, strict=True), *zip(others, second, strict=True)]
    return [int(place) for _, place in sorted(both, key=lambda pair: pair[0])]


def _reasons(
    vectors: Vectors,
    known: Vectors,
    chances: Floats,
    margins: Floats,
    labels: Sequence[str],
    counts: Sequence[int],
    *,
    any_of: bool,
) -> Any:
    distances = _distances(vectors, known)
    even = sum(counts) / len(counts) if counts else 0

    def told(at: int) -> tuple[str, dict[str, Any]]:
        best, *others = np.argsort(-chances[at])
        percents = [round(100 * float(chances[at][one])) for one in (best, *others[:1])]
        if others and not any_of and margins[at] < TORN:
            names = {"first": labels[best], "second": labels[others[0]]}
            return "torn", {**names, "first_percent": percents[0], "second_percent": percents[1]}
        if distances[at] > FAR:
            return "far", {}
        if counts and counts[best] < RARE * even:
            return "rare", {"label": labels[best]}
        return "unsure", {"label": labels[best], "percent": percents[0]}

    return told
