"""Tag texts: one text in, any number of labels out, none included."""

from __future__ import annotations

from ml.answers import Choices
from ml.deciding import AnyOf
from ml.text_task import SortingTask


class MultiLabelClassification(SortingTask):
    """One text, any of the project's labels."""

    slug = "multi-label-classification"
    title = "Tag texts with any number of labels"
    answer = Choices()
    decision = AnyOf()
    # Every label given or missed counts alike. Macro F1, which stands beside it, swings by the two
    # test rows of a rare label.
    headline = "micro_f1"
    methods = ("full", "head", "classical")
