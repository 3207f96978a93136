"""Fine-tune the whole base model: the most that can be learned, where there are enough examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ml import batching, fitting, logistic
from ml.courses import Wanted, course
from ml.encoders import EncoderModel
from ml.methods import head
from ml.saying import said
from ml.task import Bundle, Row
from ml.work import Learned, Work

LEARNING_RATE = 7e-5
BATCH_SIZE = 16
TO_START = 2000  # rows for the linear layer to start from
TO_START_FROM = 1.0  # the strength of that layer
TO_STEER = 1000  # validation rows to look at while training
LARGE = 60_000  # word vectors: more of them stay as they are, on a CPU


class Labels(fitting.Learner):
    """Learns which label, or labels, each text has."""

    def __init__(self, work: Work, bundle: Bundle) -> None:
        self.work, self.bundle, self.model = work, bundle, bundle.model
        self.network, self.device = self.model.network, self.model.device
        self.rows = work.material.train
        self.steering = work.material.steering[:TO_STEER]
        self.size = work.hyperparameters.batch_size or BATCH_SIZE
        self.lengths = [len(ids) for ids in self.model.tokens.ids(work.material.texts)]
        self.weights = _weights(work, self.model)

    def batches(self, epoch: int) -> Sequence[list[int]]:
        """Texts of about the same length together."""
        return batching.length_grouped(
            self.lengths, size=self.size, seed=self.work.seed, epoch=epoch
        )

    def loss(self, batch: list[int]) -> Any:
        """As the task decides."""
        fed = self.work.task.collate(self.bundle, [self.rows[at] for at in batch])
        logits = self.network(fed["input_ids"], fed["attention_mask"])
        return self.work.task.decision.loss(logits, fed["labels"], self.weights)

    def validate(self) -> dict[str, float]:
        """Loss, accuracy and macro F1 on rows held out."""
        return steered(self.work, self.bundle, self.steering)

    def score(self, figures: dict[str, float]) -> list[float]:
        """Macro F1 first; where it does not differ, the lower loss."""
        return [round(figures["validation_macro_f1"], 6), -round(figures["validation_loss"], 3)]


def train(work: Work) -> Learned:
    """A bundle whose every weight has learned.

    It starts with a linear layer that fits the untouched base model, so that the first steps do
    not tear up what the base model knows (Kumar et al. 2022).
    """
    bundle = work.bundled(head.fresh(work))
    probe = _start(work, bundle.model)
    learner = Labels(work, bundle)
    freeze_large_vocabulary(work, bundle.model)
    epochs = work.effort.epochs * len(learner.batches(0))
    wanted = Wanted(max(epochs, work.effort.fewest_steps), LEARNING_RATE)
    fitting.fit(learner, course(learner, work, wanted), work.watch, seed=work.seed)
    return Learned(bundle, probe.held_out)


def steered(work: Work, bundle: Bundle, rows: Sequence[Row]) -> dict[str, float]:
    """Figures of a bundle on validation rows; none without rows."""
    if not rows:
        return {}
    figures = work.task.measure([row["answer"] for row in rows], work.task.predict(bundle, rows))
    return {
        "validation_loss": figures["log_loss"],
        "validation_accuracy": figures["accuracy"],
        "validation_macro_f1": figures["macro_f1"],
    }


def _start(work: Work, model: EncoderModel) -> head.Probe:
    material = work.material
    draw = np.random.default_rng(work.seed).permutation(len(material.train))[:TO_START]
    places = np.sort(draw)
    vectors = model.embeddings([material.texts[at] for at in places])
    targets = material.targets[places]
    # A soft fit: a layer that answers all rows with certainty leaves the encoder no error to
    # learn from (seen: a loss of 0.0002 after one epoch, and nothing learned).
    soft = logistic.fit(
        vectors, targets, labels=len(material.labels), strength=TO_START_FROM, seed=work.seed
    )
    head.put_on(model, soft)
    return head.fitted(work, vectors, targets)


def _weights(work: Work, model: EncoderModel) -> Any:
    import torch

    targets = work.material.targets
    if not logistic.unbalanced(targets):
        return None
    counts = np.bincount(targets, minlength=len(work.material.labels))
    weights = len(targets) / (len(counts) * np.maximum(counts, 1))
    return torch.tensor(weights, dtype=torch.float32, device=model.device)


def freeze_large_vocabulary(work: Work, model: EncoderModel) -> None:
    vectors = model.network.encoder.get_input_embeddings()
    if model.device == "cpu" and vectors.num_embeddings > LARGE:
        vectors.weight.requires_grad_(requires_grad=False)
        work.watch.events.note(said("vectors-kept"))
