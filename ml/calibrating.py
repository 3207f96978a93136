"""How sure a model may be: set on rows it has not learned from. Numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.chances import sigmoid, softmax

COLDEST, HOTTEST = 0.05, 20.0
FEW = 20  # rows: below, the temperature is said to be a guess
# How far from 1 a temperature is before any row speaks (standard deviation of its logarithm).
SPREAD = 0.5
SMALLEST = 1e-12  # the least probability that a loss believes in


@dataclass(frozen=True)
class Calibration:
    """A temperature, and from how many rows."""

    temperature: float
    rows: int


def calibrate(logits: NDArray[np.float32], targets: NDArray[Any]) -> Calibration:
    """The most likely temperature (Guo et al. 2017), with a prior at 1 that few rows do not move.

    Targets are places of labels; or rows of 0 and 1, where each label is decided by itself.
    Without the prior a handful of rows, all answered right, would ask for certainty.
    """
    if len(targets) == 0:
        return Calibration(1.0, 0)
    tried = np.geomspace(COLDEST, HOTTEST, 121)
    losses = [
        surprise(logits / one, targets).sum() + (np.log(one) / SPREAD) ** 2 / 2 for one in tried
    ]
    return Calibration(float(tried[int(np.argmin(losses))]), len(targets))


def surprise(logits: NDArray[np.float32], targets: NDArray[Any]) -> NDArray[np.float64]:
    """Of each row, in nats; the mean over the labels where each is decided by itself."""
    if targets.ndim == 2:
        yes = sigmoid(logits)
        right = np.where(targets > 0.5, yes, 1 - yes)
        return np.asarray(-np.log(np.maximum(right, SMALLEST)).mean(axis=1))
    right = softmax(logits)[np.arange(len(targets)), targets.astype(np.int64)]
    return np.asarray(-np.log(np.maximum(right, SMALLEST)))


def sureness(whole: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The exponent that best turns the probability of a whole answer into how often it is right.

    Parts of an answer are not independent, so their product is mostly too small. The prior at 1
    is that of the temperature.
    """
    if len(right) == 0:
        return 1.0
    tried = np.geomspace(COLDEST, HOTTEST, 121)
    logs = np.log(np.clip(whole, SMALLEST, 1 - 1e-9))
    losses = []
    for one in tried:
        yes = np.exp(one * logs)
        chance = np.where(right, yes, 1 - yes)
        losses.append(-np.log(np.maximum(chance, SMALLEST)).sum() + (np.log(one) / SPREAD) ** 2 / 2)
    return float(tried[int(np.argmin(losses))])
