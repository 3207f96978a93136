"""A model that is trained while people label: a linear head over vectors that are there already.

What it learns from are vectors (rows of length 1) and answers; it never sees a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import logistic
from ml.deciding import AnyOf, Decision
from ml.measuring import wilson
from ml.task import Floats, Prediction, Tuning

Vectors = NDArray[np.float32]

STRENGTH = 10.0  # of scikit-learn's C: vectors of length 1 want little shrinking
FIRST = 20  # answers, below which a head would be a guess
STEPS = (25, 50, 100, 200, 400, 800, 1600, 3200)
LOOKED_AT = 2000  # answers that the figures are counted on; more make them no truer, only later
NEXT = 100  # answers, whose worth is estimated
LITTLE = 0.005  # of accuracy, below which the next answers bring little


@dataclass(frozen=True)
class Head:
    """Weights of the labels, and how sure it may be."""

    labels: tuple[str, ...]
    linear: logistic.Linear
    tuning: Tuning

    def chances(self, vectors: Vectors, decision: Decision) -> Floats:
        """(n, labels), calibrated on what was held out."""
        return decision.chances(self.linear.logits(vectors) / self.tuning.temperature)

    def predict(self, vector: Vectors, decision: Decision) -> Prediction:
        """The answer to one example, by its vector."""
        (chances,) = self.chances(vector[None, :], decision)
        return decision.decide(self.labels, chances, self.tuning)

    def as_bytes(self) -> bytes:
        """Without pickle: a line of JSON, then the numbers."""
        head = {"labels": self.labels, "width": self.linear.weight.shape[1]}
        said = json.dumps({**head, "tuning": asdict(self.tuning)}, ensure_ascii=False)
        numbers = np.concatenate([self.linear.weight.ravel(), self.linear.bias])
        return said.encode() + b"\n" + numbers.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, content: bytes | memoryview) -> Head:
        """What `as_bytes` wrote."""
        said, _, numbers = bytes(content).partition(b"\n")
        head = json.loads(said)
        labels, width = tuple(head["labels"]), int(head["width"])
        flat = np.frombuffer(numbers, dtype="<f4")
        weight, bias = flat[: len(labels) * width], flat[len(labels) * width :]
        layer = logistic.Linear(weight.reshape(len(labels), width), bias)
        return cls(labels, layer, Tuning.read(head["tuning"]))


@dataclass(frozen=True)
class Point:
    """How many answers a head had, and how many of the held-out ones it got right."""

    answers: int
    right: int
    of: int


@dataclass(frozen=True)
class Learned:
    """A head, how it does on answers that it did not see, and what more of them would bring."""

    head: Head
    right: int
    of: int
    weakest: str | None  # the label on which it errs most, if it errs
    curve: tuple[Point, ...] = field(default=())

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.of)


def learn(
    vectors: Vectors,
    answers: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    decision: Decision,
    *,
    seed: int = 0,
) -> Learned | None:
    """A head from answers (n) to `vectors` (n, d), the oldest first. None where it is too early."""
    targets = decision.targets(answers, labels)
    if len(answers) < FIRST or not _varied(targets):
        return None
    width = len(labels)
    linear = logistic.fit(vectors, targets, labels=width, strength=STRENGTH, seed=seed)
    places = np.sort(np.random.default_rng(seed).permutation(len(targets))[:LOOKED_AT])
    said = logistic.held_out(
        vectors, targets, places, labels=width, strength=STRENGTH, seed=seed, of="instant"
    ).said
    wanted = targets[places]
    tuning = decision.tuned(said, wanted)
    hits = _hits(said, wanted, decision, tuning)
    head = Head(tuple(labels), linear, tuning)
    return Learned(
        head,
        int(hits.sum()),
        len(hits),
        _weakest(hits, wanted, labels),
        tuple(_curve(vectors, targets, decision, width, seed)),
    )


def worth(curve: Sequence[Point]) -> tuple[float, float, float] | None:
    """What the next 100 answers would bring: points of accuracy, with a low and a high estimate.

    By an inverse power law through the error at growing numbers of answers, as learning curves of
    text classifiers mostly follow (Figueroa et al. 2012, Predicting sample size required for
    classification performance); fitted to logarithms, weighted by how many answers each point was
    counted on. None where three points are not there or the error does not fall.
    """
    points = [one for one in curve if one.of]
    if len(points) < 3:
        return None
    errors = np.array([(one.of - one.right + 0.5) / (one.of + 1) for one in points])
    sizes = np.array([one.answers for one in points], dtype=float)
    spread = np.sqrt((1 - errors) / (errors * np.array([one.of for one in points])))
    design = np.stack([np.ones_like(sizes), np.log(sizes)], axis=1) / spread[:, None]
    found, *_ = np.linalg.lstsq(design, np.log(errors) / spread, rcond=None)
    slope, off = float(found[1]), float(np.sqrt(np.linalg.inv(design.T @ design)[1, 1]))
    now = float(errors[-1])
    grown = (sizes[-1] + NEXT) / sizes[-1]

    def brings(power: float) -> float:
        return float(now * (1 - grown ** min(power, 0.0)))

    return brings(slope), brings(slope + 2 * off), brings(slope - 2 * off)


def _varied(targets: NDArray[Any]) -> bool:
    if targets.ndim == 2:
        return bool(((targets.sum(axis=0) > 1) & (targets.sum(axis=0) < len(targets))).any())
    return bool((np.bincount(targets) > 1).sum() > 1)


def _hits(
    said: Vectors, wanted: NDArray[Any], decision: Decision, tuning: Tuning
) -> NDArray[np.bool_]:
    if not isinstance(decision, AnyOf):
        return np.asarray(said.argmax(axis=1) == wanted)
    over = decision.chances(said / tuning.temperature) >= np.array(tuning.thresholds)
    return np.asarray((over == (wanted > 0.5)).all(axis=1))


def _weakest(hits: NDArray[np.bool_], wanted: NDArray[Any], labels: Sequence[str]) -> str | None:
    """The label that most of the wrong ones have."""
    wrong = wanted[~hits]
    if not len(wrong):
        return None
    counts = wrong.sum(axis=0) if wrong.ndim == 2 else np.bincount(wrong, minlength=len(labels))
    return labels[int(np.argmax(counts))]


def _curve(
    vectors: Vectors, targets: NDArray[Any], decision: Decision, width: int, seed: int
) -> list[Point]:
    """Heads of growing numbers of answers, all judged by the same ones that none of them saw."""
    order = np.random.default_rng(seed).permutation(len(targets))
    kept = order[: max(len(order) // 5, 1)][:400]
    seen = order[len(kept) :]
    points = []
    for size in [*(one for one in STEPS if one < len(seen)), len(seen)]:
        part = targets[seen[:size]]
        if not _varied(part):
            continue
        layer = logistic.fit(vectors[seen[:size]], part, labels=width, strength=STRENGTH, seed=seed)
        said = layer.logits(vectors[kept])
        hits = _hits(said, targets[kept], decision, Tuning(thresholds=(0.5,) * width))
        points.append(Point(size, int(hits.sum()), len(hits)))
    return points
