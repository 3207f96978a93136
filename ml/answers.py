"""The shapes an answer can have, whoever gives it: a person, an import, a model, a caller."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ml.refusing import Refusal

NAMED_LABELS = 10


class AnswerError(Refusal):
    """An answer is not what the task takes."""


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
            raise AnswerError("label-shape", form='{"label": "…"}')
        if unknown := sorted(str(key) for key in value if key != "label"):
            raise AnswerError("label-more", names=", ".join(unknown[:5]))
        if value["label"] not in labels:
            raise _not_a_label(value["label"], labels)
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


def _not_a_label(given: str, labels: Sequence[str]) -> AnswerError:
    """Which of its sentences fits; a long cell and a long list are cut."""
    said = "label-unknown" if given else "label-empty"
    shown = given if len(given) <= 60 else given[:60] + "…"
    alike = next((label for label in labels if label.casefold() == given.strip().casefold()), None)
    if alike is not None:
        return AnswerError("label-unknown:alike", given=shown, alike=alike)
    if not labels:
        return AnswerError(f"{said}:none", given=shown)
    named, more = ", ".join(labels[:NAMED_LABELS]), len(labels) - NAMED_LABELS
    if more > 0:
        return AnswerError(f"{said}:more", given=shown, labels=named, more=more)
    return AnswerError(said, given=shown, labels=named)
