"""Texts that mean nearly the same, in groups, by their vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
FEWEST = 5  # members, below which a group saves nobody any work
APART = 0.75  # mean cosine distance of two groups, up to which they are one


@dataclass(frozen=True)
class Group:
    """Places in `vectors`, the nearest to the centre first."""

    members: list[int]


def groups(vectors: Vectors) -> list[Group]:
    """Groups of (n, d) rows of length 1, the largest first; what is alone is in none.

    By average linkage (Sokal and Michener 1958): no number of groups has to be guessed. Costs the
    square of n: meant for some thousands.
    """
    if len(vectors) < FEWEST:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    own = _apart_from_all(vectors)
    distances = np.clip(1 - own @ own.T, 0, 2)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    owners = fcluster(tree, APART, criterion="distance")
    found = [np.flatnonzero(owners == one) for one in np.unique(owners)]
    large = sorted((one for one in found if len(one) >= FEWEST), key=len, reverse=True)
    return [Group(_nearest_first(vectors, one)) for one in large]


def _apart_from_all(vectors: Vectors) -> Vectors:
    """Without what all have in common: some models put every text near every other (Mu and
    Viswanath 2018, All-but-the-top)."""
    own = vectors - vectors.mean(axis=0)
    return np.asarray(own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9))


def _nearest_first(vectors: Vectors, members: NDArray[np.intp]) -> list[int]:
    cosines = vectors[members] @ vectors[members].mean(axis=0)
    ordered: list[int] = members[np.argsort(-cosines, kind="stable")].tolist()
    return ordered
