"""Sort texts into categories: one text in, one label out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.answers import Choice
from ml.measuring import softmax, summary
from ml.task import Bundle, DataError, Prediction, Row, Task

LONGEST = 100_000  # characters


class TextClassification(Task):
    """One text, one of the project's labels."""

    slug = "text-classification"
    title = "Sort texts into categories"
    media = "text"
    answer = Choice()
    base_models = ("all-MiniLM-L6-v2", "multilingual-e5-small")
    headline = "accuracy"

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
            raise DataError("text-missing", form='{"text": "…"}')
        if unknown := sorted(str(key) for key in value if key != "text"):
            raise DataError("text-more", names=", ".join(unknown[:5]))
        if not isinstance(value["text"], str):
            raise DataError("text-not-text")
        return {"text": _parsed(value["text"])}

    def load(self, source: Path, labels: Sequence[str]) -> Bundle:
        """A bundle from a base model's folder, or from a folder that a run has left."""
        from ml import bundles

        return bundles.load(source, labels, task=self.slug)

    def collate(self, bundle: Bundle, rows: Sequence[Row]) -> dict[str, Any]:
        """Padded token ids, their mask and the index of the right label."""
        batch: dict[str, Any] = bundle.model.batch([row["data"]["text"] for row in rows])
        batch["labels"] = bundle.model.targets(
            [bundle.labels.index(row["answer"]["label"]) for row in rows]
        )
        return batch

    def decide(self, labels: Sequence[str], probabilities: Sequence[float]) -> Prediction:
        """The most probable label."""
        best = int(np.argmax(probabilities))
        return {
            "answer": {"label": labels[best]},
            "confidence": float(probabilities[best]),
            "scores": {label: float(p) for label, p in zip(labels, probabilities, strict=True)},
        }

    def predict(self, bundle: Bundle, rows: Sequence[Row]) -> list[Prediction]:
        """The bundle's answers, in the order of the rows."""
        logits = bundle.model.logits([row["data"]["text"] for row in rows])
        probabilities = softmax(logits / bundle.temperature)
        return [self.decide(bundle.labels, row) for row in probabilities.tolist()]

    def measure(
        self, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
    ) -> dict[str, Any]:
        """Accuracy, macro F1 and calibration, each with what is needed to doubt it."""
        return summary([answer["label"] for answer in gold], predicted)


def _parsed(text: str) -> str:
    if "\x00" in text:
        raise DataError("text-nul")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DataError("text-half") from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError("text-empty")
    if len(text) > LONGEST:
        raise DataError("text-long", have=f"{len(text):,}", most=f"{LONGEST:,}")
    return text
