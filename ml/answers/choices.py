"""Any number of labels, none included: `{"labels": ["a", "b"]}`, in the project's order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ml.answers.answer import NOTHING, Answer, AnswerError, Data, Item, known, only

FORM = '{"labels": ["…", "…"]}'
SEPARATORS = "|;"


class Choices(Answer):
    """Any number of labels. The empty list is an answer, too: none of them."""

    partial = "labeling/answers/choices.html"
    column = "labels"
    none = True

    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer: labels in the project's order, each once."""
        given = only(value, "labels", FORM)
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise AnswerError("answer-shape", form=FORM)
        named = {known(one, labels) for one in given}
        return {"labels": [label for label in labels if label in named]}

    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """A JSON list; one label; or several, between which stands a bar or a semicolon."""
        if isinstance(listed := _json(value), dict):
            return self.parse(listed, labels)
        named = [value.strip()] if value.strip() in labels else _apart(value, labels)
        return self.parse({"labels": named}, labels)

    def to_column(self, answer: Mapping[str, Any]) -> str:
        """A JSON list: a label may hold any separator."""
        return json.dumps(answer["labels"], ensure_ascii=False)

    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
        """The boxes that are ticked. A form that is `explicit` says `none` where none fits."""
        listed = getattr(fields, "getlist", None)
        given = listed("labels") if listed else fields.get("labels", [])
        if fields.get("none"):
            given = []
        elif fields.get("explicit") and not given:
            raise AnswerError("choices-unsaid")
        return self.parse({"labels": [given] if isinstance(given, str) else list(given)}, labels)

    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""
        label: dict[str, Any] = {"type": "string"}
        if labels:
            label["enum"] = list(labels)
        return {
            "type": "object",
            "properties": {"labels": {"type": "array", "items": label, "uniqueItems": True}},
            "required": ["labels"],
            "additionalProperties": False,
        }

    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """What both name, of what either names (Jaccard); 1 where neither names any."""
        one, other = set(a["labels"]), set(b["labels"])
        return len(one & other) / len(one | other) if one | other else 1.0

    def summary(self, answer: Mapping[str, Any]) -> str:
        """The labels."""
        return ", ".join(answer["labels"]) or NOTHING

    def items(self, answer: Mapping[str, Any]) -> tuple[Item, ...]:
        """Its labels."""
        return tuple((label, None) for label in answer["labels"])

    def _wrong(self, missed: list[Item], made_up: list[Item]) -> list[tuple[str, str]]:
        """Where one label is missing and another is too much, the one was taken for the other."""
        if missed and made_up:
            return [(one, other) for one, _ in missed for other, _ in made_up]
        return super()._wrong(missed, made_up)

    def renamed(
        self,
        answer: Mapping[str, Any],
        names: Mapping[str, str | None],
        labels: Sequence[str],
        *,
        rest: bool = False,
    ) -> dict[str, Any] | None:
        """In the order of today's labels; two that became one are there once."""
        named = {names.get(label, label) for label in answer["labels"]}
        if None in named and not rest:
            return None
        place = {label: at for at, label in enumerate(labels)}
        kept = (label for label in named if label is not None)
        return {"labels": sorted(kept, key=lambda label: (place.get(label, len(place)), label))}

    def named_in(self, said: object) -> tuple[str, ...]:
        """The names in a list, or between separators."""
        value = _json(said) if isinstance(said, str) else said
        if isinstance(value, dict):
            value = value.get("labels")
        if isinstance(value, list):
            return tuple(one for one in value if isinstance(one, str) and one)
        return tuple(_apart(said, ())) if isinstance(said, str) else ()


def _json(cell: str) -> object:
    """What a cell that begins like JSON holds, as an object."""
    if cell.strip()[:1] not in ("[", "{"):
        return None
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return {"labels": value} if isinstance(value, list) else value


def _apart(cell: str, labels: Sequence[str]) -> list[str]:
    """Cut at the separator that is in the cell and in no label."""
    fit = (one for one in SEPARATORS if one in cell and not any(one in name for name in labels))
    separator = next(fit, None)
    pieces = cell.split(separator) if separator else [cell]
    return [piece.strip() for piece in pieces if piece.strip()] or [cell.strip()]
