"""The contract of a task type: what a model can learn to do. One file in ml/tasks/ fulfils it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, NotRequired, Protocol, Self, TypedDict

import numpy as np
from numpy.typing import NDArray

from ml.answers import Answer
from ml.refusing import Refusal

Floats = NDArray[np.float64]


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
    span_scores: NotRequired[list[float]]  # of each span of the answer, in their order


@dataclass(frozen=True)
class Tuning:
    """What is set once the weights are: on rows that they have not learned."""

    temperature: float = 1.0  # of the logits
    thresholds: tuple[float, ...] = ()  # of each label, where each is decided by itself
    # The exponent by which the probability of a whole answer becomes how often it is right.
    sureness: float = 1.0

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From what bundle.json says."""
        return cls(
            float(said["temperature"]),
            tuple(map(float, said.get("thresholds", ()))),
            float(said.get("sureness", 1.0)),
        )


class Answering(Protocol):
    """What answers: a bundle as it was trained, or in the form in which it is served."""

    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def tuning(self) -> Tuning: ...
    @property
    def model(self) -> Any: ...


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
    tuning: Tuning = Tuning()

    def plain(self) -> Bundle:
        """The same, its confidence not calibrated."""
        return replace(self, tuning=replace(self.tuning, temperature=1.0, sureness=1.0))


class Task(ABC):
    """What a model learns to do: how an example is shown, answered, learned, judged."""

    slug: ClassVar[str]
    title: ClassVar[str]  # what a non-expert reads
    media: ClassVar[str]  # templates/labeling/media/<media>.html shows an example
    answer: ClassVar[Answer]
    base_models: ClassVar[tuple[str, ...]]  # allowed starting points, the default first
    headline: ClassVar[str]  # the one metric that is shown big
    trainable: ClassVar[bool] = True
    family: ClassVar[str] = "sorting"  # which methods of ml.methods train it
    methods: ClassVar[tuple[str, ...]] = ()  # those among them that can be asked for
    decision: ClassVar[Any] = None  # ml.deciding: how logits are read, where a text is sorted
    phrases: ClassVar[bool] = False  # what is marked occurs again: ml.dictionary helps
    fewest_labels: ClassVar[int] = 1  # with examples, below which there is nothing to learn

    @abstractmethod
    def example_schema(self) -> dict[str, Any]:
        """The JSON schema of an example's `data`."""

    @abstractmethod
    def parse_data(self, value: object) -> dict[str, Any]:
        """The canonical `data` of an example. Raises DataError with a sentence for its sender."""

    def text_of(self, data: Mapping[str, Any]) -> str:
        """All that can be read in an example, in the order in which it is read."""
        parts: list[str] = []
        for name in self.example_schema()["properties"]:
            value = data.get(name, [])
            parts.extend(map(str, value if isinstance(value, list) else [value]))
        return "\n".join(parts)

    def load(self, source: Path, labels: Sequence[str]) -> Bundle:
        """A bundle from a base model's folder, or from a folder that a run has left."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def collate(self, bundle: Bundle, rows: Sequence[Row]) -> dict[str, Any]:
        """A batch for the training loop."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def read(self, model: Answering, inputs: Sequence[Mapping[str, Any]]) -> Any:
        """What the network says of each input's `data`, not yet decided."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def probabilities(self, model: Answering, said: Any) -> list[Floats]:
        """What was `read` as probabilities, input by input."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def decided(
        self, model: Answering, said: Any, inputs: Sequence[Mapping[str, Any]]
    ) -> list[Prediction]:
        """What was `read` as answers, in the shape a person would give."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def gathered(self, said: Sequence[Any]) -> Any:
        """What was `read`, put together again from what it said input by input."""
        return list(said)

    def tuned(self, bundle: Bundle, said: Any, rows: Sequence[Row]) -> Tuning:
        """The tuning by which what was `read` fits these rows best."""
        raise NotImplementedError(f"{self.slug} is not trained here.")

    def predict(self, model: Answering, rows: Sequence[Row]) -> list[Prediction]:
        """The model's answers, in the order of the rows."""
        inputs = [row["data"] for row in rows]
        return self.decided(model, self.read(model, inputs), inputs)

    def usual(self, rows: Sequence[Row]) -> dict[str, Any]:
        """The answer that is given most often: what costs nothing to say."""
        counts = Counter(json.dumps(row["answer"], sort_keys=True) for row in rows)
        (most, _), *_ = counts.most_common(1)
        found: dict[str, Any] = json.loads(most)
        return found

    def measure(
        self, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
    ) -> dict[str, Any]:
        """Metrics of predictions against the gold answers, with intervals."""
        from ml import counting

        return counting.summary(self.answer, gold, predicted)

    def export(self, rows: Iterable[Row]) -> dict[str, str]:
        """Files by name. JSON Lines here; a task whose field has its own format adds it."""
        lines = (json.dumps({**row["data"], **row["answer"]}, ensure_ascii=False) for row in rows)
        return {"examples.jsonl": "".join(line + "\n" for line in lines)}
