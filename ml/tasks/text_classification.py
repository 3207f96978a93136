"""Sort texts into categories: one text in, one label out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ml import measuring
from ml.answers import Choice
from ml.deciding import OneOf
from ml.task import Prediction
from ml.text_task import SortingTask


class TextClassification(SortingTask):
    """One text, one of the project's labels."""

    slug = "text-classification"
    title = "Sort texts into categories"
    answer = Choice()
    decision = OneOf()
    headline = "accuracy"
    fewest_labels = 2

    def measure(
        self, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
    ) -> dict[str, Any]:
        """Accuracy, macro F1 and calibration, each with what is needed to doubt it."""
        return measuring.summary([answer["label"] for answer in gold], predicted)
