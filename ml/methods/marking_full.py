"""Fine-tune the whole base model to mark passages, beginning with a fitted linear layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml import batching, fitting
from ml.calibrating import surprise
from ml.courses import Wanted, course
from ml.methods import full, head, marking_head
from ml.task import Bundle
from ml.work import Learned, Work

LEARNING_RATE = 1e-4
TO_START = 5000  # words for the linear layer to start from


class Tags(fitting.Learner):
    """Learns the tag of each word, window by window."""

    def __init__(self, work: Work, bundle: Bundle) -> None:
        self.work, self.bundle, self.model = work, bundle, bundle.model
        self.network, self.device = self.model.encoder.network, self.model.encoder.device
        places, self.windows = self.model.words.windows(work.material.texts)
        self.tags = marking_head.tags_of(work, places)
        self.steering = work.material.steering[: full.TO_STEER]
        self.size = work.hyperparameters.batch_size or full.BATCH_SIZE

    def batches(self, epoch: int) -> Sequence[list[int]]:
        """Windows of about the same length together."""
        lengths = [len(one.ids) for one in self.windows]
        return batching.length_grouped(lengths, size=self.size, seed=self.work.seed, epoch=epoch)

    def loss(self, batch: list[int]) -> Any:
        """Cross-entropy of each word's tag."""
        windows = [self.windows[at] for at in batch]
        return self.model.loss(self.model.fed(windows, [self.tags[one.text] for one in windows]))

    def validate(self) -> dict[str, float]:
        """Loss, share of texts that are wholly right and F1 of spans, on rows held out."""
        if not self.steering:
            return {}
        task, inputs = self.work.task, [row["data"] for row in self.steering]
        said = task.read(self.bundle, inputs)
        answers = task.decided(self.bundle, said, inputs)
        figures = task.measure([row["answer"] for row in self.steering], answers)
        return {
            "validation_loss": _loss(self.work, said, self.steering),
            "validation_accuracy": figures["accuracy"],
            "validation_micro_f1": figures["micro_f1"],
        }

    def score(self, figures: dict[str, float]) -> list[float]:
        """F1 of spans first; where it does not differ, the lower loss."""
        return [round(figures["validation_micro_f1"], 6), -round(figures["validation_loss"], 3)]


def train(work: Work) -> Learned:
    """A bundle whose every weight has learned."""
    model = marking_head.fresh(work)
    head.put_on(model.encoder, marking_head.fitted(work, model, most=TO_START))
    bundle = work.bundled(model)
    learner = Tags(work, bundle)
    marking_head.tell_left_out(work, model)
    full.freeze_large_vocabulary(work, model.encoder)
    epochs = work.effort.epochs * len(learner.batches(0))
    wanted = Wanted(max(epochs, work.effort.fewest_steps), LEARNING_RATE)
    fitting.fit(learner, course(learner, work, wanted), work.watch, seed=work.seed)
    return Learned(bundle)


def _loss(work: Work, said: Any, rows: Any) -> float:
    import numpy as np

    from ml import passages, tagging

    pairs = zip(said, rows, strict=True)
    tags = [
        tagging.tagged(one.places, passages.apart(row["answer"]["spans"])[0], work.material.labels)[
            0
        ]
        for one, row in pairs
    ]
    logits, right = np.concatenate([one.logits for one in said]), np.concatenate(tags)
    return float(surprise(logits, right).mean()) if len(right) else 0.0
