"""The shapes an answer can have, whoever gives it: a person, an import, a model, a caller."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

NAMED_LABELS = 10


class AnswerError(ValueError):
    """An answer is not what the task takes; the message is for the person who gave it."""


class Answer(ABC):
    """A way of answering. Every answer of a project passes its `parse`."""

    partial: ClassVar[str]  # the form that asks for it
    column: ClassVar[str]  # the column of a flat file that holds it

    @abstractmethod
    def parse(self, value: object, labels: Sequence[str]) -> dict[str, Any]:
        """The canonical answer. Raises AnswerError that names what is wrong."""

    @abstractmethod
    def from_column(self, value: str, labels: Sequence[str]) -> dict[str, Any]:
        """The answer that a cell of an imported column says."""

    @abstractmethod
    def from_form(self, fields: Mapping[str, str], labels: Sequence[str]) -> dict[str, Any]:
        """The answer that the fields of its `partial` say."""

    @abstractmethod
    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""

    @abstractmethod
    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """How far two answers agree, from 0 to 1."""

    @abstractmethod
    def labels_of(self, answer: dict[str, Any]) -> tuple[str, ...]:
        """The labels that an answer names, which is also what a split is stratified by."""


class Choice(Answer):
    """Exactly one label: `{"label": "billing"}`."""

    partial = "labeling/answers/choice.html"
    column = "label"

    def parse(self, value: object, labels: Sequence[str]) -> dict[str, Any]:
        """The canonical answer. Raises AnswerError that names what is wrong."""
        if not isinstance(value, dict) or not isinstance(value.get("label"), str):
            raise AnswerError('An answer looks like {"label": "…"}, with one label in quotes.')
        if unknown := sorted(str(key) for key in value if key != "label"):
            raise AnswerError(
                f'An answer holds nothing but "label"; please leave out {", ".join(unknown[:5])}.'
            )
        if value["label"] not in labels:
            raise AnswerError(_not_a_label(value["label"], labels))
        return {"label": value["label"]}

    def from_column(self, value: str, labels: Sequence[str]) -> dict[str, Any]:
        """The answer that a cell of an imported column says; blanks around it do not count."""
        return self.parse({"label": value.strip()}, labels)

    def from_form(self, fields: Mapping[str, str], labels: Sequence[str]) -> dict[str, Any]:
        """The answer of the button that was pressed."""
        return self.parse({"label": fields.get("label")}, labels)

    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""
        label: dict[str, Any] = {"type": "string"}
        if labels:
            label["enum"] = list(labels)
        return {
            "type": "object",
            "properties": {"label": label},
            "required": ["label"],
            "additionalProperties": False,
        }

    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """1 if both chose the same label, else 0."""
        return float(a["label"] == b["label"])

    def labels_of(self, answer: dict[str, Any]) -> tuple[str, ...]:
        """The one label."""
        return (answer["label"],)


def _not_a_label(given: str, labels: Sequence[str]) -> str:
    if not given:
        return f"The label is empty. {_the_labels(labels)}"
    shown = given if len(given) <= 60 else given[:60] + "…"
    alike = next((label for label in labels if label.casefold() == given.strip().casefold()), None)
    if alike is not None:
        return f"“{shown}” is not a label of this project. Did you mean “{alike}”?"
    return f"“{shown}” is not a label of this project. {_the_labels(labels)}"


def _the_labels(labels: Sequence[str]) -> str:
    if not labels:
        return "The project has no labels yet: please add some first."
    named = ", ".join(labels[:NAMED_LABELS])
    more = len(labels) - NAMED_LABELS
    return f"Its labels are: {named}{f' and {more} more' if more > 0 else ''}."
