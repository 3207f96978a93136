"""What a run says, in the reader's language: its notes and its errors, from code and values.

The English is that of `ml`; a test holds the two together.
"""

# ruff: noqa: E501  (a sentence is one string: the catalogue of translations is read line by line)
from typing import Any

from django.utils.translation import gettext_lazy as _

from training.models import Run

NOTES = {
    "chosen": _("You chose it."),
    "few-of-each": _("The median label has %(median)s examples, fewer than %(few)s."),
    "few-for-head": _(
        "The median label is in %(median)s examples, fewer than %(few)s: only a linear layer is trained, on the base model as it is."
    ),
    "overlapping": _(
        "Passages left out of the learning because longer ones overlap them: %(count)s. The model marks each word once; people may mark it several times."
    ),
    "sampled": _(
        "The linear layer was fitted to %(texts)s of the %(all)s texts: more would take long and change little. The method “full” learns from all."
    ),
    "within-words": _(
        "Passages that begin or end within a word, which the model marks whole: %(count)s."
    ),
    "quick": _("Quick: only a linear layer is trained, on the base model as it is."),
    "enough": _("There are enough examples (%(median)s for the median label)."),
    "no-base-model": _("No base model is on this machine, so words and their parts are counted."),
    "language-unread": _(
        "No base model on this machine reads the language of the data (%(model)s does not know %(unknown)s of its characters), so words and their parts are counted. A multilingual base model, once an administrator adds one, is taken instead."
    ),
    "language-read": _("%(model)s is the base model, because it reads the language of the data."),
    "language-read-badly": _(
        "The base model %(model)s does not read the language of the data well (%(unknown)s of the characters are unknown to it). Expect little; a multilingual base model, or the method “classical”, fits better."
    ),
    "vectors-kept": _(
        "The base model's word vectors stay as they are: they are most of its weights, and on a CPU training them would take most of the time."
    ),
    "ended-early": _(
        "The machine was slower than measured: training ended after %(step)s of %(steps)s steps, to keep to its time."
    ),
    "went-on": _("It was interrupted and went on from step %(step)s."),
    "classical-wins": _(
        "Counted words (the method “classical”) reach a macro F1 of %(classical)s on the same rows, more than this model's %(model)s. Train with it, or label more."
    ),
    "labels-unlearned": _("No example to learn from, so never answered: %(labels)s."),
    "few-test-rows": _(
        "Only %(rows)s test examples have an answer yet; with fewer than %(trusted)s, the figures may change a lot."
    ),
    "from-validation": _("There is no test example yet: the figures are from validation."),
    "from-cross-validation": _(
        "There is no test example yet: the figures are from cross-validation."
    ),
    "roughly-calibrated": _(
        "The confidence was calibrated on %(rows)s examples only: take it as a rough guide."
    ),
}
# What went wrong, and what to do.
ERRORS = {
    "one-label-only": (
        _("All examples have the same label. A model needs at least two labels to tell apart."),
        _("Label a few examples of a second label, then train again."),
    ),
    "one-label-only:none": (
        _("No label has examples. A model needs at least two labels to tell apart."),
        _("Label a few examples of a second label, then train again."),
    ),
    "nothing-labelled": (
        _("No example has a label, so there is nothing to find."),
        _("Label a few examples in which there is something to find, then train again."),
    ),
    "too-few-examples": (
        _("There are %(have)s labelled examples to learn from; at least %(need)s are needed."),
        _("Label %(more)s more, best of every label, then train again."),
    ),
    "unknown-method": (
        _("“%(method)s” is not a way of training that works here."),
        _("Choose one of: %(known)s."),
    ),
    "bad-setting:effort": (
        _("The setting “%(name)s” cannot be used: it must be one of %(known)s."),
        _("Change it."),
    ),
    "bad-setting:unknown": (
        _("The setting “%(name)s” cannot be used: there is no such setting; there are %(known)s."),
        _("Change it."),
    ),
    "bad-setting:number": (
        _("The setting “%(name)s” cannot be used: it must be a number."),
        _("Change it."),
    ),
    "bad-setting:whole": (
        _("The setting “%(name)s” cannot be used: it must be a whole number."),
        _("Change it."),
    ),
    "bad-setting:between": (
        _("The setting “%(name)s” cannot be used: it must lie between %(least)s and %(most)s."),
        _("Change it."),
    ),
    "base-model-missing": (
        _("The base model “%(name)s” is not on this machine, or its files are incomplete."),
        _(
            "Choose one that is (%(others)s), or ask the administrator to add a folder with it (config.json, tokenizer.json, model.safetensors)."
        ),
    ),
    "damaged-data": (
        _("The run's data cannot be read: %(where)s"),
        _("Start a new run from the data."),
    ),
    "loss-not-finite": (
        _("The training went astray at step %(step)s: its error is no longer a number."),
        _("Train with a lower learning rate than %(rate)s, for example %(lower)s."),
    ),
    "export-differs": (
        _("The model for serving answers differently from the trained one (by %(difference)s)."),
        _("Try another base model, and report this with the name of the one used."),
    ),
    "in-use": (
        _("Another process still works on this run."),
        _("Wait until it has ended."),
    ),
    "disk-full": (
        _("The disk is full, so the training could not keep its work."),
        _("Free some space (old runs can be deleted), then try again."),
    ),
    "out-of-memory": (
        _("The machine ran out of memory."),
        _("Train with a smaller batch size or a smaller max_length, or with the method “head”."),
    ),
    "unexpected": (
        _("The training stopped for a reason that we did not foresee (%(kind)s: %(message)s)."),
        _("Try again; if it happens again, pass this message on to the administrator."),
    ),
    "stopped": (
        _("The training was stopped three times."),
        _(
            "Most likely the machine ran out of memory. Try a smaller batch size, shorter texts or the effort “quick”, or run fewer things beside it."
        ),
    ),
    "nothing-to-freeze": (
        _("There is nothing to learn from."),
        _("There is no labelled example yet. Label some at the desk, or upload labelled rows."),
    ),
}


def notes(run: Run) -> list[str]:
    """What a person should know of the run; English where a note has no code."""
    said = run.notes_said if len(run.notes_said) == len(run.notes) else [{}] * len(run.notes)
    return [_note(one, english) for one, english in zip(said, run.notes, strict=True)]


def error(run: Run) -> tuple[str, str]:
    """What went wrong and what to do about it; two empty strings where nothing did."""
    said = ERRORS.get(run.error_said.get("code", ""))
    if not run.error_title or said is None:
        return run.error_title, run.error_hint
    values = run.error_said["values"]
    return str(said[0]) % values, str(said[1]) % values


def _note(said: dict[str, Any], english: str) -> str:
    sentence = NOTES.get(said.get("code", ""))
    return str(sentence) % said["values"] if sentence else english
