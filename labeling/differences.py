"""Answers side by side: what of each one most others do not have, or have and it has not."""

import difflib
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling import history
from ml.answers import Answer, Choices, Prose, Ranking, Spans
from projects.models import Annotation

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
LONGEST = 20_000  # characters of a response that are compared word by word


@dataclass(frozen=True)
class Part:
    """A piece of an answer as it is shown, and whether it differs from what most say."""

    text: str
    alone: bool
    missing: bool = False  # most have it, and this answer does not


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
    if isinstance(shape, Prose):
        return _words([one["response"] for one in said], at)
    if isinstance(shape, Ranking):
        return [
            Part(
                f"{place + 1}. {data['candidates'][index]}",
                _few([one["ranking"][place] == index for one in said]),
            )
            for place, index in enumerate(said[at]["ranking"])
        ]
    if isinstance(shape, Spans):
        return _among([_spans(one) for one in said], at)
    if isinstance(shape, Choices):
        return _among([{label: label for label in one["labels"]} for one in said], at)
    return [Part(shape.summary(said[at]), _few([one == said[at] for one in said]))]


def _few(same: Sequence[bool]) -> bool:
    """Whether no majority of all says the same."""
    return 2 * sum(same) <= len(same)


def _spans(answer: dict[str, Any]) -> dict[Hashable, str]:
    return {
        (one["start"], one["end"], one["label"]): f"{one['label']} “{one['text']}”"
        for one in answer["spans"]
    }


def _among(said: Sequence[Mapping[Any, str]], at: int) -> list[Part]:
    """What it has, and what most have and it does not."""

    def few(part: Hashable) -> bool:
        return _few([part in one for one in said])

    own = [Part(text, few(part)) for part, text in said[at].items()]
    known = {part: text for one in said for part, text in one.items()}
    missing = [
        Part(text, alone=True, missing=True)
        for part, text in known.items()
        if part not in said[at] and not few(part)
    ]
    return (own or [Part("∅", _few([not one for one in said]))]) + missing


def _words(said: list[str], at: int) -> list[Part]:
    """The response, with what that of most does not have; else what the first other one lacks."""
    own, others = said[at], [one for place, one in enumerate(said) if place != at]
    other = next((one for one in said if not _few([each == one for each in said])), None)
    other = next(iter(others), None) if other is None else other
    if other is None or max(len(own), len(other)) > LONGEST:
        return [Part(own, other is not None and own != other)]
    mine, theirs = WORDS.findall(own), WORDS.findall(other)
    found = difflib.SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes()
    return [
        Part("".join(mine[begin:end]), kind != "equal")
        for kind, _from, _to, begin, end in found
        if end > begin
    ]
