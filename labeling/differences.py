"""Answers side by side: what of each one no other answer has."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labeling import history
from ml.answers import Answer, Choices, Prose, Ranking, Spans
from projects.models import Annotation

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
LONGEST = 20_000  # characters of a response that are compared word by word


@dataclass(frozen=True)
class Part:
    """A piece of an answer as it is shown, and whether others do not have it."""

    text: str
    alone: bool


@dataclass(frozen=True)
class Told:
    """One answer, in parts."""

    annotation: Annotation
    letter: str  # A, B, C …: by which it is chosen, and called where names are hidden
    parts: list[Part]

    @property
    def by(self) -> str:
        return history.by(self.annotation)


def side_by_side(
    shape: Answer, annotations: Sequence[Annotation], data: dict[str, Any]
) -> list[Told]:
    said = [annotation.answer for annotation in annotations]
    return [
        Told(annotation, _letter(at), _parts(shape, said, at, data))
        for at, annotation in enumerate(annotations)
    ]


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else str(at + 1)


def _parts(shape: Answer, said: list[dict[str, Any]], at: int, data: dict[str, Any]) -> list[Part]:
    others = [one for place, one in enumerate(said) if place != at]
    if isinstance(shape, Prose):
        return _words(said[at]["response"], others[0]["response"] if others else None)
    if isinstance(shape, Ranking):
        return [
            Part(
                f"{place + 1}. {data['candidates'][index]}",
                any(one["ranking"][place] != index for one in others),
            )
            for place, index in enumerate(said[at]["ranking"])
        ]
    if isinstance(shape, Spans):
        return [
            Part(
                f"{span['label']} “{span['text']}”", any(span not in one["spans"] for one in others)
            )
            for span in said[at]["spans"]
        ] or [Part("∅", any(one["spans"] for one in others))]
    if isinstance(shape, Choices):
        return [
            Part(label, any(label not in one["labels"] for one in others))
            for label in said[at]["labels"]
        ] or [Part("∅", any(one["labels"] for one in others))]
    return [Part(shape.summary(said[at]), any(one != said[at] for one in others))]


def _words(own: str, other: str | None) -> list[Part]:
    """The response, with what the first of the others does not have."""
    if other is None or max(len(own), len(other)) > LONGEST:
        return [Part(own, other is not None and own != other)]
    mine, theirs = WORDS.findall(own), WORDS.findall(other)
    found = difflib.SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes()
    return [
        Part("".join(mine[begin:end]), kind != "equal")
        for kind, _from, _to, begin, end in found
        if end > begin
    ]
