"""Exports of Label Studio: tasks with the annotations of several people, and predictions.

What they agree on is the row's answer: the ground truth, else what most of them say. Where there
is neither, the row has none, and what each says stands beside it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ml.reading.answered import NOTHING, Values, WrongSpan, answers, one, span, text_of
from ml.reading.found import Beside, Voice

MOST = 200  # annotations of a task


def is_task(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("data"), dict)
        and isinstance(value.get("annotations", value.get("completions", [])), list)
        and bool({"annotations", "completions", "predictions"} & value.keys())
    )


def row(value: Values) -> Values:
    """The data with what is agreed. Raises WrongSpan where the only annotation has one."""
    given = _given(value)
    said = [(each, found) for each in given if (found := _fitting(value, each)) is not None]
    if given and not said:
        _said(value, given[0])  # raises
    return dict(value["data"]) | _agreed(said)


def beside(value: Values) -> Beside:
    """What each says, where they are several; predictions as hints; and what cannot be kept."""
    given, lost = _given(value), [*_lost(value)]
    voices = []
    for each in given if len(given) > 1 else []:
        if (found := _fitting(value, each)) is None:
            lost.append("span")
        elif found:
            voices.append(Voice(found, by=_who(each.get("completed_by")), source="annotation"))
    for each in _listed(value.get("predictions"))[:MOST]:
        if found := _fitting(value, each):
            by = _who(each.get("model_version"))
            voices.append(Voice(found, by=by, source="prediction", hint=True))
    return Beside(voices=tuple(voices), lost=tuple(dict.fromkeys(lost)))


def _given(value: Values) -> list[Values]:
    """The annotations that were not cancelled."""
    listed = _listed(value.get("annotations", value.get("completions")))
    return [each for each in listed[:MOST] if not each.get("was_cancelled")]


def _listed(said: Any) -> list[Values]:
    return [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []


def _agreed(said: list[tuple[Values, Values]]) -> Values:
    truths = [found for each, found in said if each.get("ground_truth") is True]
    if truths:
        return truths[-1]
    counts = Counter(json.dumps(found, sort_keys=True) for _, found in said)
    for most, count in counts.most_common(1):
        if 2 * count > len(said):
            agreed: Values = json.loads(most)
            return agreed
    return {}


def _fitting(value: Values, annotation: Values) -> Values | None:
    try:
        return _said(value, annotation)
    except WrongSpan:
        return None


def _said(value: Values, annotation: Values) -> Values:
    """What it says by column. One without results says: nothing is here."""
    results = annotation.get("result")
    choices: list[Any] = []
    spans: list[Values] = []
    for result, said in _results(annotation):
        choices += said["choices"] if isinstance(said.get("choices"), list) else []
        if isinstance(said.get("labels"), list) and "start" in said:
            text = text_of(value["data"], result.get("to_name"))
            spans += [
                span(text, said["start"], said.get("end"), name, said.get("text"))
                for name in said["labels"]
            ]
    return dict(NOTHING) if results == [] else answers(choices, spans)


def _results(annotation: Values) -> Iterator[tuple[Values, Values]]:
    for result in _listed(annotation.get("result")):
        if isinstance(said := result.get("value"), dict):
            yield result, said


def _lost(value: Values) -> Iterator[str]:
    """The kinds of results that are neither choices nor passages of a text."""
    for annotation in _given(value):
        for result, said in _results(annotation):
            known = isinstance(said.get("choices"), list) or (
                isinstance(said.get("labels"), list) and "start" in said
            )
            if not known:
                yield str(result.get("type") or "?")[:40]


def _who(said: Any) -> str:
    """A person or a model, as the export names them: by address, number or name."""
    if isinstance(said, dict):
        said = said.get("email") or said.get("id")
    return str(said)[:200] if isinstance(said, str | int) else ""


def is_short(value: Any) -> bool:
    return isinstance(value, dict) and {"annotation_id", "annotator"} <= value.keys()


def short(value: Values) -> Values:
    row: Values = {}
    for name, said in value.items():
        if _are_spans(said):
            text = text_of(value, None)
            spans = [
                span(text, place["start"], place.get("end"), label, place.get("text"))
                for place in said
                for label in place["labels"]
            ]
            row |= answers([], spans)
        elif isinstance(said, dict) and isinstance(said.get("choices"), list):
            row[name] = one(said["choices"])
        else:
            row[name] = said
    return row


def _are_spans(said: Any) -> bool:
    return (
        isinstance(said, list)
        and bool(said)
        and all(
            isinstance(place, dict) and "start" in place and isinstance(place.get("labels"), list)
            for place in said
        )
    )
