"""Figures that say how good answers are, and how far to trust each figure. Numbers only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibrating import SMALLEST
from ml.task import Prediction

Floats = NDArray[np.float64]

BINS = 10
RESAMPLES = 1000
Z95 = 1.959963984540054


def summary(gold: Sequence[str], predicted: Sequence[Prediction]) -> dict[str, Any]:
    """Every metric of a choice among labels: accuracy, F1, calibration; with 95 % intervals."""
    answers = [str(one["answer"]["label"]) for one in predicted]
    right = [one == label for one, label in zip(answers, gold, strict=True)]
    names, matrix = confusion(gold, answers)
    hits = int(np.trace(matrix))
    low, high = wilson(hits, len(gold))
    f1_low, f1_high = macro_f1_interval(matrix)
    return {
        "n": len(gold),
        "accuracy": hits / len(gold) if gold else 0.0,
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": macro_f1(matrix),
        "macro_f1_low": f1_low,
        "macro_f1_high": f1_high,
        "ece": calibration_error(reliability(right, predicted)),
        "log_loss": log_loss(gold, predicted),
        "per_label": per_label(names, matrix),
    }


def confusion(gold: Sequence[str], answers: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Labels, and how often the row's label was answered with the column's."""
    names = sorted(set(gold) | set(answers))
    place = {name: index for index, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)), dtype=np.int64)
    for right, answered in zip(gold, answers, strict=True):
        matrix[place[right], place[answered]] += 1
    return names, matrix


def per_label(names: Sequence[str], matrix: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each label; 0 where one is undefined."""
    hits = np.diag(matrix).astype(float)
    precision = _share(hits, matrix.sum(axis=0))
    recall = _share(hits, matrix.sum(axis=1))
    f1 = _f1(matrix[None].astype(float))[0]
    return {
        name: {
            "precision": float(precision[at]),
            "recall": float(recall[at]),
            "f1": float(f1[at]),
            "support": int(matrix[at].sum()),
        }
        for at, name in enumerate(names)
    }


def macro_f1(matrix: NDArray[np.int64]) -> float:
    """The mean F1 over the labels that occur, as gold or as answer."""
    return float(_f1(matrix[None].astype(float)).mean()) if matrix.size else 0.0


def macro_f1_interval(matrix: NDArray[np.int64]) -> tuple[float, float]:
    """A 95 % bootstrap interval, by drawing the cells of the confusion matrix anew."""
    total = int(matrix.sum())
    if total == 0:
        return 0.0, 1.0
    # A fixed seed: the same answers always have the same interval.
    draws = np.random.default_rng(0).multinomial(total, matrix.ravel() / total, size=RESAMPLES)
    scores = _f1(draws.reshape(RESAMPLES, *matrix.shape).astype(float)).mean(axis=1)
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which is honest for few and for extreme."""
    if total == 0:
        return 0.0, 1.0
    share, slack = hits / total, Z95**2 / total
    middle = (share + slack / 2) / (1 + slack)
    reach = Z95 * math.sqrt(share * (1 - share) / total + slack / (4 * total)) / (1 + slack)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def reliability(right: Sequence[bool], predicted: Sequence[Prediction]) -> list[dict[str, float]]:
    """How often answers were right, by how sure the model was; empty bins are left out."""
    confidence = np.array([one["confidence"] for one in predicted], dtype=float)
    hits = np.array(right, dtype=float)
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "low": at / BINS,
            "high": (at + 1) / BINS,
            "n": int((places == at).sum()),
            "confidence": float(confidence[places == at].mean()),
            "accuracy": float(hits[places == at].mean()),
        }
        for at in sorted(set(places.tolist()))
    ]


def calibration_error(bins: Sequence[dict[str, float]]) -> float:
    """Expected calibration error (Naeini et al. 2015): the mean gap between sure and right."""
    total = sum(one["n"] for one in bins)
    gaps = (one["n"] * abs(one["confidence"] - one["accuracy"]) for one in bins)
    return sum(gaps) / total if total else 0.0


def log_loss(gold: Sequence[str], predicted: Sequence[Prediction]) -> float:
    """The mean surprise at the right label, in nats."""
    chances = [one["scores"].get(right, 0.0) for right, one in zip(gold, predicted, strict=True)]
    return float(-np.log(np.maximum(chances, SMALLEST)).mean()) if chances else 0.0


def _f1(matrices: Floats) -> Floats:
    hits = np.diagonal(matrices, axis1=1, axis2=2)
    return _share(2 * hits, matrices.sum(axis=1) + matrices.sum(axis=2))


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0)
