"""Spans without JavaScript: a passage is quoted, and a form grows or shrinks by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ml.answers import AnswerError, Spans
from projects import wording

Draft = dict[str, Any]


def changed(
    fields: Mapping[str, str], labels: Sequence[str], data: Mapping[str, Any]
) -> tuple[Draft, str]:
    """The spans of a form after its button “draft”: one added or removed; and what is wrong."""
    answer, spans = Spans(), Draft(spans=[])
    try:
        spans = answer.from_form(fields, labels, data)
        deed, _colon, which = fields.get("draft", "").partition(":")
        if deed == "remove":
            left = [one for place, one in enumerate(spans["spans"]) if str(place) != which]
            return {"spans": left}, ""
        return _added(answer, spans, fields, labels, data)
    except AnswerError as problem:
        return spans, wording.refusal(problem)


def _added(
    answer: Spans,
    spans: Draft,
    fields: Mapping[str, str],
    labels: Sequence[str],
    data: Mapping[str, Any],
) -> tuple[Draft, str]:
    quoted = fields.get("quote", "").replace("\r\n", "\n").strip()
    if not quoted:
        return spans, _("Copy the words that you mean from the text.")
    start = _place(quoted, str(data.get("text", "")), spans, fields.get("quote_label", ""))
    if start is None:
        return spans, _("These words do not stand in the text, or all of them are marked already.")
    new = {"start": start, "end": start + len(quoted), "label": fields.get("quote_label", "")}
    return answer.parse({"spans": [*spans["spans"], new]}, labels, data), ""


def _place(quoted: str, text: str, spans: Draft, label: str) -> int | None:
    """Where the words stand first and do not wear the label yet."""
    worn = {one["start"] for one in spans["spans"] if one["label"] == label}
    start = text.find(quoted)
    while start in worn:
        start = text.find(quoted, start + 1)
    return None if start < 0 else start
