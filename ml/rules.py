"""Rules without code: words or a pattern that speak for a label, and what several say together.

Patterns are read by RE2, whose time grows with the text alone, whatever somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from ml.task import Prediction

WORDS, PATTERN = "words", "pattern"
LONGEST = 500  # characters of what is written
READ = 20_000  # characters of a text, behind which no rule looks
MOST_PASSAGES = 200  # of one rule in one text
UNKNOWN = (1, 1)  # right and wrong that every rule is taken to have had: nobody knows it yet
LEAST, MOST = 0.05, 0.99  # no rule is certain, and none is never right
_APART = re.compile(r"[,，、;；\n]+")


class RuleError(ValueError):
    """What is written is no rule. `code` says why, `detail` what RE2 said, if it did."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Rule:
    """What was written, the label it speaks for, and how often it was right and wrong so far."""

    kind: str
    written: str
    label: str
    right: int = 0
    wrong: int = 0

    @property
    def sureness(self) -> float:
        """How often it is right, by what is known: from 0 to 1."""
        right, wrong = self.right + UNKNOWN[0], self.wrong + UNKNOWN[1]
        return min(max(right / (right + wrong), LEAST), MOST)

    def passages(self, text: str) -> list[tuple[int, int]]:
        """Where it speaks: (start, end) in code points, none within another."""
        found: list[tuple[int, int]] = []
        for match in _read(self.kind, self.written).finditer(text[:READ]):
            place = match.span()
            if place[0] == place[1] or (self.kind == WORDS and not _whole(text, *place)):
                continue
            found.append(place)
            if len(found) == MOST_PASSAGES:
                break
        return found

    def speaks(self, text: str) -> bool:
        """Whether it says anything of the text."""
        return bool(self.passages(text))


def check(kind: str, written: str) -> None:
    """Raises RuleError."""
    if not written.strip() or (kind == WORDS and not phrases(written)):
        raise RuleError("empty")
    if len(written) > LONGEST:
        raise RuleError("long")
    try:
        found = _read(kind, written)
    except re2.error as problem:
        raise RuleError("unreadable", _said(problem)) from None
    if found.search("") is not None:
        raise RuleError("everywhere")


def phrases(written: str) -> list[str]:
    """Words that belong together; commas and line ends stand between phrases."""
    return [" ".join(phrase.split()) for phrase in _APART.split(written) if phrase.strip()]


def suggestion(
    rules: Iterable[Rule], text: str, labels: Sequence[str], column: str
) -> Prediction | None:
    """What the rules that speak say together, in the shape of the answer that `column` names.

    None where none speaks. One label: the most probable one by naive Bayes over the rules, each as
    sure as it was right so far, independent of the others (Dawid and Skene 1979, with accuracies
    known; as in Ratner et al. 2016, Data Programming). Several labels, and passages: each for
    itself.
    """
    heard = [rule for rule in rules if rule.label in labels and rule.speaks(text)]
    if not heard:
        return None
    if column == "spans":
        return _spans(heard, text)
    if column == "labels":
        return _several(heard, labels)
    return _one(heard, labels)


def _one(heard: list[Rule], labels: Sequence[str]) -> Prediction:
    others = max(len(labels) - 1, 1)
    chances = dict.fromkeys(labels, 1.0)
    for rule in heard:
        for label in labels:
            is_its = label == rule.label
            chances[label] *= rule.sureness if is_its else (1 - rule.sureness) / others
    total = sum(chances.values())
    scores = {label: chance / total for label, chance in chances.items()}
    best = max(scores, key=scores.__getitem__)
    return {"answer": {"label": best}, "confidence": scores[best], "scores": scores}


def _several(heard: list[Rule], labels: Sequence[str]) -> Prediction:
    """A label is there if its rules are more likely right than not."""
    missed = dict.fromkeys(labels, 1.0)
    for rule in heard:
        missed[rule.label] *= 1 - rule.sureness
    scores = {label: 1 - chance for label, chance in missed.items()}
    named = [label for label in labels if scores[label] >= 0.5]
    sure = min((scores[label] for label in named), default=0.0)
    return {"answer": {"labels": named}, "confidence": sure, "scores": scores}


def _spans(heard: list[Rule], text: str) -> Prediction:
    """Every passage once; where two rules want it, the surer one's label."""
    found: dict[tuple[int, int], Rule] = {}
    for rule in sorted(heard, key=lambda rule: rule.sureness):
        found |= dict.fromkeys(rule.passages(text), rule)
    spans = [
        {"start": start, "end": end, "label": rule.label, "text": text[start:end]}
        for (start, end), rule in sorted(found.items())
    ]
    sure = min(rule.sureness for rule in found.values())
    return {"answer": {"spans": spans}, "confidence": sure, "scores": {}}


def judged(rule: Rule, text: str, answer: Mapping[str, Any]) -> tuple[int, int]:
    """How often it was right and wrong about a text that has this trusted answer."""
    if "spans" in answer:
        kept = {(one["start"], one["end"], one["label"]) for one in answer["spans"]}
        said = rule.passages(text)
        right = sum((*place, rule.label) in kept for place in said)
        return right, len(said) - right
    named = answer["labels"] if "labels" in answer else [answer.get("label")]
    return (1, 0) if rule.label in named else (0, 1)


@lru_cache(maxsize=500)
def _read(kind: str, written: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    if kind == WORDS:  # the longest phrase first, so that it wins where one begins another
        longest = sorted(phrases(written), key=len, reverse=True)
        alike = (r"\s+".join(map(re2.escape, phrase.split(" "))) for phrase in longest)
        return re2.compile("|".join(alike), options)
    return re2.compile(written, options)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no word goes on over an edge. Where a script has no blanks, every edge will do."""
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    return all(one.isalnum() and not _unspaced(one) for one in text[at - 1 : at + 1])


def _unspaced(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or (
        "\u0e00" <= character <= "\u0eff" or character >= "\U00020000"
    )  # fmt: skip


def _said(problem: Exception) -> str:
    said = problem.args[0] if problem.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
