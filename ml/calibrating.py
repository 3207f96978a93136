"""How sure a model may be: one temperature for its logits, from rows it has not learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.measuring import SMALLEST, softmax

COLDEST, HOTTEST = 0.05, 20.0
FEW = 20  # rows: below, the temperature is said to be a guess
# How far from 1 a temperature is before any row speaks (standard deviation of its logarithm).
SPREAD = 0.5


@dataclass(frozen=True)
class Calibration:
    """A temperature, and from how many rows."""

    temperature: float
    rows: int


def calibrate(logits: NDArray[np.float32], targets: NDArray[np.int64]) -> Calibration:
    """The most likely temperature (Guo et al. 2017), with a prior at 1 that few rows do not move.

    Without the prior a handful of rows, all answered right, would ask for certainty.
    """
    if len(targets) == 0:
        return Calibration(1.0, 0)
    tried = np.geomspace(COLDEST, HOTTEST, 121)
    losses = [_loss(logits, targets, one) for one in tried]
    return Calibration(float(tried[int(np.argmin(losses))]), len(targets))


def _loss(logits: NDArray[np.float32], targets: NDArray[np.int64], temperature: float) -> float:
    chances = softmax(logits / temperature)[np.arange(len(targets)), targets]
    surprise = -np.log(np.maximum(chances, SMALLEST)).sum()
    return float(surprise + (np.log(temperature) / SPREAD) ** 2 / 2)
