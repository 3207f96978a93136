"""What tasks on one text have in common: the data, and texts sorted by one row of logits each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ml.task import Answering, Bundle, DataError, Floats, Prediction, Row, Task, Tuning
from ml.writing import LONGEST, written

FORM = '{"text": "…"}'
BASE_MODELS = ("all-MiniLM-L6-v2", "multilingual-e5-small")


class TextTask(Task):
    """An example is one text."""

    media = "text"
    base_models = BASE_MODELS

    def example_schema(self) -> dict[str, Any]:
        """The JSON schema of an example's `data`."""
        return {
            "type": "object",
            "properties": {"text": {"type": "string", "minLength": 1, "maxLength": LONGEST}},
            "required": ["text"],
            "additionalProperties": False,
        }

    def parse_data(self, value: object) -> dict[str, Any]:
        """`{"text": …}`, verbatim but for line ends. Raises DataError."""
        if not isinstance(value, dict) or "text" not in value:
            raise DataError("text-missing", form=FORM)
        if unknown := sorted(str(key) for key in value if key != "text"):
            raise DataError("text-more", names=", ".join(unknown[:5]))
        return {"text": written(value["text"], "text", DataError)}

    def text_of(self, data: Mapping[str, Any]) -> str:
        """The text."""
        return str(data["text"])


class SortingTask(TextTask):
    """A text is sorted as a whole: one logit a label."""

    methods: ClassVar[tuple[str, ...]] = ("full", "few-shot", "head", "classical")

    def load(self, source: Path, labels: Sequence[str]) -> Bundle:
        """A bundle from a base model's folder, or from a folder that a run has left."""
        from ml import bundles

        return bundles.load(source, labels, task=self.slug)

    def collate(self, bundle: Bundle, rows: Sequence[Row]) -> dict[str, Any]:
        """Padded token ids, their mask and what is right."""
        batch: dict[str, Any] = bundle.model.batch([row["data"]["text"] for row in rows])
        targets = self.decision.targets([row["answer"] for row in rows], bundle.labels)
        return {**batch, "labels": bundle.model.tensor(targets)}

    def read(self, model: Answering, inputs: Sequence[Mapping[str, Any]]) -> Any:
        """Logits: one row a text, one column a label."""
        return model.model.logits([data["text"] for data in inputs])

    def probabilities(self, model: Answering, said: Any) -> list[Floats]:
        """Of each label."""
        return list(self.decision.chances(said / model.tuning.temperature))  # one row a text

    def decided(
        self, model: Answering, said: Any, inputs: Sequence[Mapping[str, Any]]
    ) -> list[Prediction]:
        """The labels that are likely enough."""
        chances = self.probabilities(model, said)
        return [self.decision.decide(model.labels, row, model.tuning) for row in chances]

    def gathered(self, said: Sequence[Any]) -> Any:
        """Rows of logits."""
        return np.array(said, dtype=np.float32).reshape(len(said), -1)

    def tuned(self, bundle: Bundle, said: Any, rows: Sequence[Row]) -> Tuning:
        """Temperature, and what else the decision needs."""
        answers = [row["answer"] for row in rows]
        tuning: Tuning = self.decision.tuned(said, self.decision.targets(answers, bundle.labels))
        return tuning
