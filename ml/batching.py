"""Which rows learn together: texts of about the same length, in an order drawn anew each epoch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BATCHES_A_GROUP = 16


def length_grouped(lengths: Sequence[int], *, size: int, seed: int, epoch: int) -> list[list[int]]:
    """Places in batches of `size`; the same for the same seed and epoch.

    Sorting by length within large random groups spares padding and keeps the order random.
    """
    draw = np.random.default_rng((seed, epoch))
    order = draw.permutation(len(lengths)).tolist()
    group = size * BATCHES_A_GROUP
    batches: list[list[int]] = []
    for start in range(0, len(order), group):
        members = sorted(order[start : start + group], key=lambda at: lengths[at])
        batches.extend(members[at : at + size] for at in range(0, len(members), size))
    return [batches[at] for at in draw.permutation(len(batches))]
