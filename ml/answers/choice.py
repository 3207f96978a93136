"""Exactly one label: `{"label": "billing"}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ml.answers.answer import Answer, AnswerError, Data, Item, known

FORM = '{"label": "…"}'


class Choice(Answer):
    """Exactly one label: `{"label": "billing"}`."""

    partial = "labeling/answers/choice.html"
    column = "label"

    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer. Raises AnswerError that names what is wrong."""
        if not isinstance(value, dict) or not isinstance(value.get("label"), str):
            raise AnswerError("label-shape", form=FORM)
        if unknown := sorted(str(key) for key in value if key != "label"):
            raise AnswerError("label-more", names=", ".join(unknown[:5]))
        return {"label": known(value["label"], labels)}

    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The answer that a cell of an imported column says; blanks around it do not count."""
        return self.parse({"label": value.strip()}, labels)

    def to_column(self, answer: Mapping[str, Any]) -> str:
        """The label."""
        return str(answer["label"])

    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
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

    def summary(self, answer: Mapping[str, Any]) -> str:
        """The label."""
        return str(answer["label"])

    def items(self, answer: Mapping[str, Any]) -> tuple[Item, ...]:
        """The one label."""
        return ((answer["label"], None),)

    def _wrong(self, missed: list[Item], made_up: list[Item]) -> list[tuple[str, str]]:
        return [(one, other) for (one, _), (other, _) in zip(missed, made_up, strict=True)]

    def naming(self, label: str) -> dict[str, Any]:
        """The answer itself."""
        return {"label": label}

    def renamed(
        self,
        answer: Mapping[str, Any],
        names: Mapping[str, str | None],
        labels: Sequence[str],
        *,
        rest: bool = False,
    ) -> dict[str, Any] | None:
        """It is nothing without its label."""
        label = names.get(answer["label"], answer["label"])
        return None if label is None else {"label": label}

    def named_in(self, said: object) -> tuple[str, ...]:
        """A cell names one label."""
        if isinstance(said, dict):
            said = said.get("label")
        return (said.strip(),) if isinstance(said, str) and said.strip() else ()
