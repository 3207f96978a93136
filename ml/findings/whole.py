"""What is to be seen of all texts together: languages, balance of labels, outliers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

ONE_LANGUAGE = 0.95  # the share of one language from which on the data is in that language
RARE = 0.1  # of an even share
REFERENCES, NEAREST = 2_000, 5
ROWS_A_BLOCK = 5_000


@dataclass(frozen=True)
class Mixture:
    """The language that most texts are in, and the others with their counts, the most first."""

    main: str
    share: float
    others: tuple[tuple[str, int], ...]


def mixed_languages(counts: Mapping[str, int]) -> Mixture | None:
    """The mixture, if there is one. `counts`: texts by code of `languages.language`.

    Texts whose language cannot be told ("und") count nowhere.
    """
    told = sorted(
        ((code, count) for code, count in counts.items() if code != "und" and count > 0),
        key=lambda each: (-each[1], each[0]),
    )
    total = sum(count for _, count in told)
    if not told or told[0][1] >= ONE_LANGUAGE * total:
        return None
    return Mixture(told[0][0], told[0][1] / total, tuple(told[1:]))


@dataclass(frozen=True)
class Balance:
    """How even the labels are: `evenness` 0 to 1 (Pielou 1966: entropy over its maximum), the
    largest over the smallest, and those with less than a tenth of an even share."""

    evenness: float
    ratio: float
    rare: tuple[str, ...]


def imbalance(counts: Mapping[str, int]) -> Balance | None:
    """The balance of labels by their counts; None with fewer than two labels or no answer."""
    total = sum(counts.values())
    if len(counts) < 2 or total == 0:
        return None
    shares = [count / total for count in counts.values() if count]
    evenness = -sum(share * math.log(share) for share in shares) / math.log(len(counts))
    smallest = min(counts.values())
    ratio = max(counts.values()) / smallest if smallest else math.inf
    even = total / len(counts)
    rare = tuple(sorted(label for label, count in counts.items() if count < RARE * even))
    return Balance(abs(evenness), ratio, rare)


def outliers(
    vectors: Floats, *, seed: int = 0, meanwhile: Callable[[], None] | None = None
) -> Floats:
    """How far each row lies from the others: (rows,), 0 (among its like) to 2.

    vectors: (rows, dimensions), each of length 1. The score is the mean cosine distance to the 5
    nearest (Ramaswamy, Rastogi and Shim 2000) of 2,000 rows drawn at random, which serves as well
    as all of them (Sugiyama and Borgwardt 2013) and takes time in proportion to the rows.
    """
    count = len(vectors)
    if count < 2:
        return np.zeros(count, dtype=np.float32)
    draw = np.random.Generator(np.random.PCG64(seed))
    chosen = np.sort(draw.permutation(count)[:REFERENCES])
    nearest = min(NEAREST, len(chosen) - 1)
    scores = np.zeros(count, dtype=np.float32)
    for start in range(0, count, ROWS_A_BLOCK):
        block = vectors[start : start + ROWS_A_BLOCK]
        distances = 1 - block @ vectors[chosen].T
        # A row is no neighbour of its own.
        own = np.flatnonzero((chosen >= start) & (chosen < start + len(block)))
        distances[chosen[own] - start, own] = np.inf
        near = np.partition(distances, nearest - 1, axis=1)[:, :nearest]
        scores[start : start + len(block)] = near.mean(axis=1)
        if meanwhile is not None:
            meanwhile()
    return np.clip(scores, 0, 2)
