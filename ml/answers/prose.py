"""A text that is written: `{"response": "…"}`, verbatim but for line ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ml.answers.answer import Answer, AnswerError, Data, only
from ml.writing import LONGEST, written

FORM = '{"response": "…"}'
SUMMARY = 200  # characters
GRAM = 3  # characters that are compared at once


class Prose(Answer):
    """A response in the writer's own words."""

    partial = "labeling/answers/prose.html"
    column = "response"
    labelled = False
    written = True
    in_bulk = False  # nobody writes one text for many examples

    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer: line ends are LF; it is neither blank nor longer than a book."""
        return {"response": written(only(value, "response", FORM), "response", AnswerError)}

    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The cell, verbatim."""
        return self.parse({"response": value}, labels)

    def to_column(self, answer: Mapping[str, Any]) -> str:
        """The text."""
        return str(answer["response"])

    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
        """What was written into the field `response`."""
        return self.parse({"response": fields.get("response", "")}, labels)

    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""
        response = {"type": "string", "minLength": 1, "maxLength": LONGEST}
        return {
            "type": "object",
            "properties": {"response": response},
            "required": ["response"],
            "additionalProperties": False,
        }

    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """How many triples of characters both have, of all (Dice): 1 for the same words.

        Blanks and case do not count. In time it is linear, where an edit distance is not.
        """
        one, other = _grams(a["response"]), _grams(b["response"])
        return 2 * (one & other).total() / (one.total() + other.total())

    def summary(self, answer: Mapping[str, Any]) -> str:
        """Its beginning."""
        line = " ".join(answer["response"][: 2 * SUMMARY].split())
        return line if len(line) <= SUMMARY else f"{line[:SUMMARY]}…"


def _grams(text: str) -> Counter[str]:
    plain = " ".join(text.casefold().split())
    return Counter(plain[at : at + GRAM] for at in range(max(1, len(plain) - GRAM + 1)))
