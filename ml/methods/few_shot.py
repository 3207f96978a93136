"""Learn from a few examples a label: pull texts of one label together, push others apart.

SetFit's method (Tunstall et al. 2022): the base model learns from pairs of texts whether their
labels are the same, then a linear layer is fitted to its embeddings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ml import fitting, logistic
from ml.courses import Wanted, course
from ml.methods import full, head
from ml.task import Bundle
from ml.work import Learned, Work

LEARNING_RATE = 5e-5
PAIRS = 16  # a batch
STRENGTH = 16.0
TO_STEER = 20  # validation rows, below which they are too few to choose weights by

Pair = tuple[int, int, float]  # places of two texts, and 1.0 if they have the same label


class Pairs(fitting.Learner):
    """Learns whether two texts have the same label."""

    def __init__(self, work: Work, bundle: Bundle) -> None:
        self.work, self.bundle, self.model = work, bundle, bundle.model
        self.network, self.device = self.model.network, self.model.device
        self.texts, self.targets = work.material.texts, work.material.targets
        self.size = work.hyperparameters.batch_size or PAIRS
        steering = work.material.steering
        self.steering = steering if len(steering) >= TO_STEER else []

    def batches(self, epoch: int) -> Sequence[list[Pair]]:
        """Pairs drawn anew: half of one label, half of two. Each text is in about four."""
        draw = np.random.default_rng((self.work.seed, epoch))
        count = math.ceil(2 * len(self.texts) / self.size)
        return [
            [self._pair(draw, same=at % 2 == 0) for at in range(self.size)] for _ in range(count)
        ]

    def loss(self, batch: list[Pair]) -> Any:
        """How far the pairs' cosines are from 1 (same label) and 0 (not), squared."""
        import torch

        # Few texts make many pairs: each is read once a batch.
        places = sorted({place for a, b, _ in batch for place in (a, b)})
        row = {place: at for at, place in enumerate(places)}
        fed = self.model.batch([self.texts[place] for place in places])
        vectors = self.network.embed(fed["input_ids"], fed["attention_mask"]).float()
        first = vectors[[row[a] for a, _, _ in batch]]
        second = vectors[[row[b] for _, b, _ in batch]]
        same = torch.tensor([s for _, _, s in batch], device=self.device)
        cosines = torch.nn.functional.cosine_similarity(first, second)
        return torch.nn.functional.mse_loss(cosines, same)

    def validate(self) -> dict[str, float]:
        """Figures of a linear layer fitted to the embeddings so far."""
        if not self.steering:
            return {}
        _fit_head(self.work, self.bundle)
        return full.steered(self.work, self.bundle, self.steering)

    def _pair(self, draw: np.random.Generator, *, same: bool) -> Pair:
        first = int(draw.integers(len(self.texts)))
        alike = self.targets == self.targets[first]
        alike[first] = False
        if same and not alike.any():
            same = False  # the only text of its label
        others = alike if same else self.targets != self.targets[first]
        return first, int(draw.choice(np.flatnonzero(others))), float(same)


def train(work: Work) -> Learned:
    """A bundle: the base model as the pairs have shaped it, with a linear layer."""
    bundle = work.bundled(head.fresh(work))
    before = head.fitted(
        work, head.embedded(work, bundle.model, work.material.texts), work.material.targets
    )
    learner = Pairs(work, bundle)
    full.freeze_large_vocabulary(work, bundle.model)
    steps = math.ceil(work.effort.pairs * len(work.material.train) / learner.size)
    wanted = Wanted(max(steps, work.effort.fewest_steps // 2), LEARNING_RATE)
    fitting.fit(learner, course(learner, work, wanted), work.watch, seed=work.seed)
    _fit_head(work, bundle)
    return Learned(bundle, before.held_out)


def _fit_head(work: Work, bundle: Bundle) -> None:
    vectors = bundle.model.embeddings(work.material.texts)
    layer = logistic.fit(
        vectors,
        work.material.targets,
        labels=len(work.material.labels),
        strength=work.hyperparameters.strength or STRENGTH,
        seed=work.seed,
    )
    head.put_on(bundle.model, layer)
