"""Learning a dictionary from marked texts: counts, what is believed of rare phrases, and how it
does on answers that it did not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import calibrating, passages
from ml.calibrating import SMALLEST
from ml.dictionary import LONGEST, Dictionary, Phrase, Reading, Text
from ml.instant import FIRST, STEPS, Point

FOLDS = 5
LOOKED_AT = 1000  # answers, the newest, that the figures are counted on
MOST_CHARACTERS = 500_000  # of the newest texts, which bounds the time
MOST_PHRASES = 20_000
MOST_NAMES = 50_000
RESAMPLES = 400
# What is tried of how strong the belief about a phrase is before it is seen, and what it says.
WEIGHTS = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])
RATES = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True)
class Marked:
    """A text with its answer: spans by words, as far as their edges are, and all by place."""

    text: Text
    by_words: dict[tuple[int, int], str]
    by_place: set[tuple[int, int, str]]

    @classmethod
    def of(cls, text: str, answer: Mapping[str, Any]) -> Marked:
        cut = Text.of(text)
        starts = {place[0]: at for at, place in enumerate(cut.places)}
        ends = {place[1]: at for at, place in enumerate(cut.places)}
        by_words = {}
        for one in passages.apart(answer["spans"])[0]:
            begins, stops = starts.get(one["start"]), ends.get(one["end"])
            if begins is not None and stops is not None and begins <= stops < begins + LONGEST:
                by_words[begins, stops - begins + 1] = str(one["label"])
        spans = {(one["start"], one["end"], str(one["label"])) for one in answer["spans"]}
        return cls(cut, by_words, spans)


@dataclass(frozen=True)
class Learned:
    """A dictionary, and its F1 on answers that it did not see: `right` of `of` are the spans found
    twice over, and those marked and said together. The interval draws texts anew."""

    dictionary: Dictionary
    right: int
    of: int
    texts: int
    interval: tuple[float, float]
    weakest: str | None
    curve: tuple[Point, ...] = field(default=())


def learn(
    texts: Sequence[str],
    answers: Sequence[Mapping[str, Any]],
    labels: Sequence[str],
    *,
    seed: int = 0,
) -> Learned | None:
    """A dictionary from answers (n) to `texts` (n), the oldest first. None where it is too early.

    How much a phrase that was seen a few times is believed is set by what is likeliest for held-out
    occurrences (empirical Bayes with a beta prior, on a grid); how sure a whole answer may be, by
    an exponent fitted on the same answers.
    """
    known = _newest(texts, answers)
    if len(known) < FIRST or not any(one.by_words for one in known):
        return None
    judged = known[-LOOKED_AT:]
    held = _held_out(judged, known[: -len(judged)], labels, seed)
    numbers = _fitted(held)
    for dictionary in {id(dictionary): dictionary for _one, dictionary in held}.values():
        dictionary.believe(**numbers)
    whole, hits, figures, wrong = [], [], [], Counter[str]()
    for one, dictionary in held:
        reading = dictionary.read(one.text)
        said = _places(reading)
        whole.append(dictionary.whole(reading))
        hits.append(said == one.by_place)
        figures.append((2 * len(said & one.by_place), len(said) + len(one.by_place)))
        wrong.update(label for _start, _end, label in said ^ one.by_place)
    sureness = calibrating.sureness(np.array(whole), np.array(hits))
    table = np.array(figures)
    return Learned(
        counted(known, labels).believe(**numbers, sureness=sureness),
        int(table[:, 0].sum()),
        int(table[:, 1].sum()),
        len(table),
        _interval(table, seed),
        wrong.most_common(1)[0][0] if wrong else None,
        tuple(_curve(judged, labels, numbers, seed)),
    )


def _newest(texts: Sequence[str], answers: Sequence[Mapping[str, Any]]) -> list[Marked]:
    """As many of the newest as have so many characters, the oldest of them first."""
    found: list[Marked] = []
    room = MOST_CHARACTERS
    for text, answer in zip(reversed(texts), reversed(answers), strict=True):
        room -= len(text)
        if room < 0 and found:
            break
        found.append(Marked.of(text, answer))
    return found[::-1]


def counted(known: Sequence[Marked], labels: Sequence[str]) -> Dictionary:
    """Every phrase that was marked, with how often it occurred and was marked where it did."""
    said: dict[str, Counter[str]] = {}
    for one in known:
        for (at, words), label in one.by_words.items():
            said.setdefault(one.text.key(at, words), Counter())[label] += 1
    often = sorted(said, key=lambda key: -said[key].total())[:MOST_PHRASES]
    phrases = {key: Phrase(said[key].most_common(1)[0][0]) for key in often}
    names = {word for one in known for _at, word in one.text.named}
    found = Dictionary(tuple(labels), phrases, frozenset(sorted(names)[:MOST_NAMES]))
    for one in known:
        for at, words, key in found.matches(one.text):
            phrase, form = phrases[key], one.text.form(at, words)
            phrase.seen[form] += 1
            phrase.right[form] += one.by_words.get((at, words)) == phrase.label
    return found


Held = list[tuple[Marked, Dictionary]]


def _held_out(
    judged: Sequence[Marked], others: Sequence[Marked], labels: Sequence[str], seed: int
) -> Held:
    """Each text with a dictionary that has not seen it."""
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(judged))
    found: Held = []
    for fold in range(FOLDS):
        seen = [one for one, at in zip(judged, folds, strict=True) if at != fold]
        dictionary = counted([*others[-LOOKED_AT:], *seen], labels)
        unseen = (one for one, at in zip(judged, folds, strict=True) if at == fold)
        found += [(one, dictionary) for one in unseen]
    return found


def _fitted(held: Held) -> dict[str, float]:
    """What is believed beforehand of a phrase, and how often a strange name is to be marked."""
    seen, right, hits, strange, missed = [], [], [], 0, 0
    for one, dictionary in held:
        for at, words, key in dictionary.matches(one.text):
            phrase = dictionary.phrases[key]
            seen.append(phrase.seen.total())
            right.append(phrase.right.total())
            hits.append(one.by_words.get((at, words)) == phrase.label)
        inside = {
            word for at, words in one.by_words for word in one.text.form(at, words).split(" ")
        }
        unknown = dictionary.read(one.text).strange
        strange, missed = strange + len(unknown), missed + sum(word in inside for word in unknown)
    weight, rate = _likeliest(np.array(seen), np.array(right), np.array(hits, dtype=bool))
    return {"weight": weight, "rate": rate, "missed": (missed + 0.5) / (strange + 5)}


def _likeliest(
    seen: NDArray[Any], right: NDArray[Any], hits: NDArray[np.bool_]
) -> tuple[float, float]:
    """The prior of the grid under which these occurrences are likeliest."""
    best, found = np.inf, (1.0, 0.5)
    for weight in WEIGHTS if len(hits) else ():
        chance = (right + weight * RATES[:, None]) / (seen + weight)
        told = np.where(hits, chance, 1 - chance)
        losses = -np.log(np.maximum(told, SMALLEST)).sum(axis=1)
        at = int(np.argmin(losses))
        if losses[at] < best:
            best, found = float(losses[at]), (float(weight), float(RATES[at]))
    return found


def _interval(table: NDArray[Any], seed: int) -> tuple[float, float]:
    """Of F1, by a bootstrap over texts (Efron and Tibshirani 1993)."""
    each = np.full(len(table), 1 / len(table))
    weights = np.random.default_rng(seed).multinomial(len(table), each, size=RESAMPLES)
    right, of = (weights @ table).T
    scores = np.divide(right, of, out=np.ones(RESAMPLES), where=of > 0)
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)


def _places(reading: Reading) -> set[tuple[int, int, str]]:
    return {(met.start, met.end, met.label) for met in reading.answered()}


def _curve(
    known: Sequence[Marked], labels: Sequence[str], numbers: Mapping[str, float], seed: int
) -> list[Point]:
    """Dictionaries of growing numbers of answers, judged by the same ones that none of them saw."""
    order = np.random.default_rng(seed).permutation(len(known))
    kept = [known[at] for at in order[: max(len(order) // 5, 1)][:400]]
    seen = [known[at] for at in order[len(kept) :]]
    points = []
    for size in [*(one for one in STEPS if one < len(seen)), len(seen)]:
        dictionary = counted(seen[:size], labels).believe(**numbers)
        right = of = 0
        for one in kept:
            said = _places(dictionary.read(one.text))
            right, of = right + 2 * len(said & one.by_place), of + len(said) + len(one.by_place)
        points.append(Point(size, right, of))
    return points
