"""From a row of logits, one a label, to an answer: the one most likely, or all that are likely."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import calibrating
from ml.calibrating import SMALLEST
from ml.chances import sigmoid, softmax
from ml.task import Floats, Prediction, Tuning

HALF = 0.5
FEWEST_POSITIVE = 5  # rows of a label, below which its threshold would be a guess
LEAST, MOST = 0.1, 0.9  # thresholds outside of it fit what happened to be in the rows


class Decision(ABC):
    """How logits are read, learned and judged."""

    @abstractmethod
    def targets(self, answers: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> NDArray[Any]:
        """What is right, as numbers to learn from."""

    @abstractmethod
    def chances(self, logits: NDArray[Any]) -> Floats:
        """Probabilities, row by row."""

    @abstractmethod
    def loss(self, logits: Any, targets: Any, weights: Any) -> Any:
        """How wrong logits are, as a tensor to differentiate."""

    @abstractmethod
    def decide(self, labels: Sequence[str], chances: Floats, tuning: Tuning) -> Prediction:
        """The answer to one text."""

    @abstractmethod
    def tuned(self, logits: NDArray[Any], targets: NDArray[Any]) -> Tuning:
        """What fits best to rows that were not learned from."""


class OneOf(Decision):
    """Labels exclude each other: probabilities add up to 1."""

    def targets(self, answers: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> NDArray[Any]:
        """The place of each right label."""
        place = {label: at for at, label in enumerate(labels)}
        return np.array([place[answer["label"]] for answer in answers], dtype=np.int64)

    def chances(self, logits: NDArray[Any]) -> Floats:
        """Of a row, together 1."""
        return softmax(logits)

    def loss(self, logits: Any, targets: Any, weights: Any) -> Any:
        """Cross-entropy, weighted where labels are unbalanced."""
        from torch.nn.functional import cross_entropy

        return cross_entropy(logits.float(), targets, weight=weights)

    def decide(self, labels: Sequence[str], chances: Floats, tuning: Tuning) -> Prediction:
        """The most probable label."""
        best = int(np.argmax(chances))
        return {
            "answer": {"label": labels[best]},
            "confidence": float(chances[best]),
            "scores": dict(zip(labels, chances.tolist(), strict=True)),
        }

    def tuned(self, logits: NDArray[Any], targets: NDArray[Any]) -> Tuning:
        """A temperature."""
        return Tuning(calibrating.calibrate(logits, targets).temperature)


class AnyOf(Decision):
    """Each label by itself: there or not."""

    def targets(self, answers: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> NDArray[Any]:
        """One row a text, one column a label: 1 where it has the label."""
        named = [set(answer["labels"]) for answer in answers]
        wanted = [[label in one for label in labels] for one in named]
        return np.array(wanted, dtype=np.float32).reshape(len(named), len(labels))

    def chances(self, logits: NDArray[Any]) -> Floats:
        """Each for itself."""
        return sigmoid(logits)

    def loss(self, logits: Any, targets: Any, weights: Any) -> Any:
        """Binary cross-entropy, summed over the labels: a row counts as in the other loss."""
        from torch.nn.functional import binary_cross_entropy_with_logits as entropy

        return entropy(logits.float(), targets, reduction="none").sum(dim=1).mean()

    def decide(self, labels: Sequence[str], chances: Floats, tuning: Tuning) -> Prediction:
        """Every label over its threshold, which may be none.

        The confidence is that of the whole answer: the product over the labels, brought to how
        often such answers are right.
        """
        over = chances >= (tuning.thresholds or HALF)
        whole = float(np.prod(np.where(over, chances, 1 - chances)))
        return {
            "answer": {"labels": [label for label, yes in zip(labels, over, strict=True) if yes]},
            "confidence": whole**tuning.sureness,
            "scores": dict(zip(labels, chances.tolist(), strict=True)),
        }

    def tuned(self, logits: NDArray[Any], targets: NDArray[Any]) -> Tuning:
        """A temperature, a threshold for each label, and how sure a whole answer may be."""
        temperature = calibrating.calibrate(logits, targets).temperature
        chances = self.chances(logits / temperature)
        thresholds = tuple(map(_threshold, chances.T, targets.T))
        over = chances >= np.array(thresholds)
        whole = np.prod(np.where(over, chances, 1 - chances), axis=1)
        right = (over == (targets > HALF)).all(axis=1)
        return Tuning(temperature, thresholds, calibrating.sureness(whole, right))


def _threshold(chances: Floats, wanted: NDArray[Any]) -> float:
    """Where F1 is highest; of several such places the one nearest to a half."""
    right = wanted > HALF
    if right.sum() < FEWEST_POSITIVE:
        return HALF
    order = np.sort(np.unique(np.clip(chances, LEAST, MOST)))
    tried = np.unique(np.append((order[1:] + order[:-1]) / 2, HALF))
    over = chances[None] >= tried[:, None]
    hits = (over & right[None]).sum(axis=1)
    scores = 2 * hits / np.maximum(over.sum(axis=1) + right.sum(), SMALLEST)
    best = tried[scores > scores.max() - SMALLEST]
    return float(best[np.argmin(np.abs(best - HALF))])
