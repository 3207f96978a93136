"""What other tools export, as rows with `text`, `label` and `spans`, and what rows say beside."""

from collections.abc import Callable
from typing import Any

from ml.reading import label_studio, ours
from ml.reading.answered import NOTHING, Values, WrongSpan, answers, span
from ml.reading.found import Beside, problem

NEARLY_ALL = 0.9


# Whose answers come later than the rows that are looked at: the column is there from the first.
_ANSWERED = ("label-studio", "doccano")


def dialect(values: list[Any]) -> str:
    """Whose export these first values are; empty where they are nobody's in particular."""
    if not values:
        return ""
    enough = NEARLY_ALL * len(values)
    return next(
        (name for name, (is_it, _) in _PEERS.items() if sum(map(is_it, values)) >= enough), ""
    )


def columns(dialect: str, found: list[str]) -> list[str]:
    """With the column of the answers, where no row that was looked at has one."""
    if dialect not in _ANSWERED:
        return found
    return found + [name for name in ("label", "spans") if name not in found]


def converted(dialect: str, number: int, value: Any) -> Any:
    """The row as we would have it; a Problem where its spans do not fit its text."""
    is_it, convert = _PEERS[dialect]
    try:
        return convert(value) if is_it(value) else value
    except WrongSpan as error:
        return problem(number, "row-spans", label=str(error))


def beside(dialect: str, value: Any) -> Beside | None:
    """What a row says beside its columns; `value` is it as it was in the file."""
    tell, (is_it, _) = _BESIDE.get(dialect), _PEERS[dialect]
    return tell(value) if tell and is_it(value) else None


_BESIDE: dict[str, Callable[[Any], Beside | None]] = {
    "studio": ours.beside,
    "label-studio": label_studio.beside,
}


def _is_doccano(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return False
    said = value.get("label", value.get("labels"))
    entities = value.get("entities")
    listed = isinstance(entities, list) and all(
        isinstance(one, dict) and "start_offset" in one for one in entities
    )
    labels = isinstance(said, list) and all(
        isinstance(one, str) or (isinstance(one, list) and len(one) == 3) for one in said
    )
    return labels or ("entities" in value and listed)


def _doccano(value: Values) -> Values:
    row, text = dict(value), value["text"]
    said = row.pop("label", None) or row.pop("labels", None) or []
    row.pop("labels", None)
    # An export of doccano has an empty list where nobody has answered; ours says that someone has.
    if row.pop("answered", False) is True and not said:
        return row | NOTHING
    spans = [span(text, *one) for one in said if isinstance(one, list)]
    for one in row.pop("entities", None) or []:
        spans.append(span(text, one["start_offset"], one.get("end_offset"), one.get("label")))
    return row | answers([one for one in said if isinstance(one, str)], spans)


def _is_spacy(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], dict)
        and bool({"entities", "cats"} & value[1].keys())
    )


def _spacy(value: list[Any]) -> Values:
    text, said = value
    cats, entities = said.get("cats"), said.get("entities")
    labels = [name for name, share in cats.items() if _likely(share)] if _is_dict(cats) else []
    entities = [one for one in entities if len(one) > 2] if _are_lists(entities) else []
    return {"text": text} | answers(labels, [span(text, *one[:3]) for one in entities])


def _likely(share: Any) -> bool:
    return isinstance(share, int | float) and share >= 0.5


def _is_dict(value: Any) -> bool:
    return isinstance(value, dict)


def _are_lists(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, list) for one in value)


def _strings(value: str) -> Values:
    return {"text": value}


_PEERS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "studio": (ours.is_ours, ours.row),
    "label-studio": (label_studio.is_task, label_studio.row),
    "label-studio-min": (label_studio.is_short, label_studio.short),
    "doccano": (_is_doccano, _doccano),
    "spacy": (_is_spacy, _spacy),
    "strings": (lambda value: isinstance(value, str), _strings),
}
