"""An order of candidates: `{"ranking": [2, 0, 1]}`, their places from 0, the best first."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ml.answers.answer import Answer, AnswerError, Data, only

FORM = '{"ranking": [2, 0, 1]}'
FEWEST, MOST = 2, 50  # candidates
_APART = re.compile(r"\s*[>,;]\s*")


class Ranking(Answer):
    """All candidates of an example, the best first."""

    partial = "labeling/answers/ranking.html"
    column = "ranking"
    labelled = False
    in_bulk = False

    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer. With the example's data, it names each of its candidates."""
        given = only(value, "ranking", FORM)
        if not isinstance(given, list) or not all(type(one) is int for one in given):
            raise AnswerError("answer-shape", form=FORM)
        count = len(given) if data is None else len(data.get("candidates", ()))
        if not FEWEST <= count <= MOST or sorted(given) != list(range(count)):
            raise AnswerError("ranking-order", count=count, last=max(count - 1, 1))
        return {"ranking": list(given)}

    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """A JSON list, or places between which stands “>”, a comma or a semicolon."""
        return self.parse(_said(value), labels, data)

    def to_column(self, answer: Mapping[str, Any]) -> str:
        """A JSON list."""
        return json.dumps(answer["ranking"])

    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
        """The field `ranking`: places, commas between them. Else, from 1, each one's `place`."""
        listed = getattr(fields, "getlist", None)
        if not fields.get("ranking") and listed and listed("place"):
            return self.parse({"ranking": _in_order(listed("place"))}, labels, data)
        return self.parse(_said(str(fields.get("ranking", ""))), labels, data)

    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""
        places = {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": MOST - 1},
            "minItems": FEWEST,
            "maxItems": MOST,
            "uniqueItems": True,
        }
        return {
            "type": "object",
            "properties": {"ranking": places},
            "required": ["ranking"],
            "additionalProperties": False,
        }

    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """The share of pairs that both put in the same order: Kendall's tau, from 0 to 1."""
        place = {one: at for at, one in enumerate(b["ranking"])}
        pairs = list(combinations([place[one] for one in a["ranking"] if one in place], 2))
        return sum(first < second for first, second in pairs) / len(pairs) if pairs else 0.0

    def summary(self, answer: Mapping[str, Any]) -> str:
        """Such as 3 > 1 > 2: as people count, from 1."""
        return " > ".join(str(one + 1) for one in answer["ranking"])


def _in_order(places: Sequence[str]) -> list[int]:
    """Who stands first, second …; where two stand in one place, no order of all."""
    if sorted(places) != sorted(str(place + 1) for place in range(len(places))):
        return []
    return sorted(range(len(places)), key=lambda one: int(places[one]))


def _said(cell: str) -> object:
    """What a cell says, as an answer, whatever it holds."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {"ranking": value}
    places = _APART.split(cell.strip())
    digits = all(one.isascii() and one.isdigit() and len(one) < 4 for one in places)
    return {"ranking": [int(one) for one in places] if digits else None}
