"""What a run has to tell a person: each sentence has a code and values, so that pages can say it
in their reader's language. The English is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NOTES: Mapping[str, str] = {
    "chosen": "You chose it.",
    "few-of-each": "The median label has %(median)s examples, fewer than %(few)s.",
    "few-for-head": (
        "The median label is in %(median)s examples, fewer than %(few)s: only a linear layer is "
        "trained, on the base model as it is."
    ),
    "overlapping": (
        "Passages left out of the learning because longer ones overlap them: %(count)s. The model "
        "marks each word once; people may mark it several times."
    ),
    "sampled": (
        "The linear layer was fitted to %(texts)s of the %(all)s texts: more would take long and "
        "change little. The method “full” learns from all."
    ),
    "within-words": (
        "Passages that begin or end within a word, which the model marks whole: %(count)s."
    ),
    "quick": "Quick: only a linear layer is trained, on the base model as it is.",
    "enough": "There are enough examples (%(median)s for the median label).",
    "no-base-model": "No base model is on this machine, so words and their parts are counted.",
    "language-unread": (
        "No base model on this machine reads the language of the data (%(model)s does not know "
        "%(unknown)s of its characters), so words and their parts are counted. A multilingual base "
        "model, once an administrator adds one, is taken instead."
    ),
    "language-read": "%(model)s is the base model, because it reads the language of the data.",
    "language-read-badly": (
        "The base model %(model)s does not read the language of the data well (%(unknown)s of the "
        "characters are unknown to it). Expect little; a multilingual base model, or the method "
        "“classical”, fits better."
    ),
    "vectors-kept": (
        "The base model's word vectors stay as they are: they are most of its weights, and on a "
        "CPU training them would take most of the time."
    ),
    "ended-early": (
        "The machine was slower than measured: training ended after %(step)s of %(steps)s steps, "
        "to keep to its time."
    ),
    "went-on": "It was interrupted and went on from step %(step)s.",
    "classical-wins": (
        "Counted words (the method “classical”) reach a macro F1 of %(classical)s on the same "
        "rows, more than this model's %(model)s. Train with it, or label more."
    ),
    "labels-unlearned": "No example to learn from, so never answered: %(labels)s.",
    "few-test-rows": (
        "Only %(rows)s test examples have an answer yet; with fewer than %(trusted)s, the figures "
        "may change a lot."
    ),
    "from-validation": "There is no test example yet: the figures are from validation.",
    "from-cross-validation": (
        "There is no test example yet: the figures are from cross-validation."
    ),
    "roughly-calibrated": (
        "The confidence was calibrated on %(rows)s examples only: take it as a rough guide."
    ),
}


@dataclass(frozen=True)
class Said:
    """One sentence: which, and what stands in it. `str()` of it is English."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return NOTES[self.code] % self.values

    def as_json(self) -> dict[str, Any]:
        """The pair that a page words: {"code", "values"}."""
        return {"code": self.code, "values": dict(self.values)}


def said(code: str, **values: str | int) -> Said:
    """The sentence of that code."""
    return Said(code, values)
