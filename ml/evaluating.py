"""How good a model is on rows that it has not learned from, and where it goes wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml import measuring
from ml.answers import NOTHING
from ml.task import Answering, Prediction, Row, Task

WORST = 50


@dataclass(frozen=True)
class Evaluation:
    """Predictions beside gold, and all that is said of them."""

    task: Task
    rows: Sequence[Row]
    predictions: Sequence[Prediction]
    metrics: dict[str, Any]

    @property
    def right(self) -> list[bool]:
        """Whether the whole answer is, in the order of the rows."""
        pairs = zip(self.rows, self.predictions, strict=True)
        return [row["answer"] == one["answer"] for row, one in pairs]

    @property
    def confusion(self) -> dict[str, Any]:
        """How often the row's label was answered with the column's.

        NOTHING is a label here, where one was missed (as a column) or made up (as a row).
        """
        found = Counter[tuple[str, str]]()
        for row, one in zip(self.rows, self.predictions, strict=True):
            found.update(self.task.answer.pairs(row["answer"], one["answer"]))
        named = {label for pair in found for label in pair}
        labels = [*sorted(named - {NOTHING}), *sorted(named & {NOTHING})]
        matrix = [[found[gold, said] for said in labels] for gold in labels]
        return {"labels": labels, "matrix": matrix}

    @property
    def worst(self) -> list[dict[str, Any]]:
        """The wrong answers that the model was surest of."""
        told = self.task.answer.summary
        wrong: list[dict[str, Any]] = [
            {
                "id": row["id"],
                "gold": told(row["answer"]),
                "predicted": told(one["answer"]),
                "confidence": one["confidence"],
            }
            for row, one in zip(self.rows, self.predictions, strict=True)
            if row["answer"] != one["answer"]
        ]
        return sorted(wrong, key=lambda one: -one["confidence"])[:WORST]

    @property
    def bins(self) -> list[dict[str, float]]:
        """How often answers were right, by how sure the model was."""
        return measuring.reliability(self.right, self.predictions)


def evaluate(task: Task, model: Answering, rows: Sequence[Row]) -> Evaluation:
    """The model's answers for these rows, judged."""
    return judged(task, rows, task.predict(model, rows))


def judged(task: Task, rows: Sequence[Row], predictions: Sequence[Prediction]) -> Evaluation:
    """Answers that are there already, judged."""
    metrics = task.measure([row["answer"] for row in rows], predictions)
    return Evaluation(task, rows, predictions, metrics)
