"""What a method gets to work with, and what it gives back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ml.base_models import BaseModel
from ml.fitting import Watch
from ml.hyperparameters import Hyperparameters
from ml.logistic import HeldOut
from ml.planning import Effort, Plan
from ml.runs import RunFolder
from ml.splitting import text_of
from ml.task import Bundle, Row, Task


@dataclass(frozen=True)
class Material:
    """Rows to learn from, to steer by and to judge with; and the labels that can be learned."""

    labels: tuple[str, ...]  # those with rows to learn from, in the project's order
    train: Sequence[Row]
    validation: Sequence[Row]
    test: Sequence[Row]
    left_out: int = 0

    @cached_property
    def texts(self) -> list[str]:
        """What the training rows say."""
        return [text_of(row["data"]) for row in self.train]

    @cached_property
    def targets(self) -> NDArray[np.int64]:
        """The place of each training row's label."""
        return self.places(self.train)

    def places(self, rows: Sequence[Row]) -> NDArray[np.int64]:
        """The place of each row's label."""
        place = {label: at for at, label in enumerate(self.labels)}
        return np.array([place[row["answer"]["label"]] for row in rows], dtype=np.int64)

    @property
    def steering(self) -> list[Row]:
        """Validation rows whose label can be learned."""
        return [row for row in self.validation if row["answer"]["label"] in self.labels]

    @property
    def by_label(self) -> Counter[str]:
        """How many training rows each label has."""
        return Counter(row["answer"]["label"] for row in self.train)


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


@dataclass(frozen=True)
class Learned:
    """A trained bundle, and what cross-validation said on the way."""

    bundle: Bundle
    held_out: HeldOut | None = None
