"""Why a run can fail, in words for the person who started it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field

# By code, and by variant after a colon: what happened, and what to do.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "one-label-only": (
        "All examples have the same label. A model needs at least two labels to tell apart.",
        "Label a few examples of a second label, then train again.",
    ),
    "one-label-only:none": (
        "No label has examples. A model needs at least two labels to tell apart.",
        "Label a few examples of a second label, then train again.",
    ),
    "nothing-labelled": (
        "No example has a label, so there is nothing to find.",
        "Label a few examples in which there is something to find, then train again.",
    ),
    "too-few-examples": (
        "There are %(have)s labelled examples to learn from; at least %(need)s are needed.",
        "Label %(more)s more, best of every label, then train again.",
    ),
    "unknown-method": (
        "“%(method)s” is not a way of training that works here.",
        "Choose one of: %(known)s.",
    ),
    "bad-setting:effort": (
        "The setting “%(name)s” cannot be used: it must be one of %(known)s.",
        "Change it.",
    ),
    "bad-setting:unknown": (
        "The setting “%(name)s” cannot be used: there is no such setting; there are %(known)s.",
        "Change it.",
    ),
    "bad-setting:number": (
        "The setting “%(name)s” cannot be used: it must be a number.",
        "Change it.",
    ),
    "bad-setting:whole": (
        "The setting “%(name)s” cannot be used: it must be a whole number.",
        "Change it.",
    ),
    "bad-setting:between": (
        "The setting “%(name)s” cannot be used: it must lie between %(least)s and %(most)s.",
        "Change it.",
    ),
    "base-model-missing": (
        "The base model “%(name)s” is not on this machine, or its files are incomplete.",
        "Choose one that is (%(others)s), or ask the administrator to add a folder with it "
        "(config.json, tokenizer.json, model.safetensors).",
    ),
    "damaged-data": (
        "The run's data cannot be read: %(where)s",
        "Start a new run from the data.",
    ),
    "loss-not-finite": (
        "The training went astray at step %(step)s: its error is no longer a number.",
        "Train with a lower learning rate than %(rate)s, for example %(lower)s.",
    ),
    "export-differs": (
        "The model for serving answers differently from the trained one (by %(difference)s).",
        "Try another base model, and report this with the name of the one used.",
    ),
    "in-use": (
        "Another process still works on this run.",
        "Wait until it has ended.",
    ),
    "disk-full": (
        "The disk is full, so the training could not keep its work.",
        "Free some space (old runs can be deleted), then try again.",
    ),
    "out-of-memory": (
        "The machine ran out of memory.",
        "Train with a smaller batch size or a smaller max_length, or with the method “head”.",
    ),
    "unexpected": (
        "The training stopped for a reason that we did not foresee (%(kind)s: %(message)s).",
        "Try again; if it happens again, pass this message on to the administrator.",
    ),
}


@dataclass
class Failure(Exception):
    """A run cannot go on. `permanent`: trying again without a change would fail again."""

    code: str
    title: str
    hint: str
    permanent: bool = True
    said: str = ""  # the key of its SENTENCES, and what stands in them
    values: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.title} {self.hint}"


class DamagedBundle(Exception):
    """A file of a model is missing or is not what was written."""


def _failure(said: str, *, permanent: bool = True, **values: str | int) -> Failure:
    title, hint = SENTENCES[said]
    code, _, _ = said.partition(":")
    return Failure(code, title % values, hint % values, permanent, said, values)


def too_few_labels(have: int, need: int) -> Failure:
    """There is nothing to tell apart, or nothing to find."""
    if need == 1:
        return _failure("nothing-labelled")
    return _failure("one-label-only:none" if have == 0 else "one-label-only")


def too_few_examples(have: int, need: int) -> Failure:
    """Learning would be guessing."""
    return _failure("too-few-examples", have=have, need=need, more=need - have)


def unknown_method(method: str, known: list[str]) -> Failure:
    """The method is misspelt, or this task cannot be learned so."""
    return _failure("unknown-method", method=method, known=", ".join(known))


def bad_setting(name: str, wrong: str, **bounds: str) -> Failure:
    """A hyperparameter is outside of what makes sense: `wrong` names how."""
    return _failure(f"bad-setting:{wrong}", permanent=True, name=name, **bounds)


def base_model_missing(name: str, available: list[str]) -> Failure:
    """The starting point is not on this machine."""
    return _failure("base-model-missing", name=name, others=", ".join(available) or "none")


def damaged_data(where: str) -> Failure:
    """A file of the run cannot be read."""
    return _failure("damaged-data", where=where)


def loss_not_finite(step: int, learning_rate: float) -> Failure:
    """The steps were too large and the weights ran away."""
    lower = f"{learning_rate / 5:.0e}"
    return _failure("loss-not-finite", step=step, rate=f"{learning_rate:g}", lower=lower)


def export_differs(difference: float) -> Failure:
    """The artifact to serve is not the model that was judged."""
    return _failure("export-differs", difference=f"{difference:.2g}")


def in_use() -> Failure:
    """The run folder is locked."""
    return _failure("in-use", permanent=False)


def of(error: BaseException) -> Failure:
    """What an exception means for the person who started the run."""
    if isinstance(error, Failure):
        return error
    if _is_disk_full(error):
        return _failure("disk-full", permanent=False)
    if isinstance(error, MemoryError) or _is_out_of_memory(error):
        return _failure("out-of-memory", permanent=False)
    kind, message = type(error).__name__, str(error)[:300]
    return _failure("unexpected", permanent=False, kind=kind, message=message)


def _is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "No space left on device" in str(error)


def _is_out_of_memory(error: BaseException) -> bool:
    # torch.OutOfMemoryError by name, so that this file needs no torch.
    return type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
