"""Logistic regression on fixed features, its strength chosen by cross-validation."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.events import Events
from ml.measuring import SMALLEST, softmax

Floats = NDArray[np.float32]
Places = NDArray[np.int64]

FOLDS = 5
ENOUGH_TO_CHOOSE = 3000  # rows: more of them choose no better strength, only more slowly
NEVER = -30.0  # the logit of a label that was not there to learn


@dataclass(frozen=True)
class Linear:
    """Weights (labels by features) and one bias a label."""

    weight: Floats
    bias: Floats

    def logits(self, features: Any) -> Floats:
        """One row each, one column a label."""
        return np.asarray(features @ self.weight.T, dtype=np.float32) + self.bias


@dataclass(frozen=True)
class HeldOut:
    """What cross-validation answered for rows that its models had not seen."""

    of: str  # which method was cross-validated
    places: Places  # which rows
    logits: Floats
    targets: Places


@dataclass(frozen=True)
class Trial:
    """One strength that was tried, and how well it did on rows held out."""

    strength: float
    loss: float
    accuracy: float


def unbalanced(targets: Places) -> bool:
    """Whether the most frequent label has more than twice the rows of the rarest."""
    counts = np.bincount(targets)
    counts = counts[counts > 0]
    return bool(counts.max() > 2 * counts.min())


def fit(features: Any, targets: Places, *, labels: int, strength: float, seed: int) -> Linear:
    """A linear layer. A label without rows is never answered."""
    from sklearn.linear_model import LogisticRegression

    weight = np.zeros((labels, features.shape[1]), dtype=np.float32)
    bias = np.full(labels, NEVER, dtype=np.float32)
    if (targets == targets[0]).all():
        bias[targets[0]] = 0.0
        return Linear(weight, bias)
    learner = LogisticRegression(
        C=strength,
        class_weight="balanced" if unbalanced(targets) else None,
        max_iter=1000,
        random_state=seed,
    )
    learner.fit(features, targets)
    # With two labels there is one row of weights: that of the second against the first.
    two = len(learner.classes_) == 2
    weight[learner.classes_] = (
        np.vstack([0 * learner.coef_, learner.coef_]) if two else learner.coef_
    )
    bias[learner.classes_] = np.append(0.0, learner.intercept_) if two else learner.intercept_
    return Linear(weight, bias)


def choose(
    features: Any, targets: Places, strengths: Sequence[float], *, labels: int, seed: int, of: str
) -> tuple[float, list[Trial], HeldOut | None]:
    """The strength with the least loss on rows held out; the middle one if rows are too few."""
    places = _sample(targets, seed)
    if np.bincount(targets).max() < 2:
        return strengths[len(strengths) // 2], [], None
    tried = [
        held_out(features, targets, places, labels=labels, strength=one, seed=seed, of=of)
        for one in strengths
    ]
    trials = [_trial(one, held) for one, held in zip(strengths, tried, strict=True)]
    best = min(range(len(trials)), key=lambda at: trials[at].loss)
    return strengths[best], trials, tried[best]


def held_out(
    features: Any,
    targets: Places,
    places: Places,
    *,
    labels: int,
    strength: float,
    seed: int,
    of: str,
) -> HeldOut:
    """The answers for each row, by a model that had not seen it."""
    wanted = targets[places]
    logits = np.zeros((len(places), labels), dtype=np.float32)
    for seen, unseen in _folds(wanted, seed):
        layer = fit(
            features[places[seen]], wanted[seen], labels=labels, strength=strength, seed=seed
        )
        logits[unseen] = layer.logits(features[places[unseen]])
    return HeldOut(of, places, logits, wanted)


def _trial(strength: float, held: HeldOut) -> Trial:
    probabilities = softmax(held.logits)
    right = probabilities[np.arange(len(held.targets)), held.targets]
    hits = probabilities.argmax(axis=1) == held.targets
    return Trial(strength, float(-np.log(np.maximum(right, SMALLEST)).mean()), float(hits.mean()))


def _folds(targets: Places, seed: int) -> list[tuple[Places, Places]]:
    from sklearn.model_selection import StratifiedKFold

    cut = StratifiedKFold(
        min(FOLDS, int(np.bincount(targets).max())), shuffle=True, random_state=seed
    )
    with warnings.catch_warnings():
        # A label with fewer rows than folds is missing from some of them, which `fit` can take.
        warnings.simplefilter("ignore", UserWarning)
        return list(cut.split(np.zeros(len(targets)), targets))


def _sample(targets: Places, seed: int) -> Places:
    if len(targets) <= ENOUGH_TO_CHOOSE:
        return np.arange(len(targets))
    drawn = np.random.default_rng(seed).permutation(len(targets))[:ENOUGH_TO_CHOOSE]
    # Every label stays in the sample, by two of its rows at least.
    rare = [np.flatnonzero(targets == label)[:2] for label in np.unique(targets)]
    return np.unique(np.concatenate([drawn, *rare]))


def tell(trials: Sequence[Trial], events: Events) -> None:
    """The strengths tried, as a curve: one point each, with the figures on rows held out."""
    for step, trial in enumerate(trials, 1):
        events.metric("validation_loss", trial.loss, step=step, epoch=0.0)
        events.metric("validation_accuracy", trial.accuracy, step=step, epoch=0.0)
