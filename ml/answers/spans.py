"""Marked passages: `{"spans": [{"start", "end", "label", "text"}]}`, in code points of the text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ml.answers.answer import NOTHING, Answer, AnswerError, Data, Item, cut, known, only

FORM = '{"spans": [{"start": 0, "end": 5, "label": "…", "text": "…"}]}'
NAMES = {"start", "end", "label", "text"}
MOST = 10_000  # spans of a text


class Spans(Answer):
    """Passages with a label each; they may lie within one another and overlap."""

    partial = "labeling/answers/spans.html"
    column = "spans"
    none = True
    in_bulk = False

    def parse(self, value: object, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """The canonical answer: by place, then label; the same span once.

        With the example's data, every span lies in its text and quotes it.
        """
        given = only(value, "spans", FORM)
        if not isinstance(given, list):
            raise AnswerError("answer-shape", form=FORM)
        if len(given) > MOST:
            raise AnswerError("spans-many", have=len(given), most=MOST)
        text = None if data is None else str(data.get("text", ""))
        spans = {_place(one): one for one in (_parsed(each, labels, text) for each in given)}
        return {"spans": [spans[place] for place in sorted(spans)]}

    def from_column(self, value: str, labels: Sequence[str], data: Data = None) -> dict[str, Any]:
        """A JSON list of spans, or an answer as JSON."""
        try:
            said = json.loads(value)
        except (ValueError, RecursionError):
            raise AnswerError("answer-shape", form=FORM) from None
        return self.parse({"spans": said} if isinstance(said, list) else said, labels, data)

    def to_column(self, answer: Mapping[str, Any]) -> str:
        """A JSON list."""
        return json.dumps(answer["spans"], ensure_ascii=False)

    def from_form(
        self, fields: Mapping[str, Any], labels: Sequence[str], data: Data = None
    ) -> dict[str, Any]:
        """The field `spans`, a JSON list; empty where nothing is marked."""
        return self.from_column(str(fields.get("spans") or "[]"), labels, data)

    def schema(self, labels: Sequence[str]) -> dict[str, Any]:
        """The JSON schema of an answer."""
        label: dict[str, Any] = {"type": "string"}
        if labels:
            label["enum"] = list(labels)
        place = {"type": "integer", "minimum": 0}
        span = {
            "type": "object",
            "properties": {
                "start": place,
                "end": place,
                "label": label,
                "text": {"type": "string"},
            },
            "required": ["start", "end", "label"],
            "additionalProperties": False,
        }
        return {
            "type": "object",
            "properties": {"spans": {"type": "array", "items": span, "maxItems": MOST}},
            "required": ["spans"],
            "additionalProperties": False,
        }

    def agreement(self, a: dict[str, Any], b: dict[str, Any]) -> float:
        """F1 of the spans that both have, places and labels exact; 1 where neither has any."""
        one, other = set(self.items(a)), set(self.items(b))
        total = len(one) + len(other)
        return 2 * len(one & other) / total if total else 1.0

    def summary(self, answer: Mapping[str, Any]) -> str:
        """Such as: PER “Ada Lovelace”, LOC “London”."""
        said = (f"{one['label']} “{cut(_quoted(one))}”" for one in answer["spans"])
        return ", ".join(said) or NOTHING

    def items(self, answer: Mapping[str, Any]) -> tuple[Item, ...]:
        """Its spans, by label and place."""
        return tuple((one["label"], (one["start"], one["end"])) for one in answer["spans"])

    def labels_of(self, answer: dict[str, Any]) -> tuple[str, ...]:
        """The labels, each once, the most frequent first."""
        counts = Counter(label for label, _ in self.items(answer))
        return tuple(sorted(counts, key=lambda label: (-counts[label], label)))

    def _wrong(self, missed: list[Item], made_up: list[Item]) -> list[tuple[str, str]]:
        """The same passage under another label was taken for it; anything else is missed."""
        found, others = [], {place: label for label, place in made_up}
        for label, place in missed:
            found.append((label, others.pop(place, NOTHING)))
        return found + [(NOTHING, label) for label in others.values()]

    def naming(self, label: str) -> dict[str, Any]:
        """A span of that label."""
        return {"spans": [{"label": label}]}

    def renamed(
        self,
        answer: Mapping[str, Any],
        names: Mapping[str, str | None],
        labels: Sequence[str],
        *,
        rest: bool = False,
    ) -> dict[str, Any] | None:
        """Span by span; two that became the same are there once."""
        found = [{**one, "label": names.get(one["label"], one["label"])} for one in answer["spans"]]
        kept = {_place(one): one for one in found if one["label"] is not None}
        if not rest and any(one["label"] is None for one in found):
            return None
        return {"spans": [kept[place] for place in sorted(kept)]}

    def named_in(self, said: object) -> tuple[str, ...]:
        """The labels of spans, as far as it holds some."""
        if isinstance(said, str):
            try:
                said = json.loads(said)
            except (ValueError, RecursionError):
                return ()
        spans = said.get("spans") if isinstance(said, dict) else said
        listed = spans if isinstance(spans, list) else []
        found = [one.get("label") for one in listed if isinstance(one, dict)]
        return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one))

    def moved(self, said: object, given: Mapping[str, Any]) -> object:
        """Places in a text with CRLF, as they are in the same text with LF."""
        text = given.get("text")
        if not isinstance(text, str) or "\r\n" not in text:
            return said
        try:
            value = json.loads(said) if isinstance(said, str) else said
            spans: Any = value["spans"] if isinstance(value, dict) else value
            return {"spans": [_shifted(one, text) for one in spans]}
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return said  # `parse` says what is wrong with it


def _place(span: Mapping[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]


def _quoted(span: Mapping[str, Any]) -> str:
    return " ".join(str(span.get("text", "")).split())


def _parsed(value: object, labels: Sequence[str], text: str | None) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("label"), str):
        raise AnswerError("answer-shape", form=FORM)
    start, end, said = (value.get(name) for name in ("start", "end", "text"))
    shaped = _whole(start) and _whole(end) and isinstance(said, str | None)
    if not shaped or not value.keys() <= NAMES:
        raise AnswerError("answer-shape", form=FORM)
    here = _covered(text, start, end, said)
    span = {"start": start, "end": end, "label": known(value["label"], labels)}
    return span if here is None else {**span, "text": here}


def _covered(text: str | None, start: Any, end: Any, said: str | None) -> str | None:
    """What the span quotes; without the text, what it says that it does. Raises AnswerError."""
    length = end if text is None else len(text)
    if not 0 <= start < end <= length:
        shown = "…" if text is None else f"{length:,}"
        raise AnswerError("span-place", start=start, end=end, length=shown)
    if text is None:
        return said
    here = text[start:end]
    if said is not None and said != here:
        raise AnswerError("span-text", start=start, end=end, here=cut(here), given=cut(said))
    return here


def _shifted(span: Mapping[str, Any], text: str) -> dict[str, Any]:
    places = {name: span[name] - text.count("\r\n", 0, span[name]) for name in ("start", "end")}
    quoted = {name: span[name].replace("\r\n", "\n") for name in ("text",) if span.get(name)}
    return {**span, **places, **quoted}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
