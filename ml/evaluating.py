"""How good a model is on rows that it has not learned from, and where it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import measuring
from ml.task import Bundle, Prediction, Row, Task

WORST = 50


@dataclass(frozen=True)
class Evaluation:
    """Predictions beside gold, and all that is said of them."""

    rows: Sequence[Row]
    predictions: Sequence[Prediction]
    metrics: dict[str, Any]

    @property
    def gold(self) -> list[str]:
        """The right labels, in the order of the rows."""
        return [row["answer"]["label"] for row in self.rows]

    @property
    def confusion(self) -> dict[str, Any]:
        """How often the row's label was answered with the column's."""
        answers = [one["answer"]["label"] for one in self.predictions]
        labels, matrix = measuring.confusion(self.gold, answers)
        return {"labels": labels, "matrix": matrix.tolist()}

    @property
    def worst(self) -> list[dict[str, Any]]:
        """The wrong answers that the model was surest of."""
        wrong = [
            {
                "id": row["id"],
                "gold": row["answer"]["label"],
                "predicted": one["answer"]["label"],
                "confidence": one["confidence"],
            }
            for row, one in zip(self.rows, self.predictions, strict=True)
            if row["answer"] != one["answer"]
        ]
        return sorted(wrong, key=lambda one: -one["confidence"])[:WORST]

    @property
    def bins(self) -> list[dict[str, float]]:
        """How often answers were right, by how sure the model was."""
        return measuring.reliability(self.gold, self.predictions)


def evaluate(task: Task, bundle: Bundle, rows: Sequence[Row]) -> Evaluation:
    """The bundle's answers for these rows, judged."""
    return judged(task, rows, task.predict(bundle, rows))


def judged(task: Task, rows: Sequence[Row], predictions: Sequence[Prediction]) -> Evaluation:
    """Answers that are there already, judged."""
    metrics = task.measure([row["answer"] for row in rows], predictions)
    return Evaluation(rows, predictions, metrics)


def at_temperature(
    task: Task, labels: Sequence[str], predictions: Sequence[Prediction], *, times: float
) -> list[Prediction]:
    """The same answers as if the temperature had been that many times lower."""
    chances = np.array([[one["scores"][label] for label in labels] for one in predictions])
    logits = np.log(np.maximum(chances, measuring.SMALLEST)) * times
    return decided(task, labels, logits)


def decided(task: Task, labels: Sequence[str], logits: NDArray[Any]) -> list[Prediction]:
    """What logits say."""
    return [task.decide(labels, row) for row in measuring.softmax(logits).tolist()]
