"""Our answers as other tools say them. Knows answers by their one name: label, labels or spans."""

from collections.abc import Iterable
from typing import Any

from ml.task import Task

Answer = dict[str, Any] | None
LABEL_STUDIO = DOCCANO = ("label", "labels", "spans")


def no_place(task: Task, known: Iterable[str]) -> str:
    """The code of the reason why answers of this task have no place there; else nothing."""
    return "" if task.answer.column in known else "no-place"


def label_studio(answer: Answer, field: str) -> list[dict[str, Any]]:
    """One annotation, of the field of the data that is named; none without an answer."""
    if answer is None:
        return []
    about = {"from_name": "label", "to_name": field}
    if "spans" in answer:
        found = [{**about, "type": "labels", "value": _region(one)} for one in answer["spans"]]
    else:
        value = {"choices": _labels(answer)}
        found = [{**about, "type": "choices", "value": value}] if value["choices"] else []
    return [{"result": found, "was_cancelled": False}]


def doccano(answer: Answer) -> list[Any]:
    """Label names; or start, end and name of each span."""
    if answer is None:
        return []
    if "spans" in answer:
        return [[one["start"], one["end"], one["label"]] for one in answer["spans"]]
    return _labels(answer)


def _labels(answer: dict[str, Any]) -> list[str]:
    return [answer["label"]] if "label" in answer else list(answer["labels"])


def _region(span: dict[str, Any]) -> dict[str, Any]:
    place = {name: said for name, said in span.items() if name in {"start", "end", "text"}}
    return {**place, "labels": [span["label"]]}
