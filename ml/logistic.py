"""Logistic regression on fixed features, its strength chosen by cross-validation."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibrating import surprise
from ml.events import Events

Floats = NDArray[np.float32]
Places = NDArray[np.int64]
Targets = NDArray[Any]  # the place of each row's label; or 0 and 1, one column a label

FOLDS = 5
FEWER_FOLDS = 3  # where many labels are fitted in each
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
    said: Any  # row by row; logits, where texts are sorted


@dataclass(frozen=True)
class Trial:
    """One strength that was tried, and how well it did on rows held out."""

    strength: float
    loss: float
    accuracy: float


def unbalanced(targets: Targets) -> bool:
    """Whether the most frequent label has more than twice the rows of the rarest."""
    if targets.ndim == 2:
        return False  # each label is decided by itself, by a threshold of its own
    counts = np.bincount(targets)
    counts = counts[counts > 0]
    return bool(counts.max() > 2 * counts.min())


def fit(
    features: Any,
    targets: Targets,
    *,
    labels: int,
    strength: float,
    seed: int,
    balanced: bool = True,
) -> Linear:
    """A linear layer. A label without rows is never answered."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # Threads that wait for one another on a busy machine made small sums take fifty times as long.
    with threadpool_limits(1):
        if targets.ndim == 2:
            return _each(features, targets, strength)
        return _one_of(features, targets, labels, strength, seed, balanced=balanced)


def _one_of(
    features: Any, targets: Places, labels: int, strength: float, seed: int, *, balanced: bool
) -> Linear:
    from sklearn.linear_model import LogisticRegression

    weight = np.zeros((labels, features.shape[1]), dtype=np.float32)
    bias = np.full(labels, NEVER, dtype=np.float32)
    if (targets == targets[0]).all():
        bias[targets[0]] = 0.0
        return Linear(weight, bias)
    learner = LogisticRegression(
        C=strength,
        class_weight="balanced" if balanced and unbalanced(targets) else None,
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


def _each(features: Any, targets: Targets, strength: float) -> Linear:
    """Logistic regressions of all labels at once: one sum to bring down, for it has no crossings.

    The same penalty as scikit-learn's: none on the biases.
    """
    from scipy.optimize import minimize

    wanted = targets.astype(np.float64)
    labels, width = wanted.shape[1], features.shape[1]
    features = features.astype(np.float64)

    def loss(flat: Any) -> tuple[float, Any]:
        whole = flat.reshape(labels, width + 1)
        weight, bias = whole[:, :-1], whole[:, -1]
        scores = features @ weight.T + bias
        wrong = np.logaddexp(0, scores) - wanted * scores
        slope = 1 / (1 + np.exp(-np.clip(scores, -500, 500))) - wanted
        steep = np.hstack([strength * (features.T @ slope).T + weight,
                           strength * slope.sum(axis=0)[:, None]])  # fmt: skip
        return float(strength * wrong.sum() + (weight**2).sum() / 2), steep.ravel()

    begin = np.zeros((labels, width + 1))
    share = np.clip(wanted.mean(axis=0), 1e-4, 1 - 1e-4)
    begin[:, -1] = np.log(share / (1 - share))
    found = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 200})
    whole = found.x.reshape(labels, width + 1).astype(np.float32)
    return Linear(np.ascontiguousarray(whole[:, :-1]), np.ascontiguousarray(whole[:, -1]))


def choose(
    features: Any, targets: Targets, strengths: Sequence[float], *, labels: int, seed: int, of: str
) -> tuple[float, list[Trial], HeldOut | None]:
    """The strength with the least loss on rows held out; the middle one if rows are too few."""
    places = _sample(targets, seed)
    if len(places) < FOLDS if targets.ndim == 2 else np.bincount(targets).max() < 2:
        return strengths[len(strengths) // 2], [], None
    tried = [
        held_out(features, targets, places, labels=labels, strength=one, seed=seed, of=of)
        for one in strengths
    ]
    trials = [
        _trial(one, held, targets[held.places]) for one, held in zip(strengths, tried, strict=True)
    ]
    best = min(range(len(trials)), key=lambda at: trials[at].loss)
    return strengths[best], trials, tried[best]


def held_out(
    features: Any,
    targets: Targets,
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
    return HeldOut(of, places, logits)


def _trial(strength: float, held: HeldOut, wanted: Targets) -> Trial:
    if wanted.ndim == 2:
        hits = ((held.said > 0) == (wanted > 0)).all(axis=1)
    else:
        hits = held.said.argmax(axis=1) == wanted
    return Trial(strength, float(surprise(held.said, wanted).mean()), float(hits.mean()))


def _folds(targets: Targets, seed: int) -> list[tuple[Places, Places]]:
    from sklearn.model_selection import KFold, StratifiedKFold

    if targets.ndim == 2:
        return list(KFold(FEWER_FOLDS, shuffle=True, random_state=seed).split(targets))
    cut = StratifiedKFold(
        min(FOLDS, int(np.bincount(targets).max())), shuffle=True, random_state=seed
    )
    with warnings.catch_warnings():
        # A label with fewer rows than folds is missing from some of them, which `fit` can take.
        warnings.simplefilter("ignore", UserWarning)
        return list(cut.split(np.zeros(len(targets)), targets))


def _sample(targets: Targets, seed: int) -> Places:
    if len(targets) <= ENOUGH_TO_CHOOSE:
        return np.arange(len(targets))
    drawn = np.random.default_rng(seed).permutation(len(targets))[:ENOUGH_TO_CHOOSE]
    if targets.ndim == 2:
        return np.sort(drawn)
    # Every label stays in the sample, by two of its rows at least.
    rare = [np.flatnonzero(targets == label)[:2] for label in np.unique(targets)]
    return np.unique(np.concatenate([drawn, *rare]))


def tell(trials: Sequence[Trial], events: Events) -> None:
    """The strengths tried, as a curve: one point each, with the figures on rows held out."""
    for step, trial in enumerate(trials, 1):
        events.metric("validation_loss", trial.loss, step=step, epoch=0.0)
        events.metric("validation_accuracy", trial.accuracy, step=step, epoch=0.0)
