"""What a method gets to work with, and what it gives back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from ml.base_models import BaseModel
from ml.fitting import Watch
from ml.hyperparameters import Hyperparameters
from ml.logistic import HeldOut
from ml.planning import Effort, Plan
from ml.runs import RunFolder
from ml.task import Bundle, Row, Task

if TYPE_CHECKING:
    from ml.encoders import EncoderModel
    from ml.marking import Marker


@dataclass(frozen=True)
class Material:
    """Rows to learn from, to steer by and to judge with; and the labels that can be learned."""

    task: Task
    labels: tuple[str, ...]  # those with rows to learn from, in the project's order
    train: Sequence[Row]
    validation: Sequence[Row]
    test: Sequence[Row]
    left_out: int = 0

    @cached_property
    def texts(self) -> list[str]:
        """What the training rows say."""
        return [self.task.text_of(row["data"]) for row in self.train]

    @cached_property
    def targets(self) -> NDArray[Any]:
        """What is right for each training row, as the task's decision has it."""
        found: NDArray[Any] = self.task.decision.targets(
            [row["answer"] for row in self.train], self.labels
        )
        return found

    @property
    def steering(self) -> list[Row]:
        """Validation rows whose labels can be learned."""
        known, labels_of = set(self.labels), self.task.answer.labels_of
        return [row for row in self.validation if known.issuperset(labels_of(row["answer"]))]

    @property
    def by_label(self) -> Counter[str]:
        """How many training rows name each label."""
        labels_of = self.task.answer.labels_of
        return Counter(label for row in self.train for label in labels_of(row["answer"]))


@dataclass(frozen=True)
class Work:
    """One training, as its method sees it."""

    task: Task
    labels: tuple[str, ...]  # all of the project's
    plan: Plan
    effort: Effort
    base: BaseModel | None
    material: Material
    hyperparameters: Hyperparameters
    seed: int
    folder: RunFolder
    watch: Watch
    began: float  # time.monotonic() when the run did

    def bundled(self, model: EncoderModel | Marker) -> Bundle:
        """The model with what belongs to it."""
        return Bundle(
            self.task.slug,
            self.plan.method,
            self.material.labels,
            model,
            base_model=self.plan.base_model,
        )


@dataclass(frozen=True)
class Learned:
    """A trained bundle, and what cross-validation said on the way."""

    bundle: Bundle
    held_out: HeldOut | None = None
