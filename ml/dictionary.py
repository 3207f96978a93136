"""A dictionary of what was marked: where a phrase occurs again it is marked again, without a model.

A phrase is a run of words (of characters, where the script puts no blanks between words), its case
folded. In a text the longest phrase that begins at a word is taken, from left to right: maximum
matching, as gazetteers of names and segmenters of Chinese do it. How likely a phrase is to be
marked where it occurs follows from how often it was, among all its occurrences in labelled texts;
learning that from answers is ml.phrases'.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ml import passages
from ml.passages import Place
from ml.task import Prediction

LONGEST = 8  # words of a phrase: what is longer hardly occurs again
READ = 20_000  # characters of a text
HALF = 0.5
# Occurrences in the same letters weigh against all others as if so many had been seen before.
OF_ALL_FORMS = 2.0
LOWER = 0.25  # at most, of what was only ever marked with a capital and now has none
_ENDS = frozenset(".!?:;…。！？：；\n\"“”«»'\u2019(")


@dataclass(frozen=True)
class Text:
    """A text and its words."""

    text: str
    places: list[Place]
    folded: list[str]
    # Words that begin with a capital and no sentence: names, in scripts that have capitals.
    named: list[tuple[int, str]]

    @classmethod
    def of(cls, text: str) -> Text:
        places = passages.words(text[:READ])
        folded = [text[start:end].casefold() for start, end in places]
        return cls(text, places, folded, list(_named(text, places)))

    def form(self, at: int, words: int) -> str:
        """These words as they are written, whatever stands between them."""
        return " ".join(self.text[start:end] for start, end in self.places[at : at + words])

    def key(self, at: int, words: int) -> str:
        return " ".join(self.folded[at : at + words])


def _named(text: str, places: Sequence[Place]) -> Iterator[tuple[int, str]]:
    for at in range(1, len(places)):
        start, end = places[at]
        if end - start > 1 and text[start].isupper():
            before = text[places[at - 1][0] : start]
            if _ENDS.isdisjoint(before):
                yield at, text[start:end]


@dataclass
class Phrase:
    """What a phrase was marked as, and of each form how often it was seen and marked so."""

    label: str
    seen: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def capital(self) -> bool:
        """Whether every form that was marked has a capital."""
        return all(form != form.lower() for form, count in self.right.items() if count)


@dataclass(frozen=True)
class Met:
    """A phrase where it occurs: place in code points, label, how likely it is to be marked."""

    start: int
    end: int
    label: str
    chance: float
    form: str  # as it is written


@dataclass(frozen=True)
class Reading:
    """What the dictionary sees in a text."""

    met: list[Met]
    strange: list[str]  # names that no labelled text had, and no phrase holds

    def answered(self) -> list[Met]:
        """What is more likely marked than not."""
        return [one for one in self.met if one.chance >= HALF]


@dataclass
class Dictionary:
    """Phrases by their key. See ml.phrases.learn for where its numbers come from."""

    labels: tuple[str, ...]
    phrases: dict[str, Phrase]
    names: frozenset[str] = frozenset()
    # What is believed of a phrase before it is seen: as if it had occurred `weight` times, marked
    # in a share `rate` of them.
    weight: float = 1.0
    rate: float = HALF
    missed: float = 0.1  # how often a strange name is one to be marked
    sureness: float = 1.0

    def __post_init__(self) -> None:
        self._longest: dict[str, int] = {}
        for key in self.phrases:
            words = key.split(" ")
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def believe(
        self, *, weight: float, rate: float, missed: float, sureness: float = 1.0
    ) -> Dictionary:
        """Itself, with these numbers."""
        self.weight, self.rate, self.missed, self.sureness = weight, rate, missed, sureness
        return self

    def matches(self, text: Text) -> Iterator[tuple[int, int, str]]:
        """(first word, number of words, key) of the longest phrases, from left to right."""
        at, folded = 0, text.folded
        while at < len(folded):
            longest = self._longest.get(folded[at], 0)
            if not longest:
                at += 1
                continue
            for words in range(min(longest, len(folded) - at), 0, -1):
                key = text.key(at, words)
                if key in self.phrases:
                    yield at, words, key
                    at += words - 1
                    break
            at += 1

    def chance(self, phrase: Phrase, form: str) -> float:
        """How likely it is to be marked where it occurs in this form.

        The share over all forms, shrunk towards what is believed beforehand; then the share of
        this form, shrunk towards that: “Apple” and “apple” part where the answers say so.
        """
        seen, right = sum(phrase.seen.values()), sum(phrase.right.values())
        of_all = (right + self.weight * self.rate) / (seen + self.weight)
        here = phrase.seen.get(form, 0)
        if not here and form == form.lower() and phrase.capital():
            return min(of_all, LOWER)
        return (phrase.right.get(form, 0) + OF_ALL_FORMS * of_all) / (here + OF_ALL_FORMS)

    def read(self, text: Text | str) -> Reading:
        """Every phrase that it knows, and every name that it does not."""
        text = Text.of(text) if isinstance(text, str) else text
        met: list[Met] = []
        held: set[int] = set()
        for at, words, key in self.matches(text):
            phrase = self.phrases[key]
            chance = self.chance(phrase, form := text.form(at, words))
            start, end = text.places[at][0], text.places[at + words - 1][1]
            met.append(Met(start, end, phrase.label, chance, form))
            held.update(range(at, at + words))
        strange = [word for at, word in text.named if at not in held and word not in self.names]
        return Reading(met, strange)

    def whole(self, reading: Reading) -> float:
        """The chance that all of it is right, were its parts independent: each phrase is marked
        or is not as said, and no strange name is one to be marked. Not yet calibrated."""
        chance = (1 - self.missed) ** len(reading.strange)
        for one in reading.met:
            chance *= max(one.chance, 1 - one.chance)
        return float(chance)

    def predict(self, text: str) -> Prediction:
        """The answer to one text; its confidence is that of the whole, brought by an exponent that
        was fitted on held-out answers to how often such answers are right."""
        reading = self.read(text)
        found = reading.answered()
        scores = dict.fromkeys(self.labels, 0.0)
        for one in reading.met:
            scores[one.label] = max(scores.get(one.label, 0.0), one.chance)
        return {
            "answer": {"spans": [span(text, one) for one in found]},
            "confidence": self.whole(reading) ** self.sureness,
            "scores": scores,
            "span_scores": [one.chance for one in found],
        }

    def as_bytes(self) -> bytes:
        """Without pickle: JSON, compressed."""
        said = {
            "labels": self.labels,
            "phrases": {key: [one.label, one.seen, one.right] for key, one in self.phrases.items()},
            "names": sorted(self.names),
            "numbers": [self.weight, self.rate, self.missed, self.sureness],
        }
        return zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1)

    @classmethod
    def from_bytes(cls, content: bytes | memoryview) -> Dictionary:
        """What `as_bytes` wrote."""
        said = json.loads(zlib.decompress(bytes(content)))
        phrases = {
            key: Phrase(label, Counter(seen), Counter(right))
            for key, (label, seen, right) in said["phrases"].items()
        }
        return cls(tuple(said["labels"]), phrases, frozenset(said["names"]), *said["numbers"])


def span(text: str, met: Met) -> dict[str, Any]:
    """As an answer says it."""
    quoted = text[met.start : met.end]
    return {"start": met.start, "end": met.end, "label": met.label, "text": quoted}


def united(
    text: str, spans: Sequence[Mapping[str, Any]], met: Sequence[Met]
) -> tuple[list[dict[str, Any]], float]:
    """Spans, with the phrases that overlap none of them; the chance that all of these are right."""
    found, chance = [dict(one) for one in spans], 1.0
    for one in met:
        if all(one.end <= other["start"] or other["end"] <= one.start for other in spans):
            found.append(span(text, one))
            chance *= one.chance
    return sorted(found, key=lambda one: (one["start"], one["end"], one["label"])), chance
