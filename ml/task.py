"""The contract of a task type: what a model can learn to do. One file in ml/tasks/ fulfils it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NotRequired, TypedDict

from ml.answers import Answer
from ml.refusing import Refusal


class DataError(Refusal):
    """An example's data is not what the task reads."""


class Row(TypedDict):
    """One example with the answer that we trust."""

    id: str
    data: dict[str, Any]
    answer: dict[str, Any]
    split: NotRequired[str]  # "train", "validation" or "test"


class Prediction(TypedDict):
    """A model's answer, with how sure it is (0 to 1) and the probability of each label."""

    answer: dict[str, Any]
    confidence: float
    scores: dict[str, float]


@dataclass
class Bundle:
    """A model with all it needs to answer, in the form it was trained in.

    The form in which it is served is `ml.predicting.Served`.
    """

    task: str
    method: str
    labels: tuple[str, ...]
    model: Any  # answers `logits(texts)`, `settings()` and `save(folder)`
    base_model: str | None = None
    temperature: float = 1.0


class Task(ABC):
    """What a model learns to do: how an example is shown, answered, learned, judged."""

    slug: ClassVar[str]
    title: ClassVar[str]  # what a non-expert reads
    media: ClassVar[str]  # templates/labeling/media/<media>.html shows an example
    answer: ClassVar[Answer]
    base_models: ClassVar[tuple[str, ...]]  # allowed starting points, the default first
    headline: ClassVar[str]  # the one metric that is shown big
    trainable: ClassVar[bool] = True

    @abstractmethod
    def example_schema(self) -> dict[str, Any]:
        """The JSON schema of an example's `data`."""

    @abstractmethod
    def parse_data(self, value: object) -> dict[str, Any]:
        """The canonical `data` of an example. Raises DataError with a sentence for its sender."""

    @abstractmethod
    def load(self, source: Path, labels: Sequence[str]) -> Bundle:
        """A bundle from a base model's folder, or from a folder that a run has left."""

    @abstractmethod
    def collate(self, bundle: Bundle, rows: Sequence[Row]) -> dict[str, Any]:
        """A batch for the training loop."""

    @abstractmethod
    def decide(self, labels: Sequence[str], probabilities: Sequence[float]) -> Prediction:
        """What the model's probabilities (one a label) say, in the shape a person would give."""

    @abstractmethod
    def predict(self, bundle: Bundle, rows: Sequence[Row]) -> list[Prediction]:
        """The bundle's answers, in the order of the rows."""

    @abstractmethod
    def measure(
        self, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
    ) -> dict[str, Any]:
        """Metrics of predictions against the gold answers, with intervals."""

    def export(self, rows: Iterable[Row]) -> dict[str, str]:
        """Files by name. JSON Lines here; a task whose field has its own format adds it."""
        lines = (json.dumps({**row["data"], **row["answer"]}, ensure_ascii=False) for row in rows)
        return {"examples.jsonl": "".join(line + "\n" for line in lines)}
