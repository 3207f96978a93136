"""Why a run can fail, in words for the person who started it."""

from __future__ import annotations

import errno
from dataclasses import dataclass


@dataclass
class Failure(Exception):
    """A run cannot go on. `permanent`: trying again without a change would fail again."""

    code: str
    title: str
    hint: str
    permanent: bool = True

    def __str__(self) -> str:
        return f"{self.title} {self.hint}"


class DamagedBundle(Exception):
    """A file of a model is missing or is not what was written."""


def one_label_only(count: int) -> Failure:
    """There is nothing to tell apart."""
    found = "No label has examples." if count == 0 else "All examples have the same label."
    return Failure(
        "one-label-only",
        f"{found} A model needs at least two labels to tell apart.",
        "Label a few examples of a second label, then train again.",
    )


def too_few_examples(have: int, need: int) -> Failure:
    """Learning would be guessing."""
    return Failure(
        "too-few-examples",
        f"There are {have} labelled examples to learn from; at least {need} are needed.",
        f"Label {need - have} more, best of every label, then train again.",
    )


def unknown_method(method: str, known: list[str]) -> Failure:
    """The method is misspelt, or this task cannot be learned so."""
    return Failure(
        "unknown-method",
        f"“{method}” is not a way of training that works here.",
        f"Choose one of: {', '.join(known)}.",
    )


def bad_setting(name: str, reason: str) -> Failure:
    """A hyperparameter is outside of what makes sense."""
    return Failure("bad-setting", f"The setting “{name}” cannot be used: {reason}", "Change it.")


def base_model_missing(name: str, available: list[str]) -> Failure:
    """The starting point is not on this machine."""
    others = ", ".join(available) or "none"
    return Failure(
        "base-model-missing",
        f"The base model “{name}” is not on this machine, or its files are incomplete.",
        f"Choose one that is ({others}), or ask the administrator to add a folder with it "
        "(config.json, tokenizer.json, model.safetensors).",
    )


def damaged_data(where: str) -> Failure:
    """A file of the run cannot be read."""
    return Failure(
        "damaged-data", f"The run's data cannot be read: {where}", "Start a new run from the data."
    )


def loss_not_finite(step: int, learning_rate: float) -> Failure:
    """The steps were too large and the weights ran away."""
    return Failure(
        "loss-not-finite",
        f"The training went astray at step {step}: its error is no longer a number.",
        f"Train with a lower learning rate than {learning_rate:g}, "
        f"for example {learning_rate / 5:.0e}.",
    )


def export_differs(difference: float) -> Failure:
    """The artifact to serve is not the model that was judged."""
    return Failure(
        "export-differs",
        f"The model for serving answers differently from the trained one (by {difference:.2g}).",
        "Try another base model, and report this with the name of the one used.",
    )


def in_use() -> Failure:
    """The run folder is locked."""
    return Failure(
        "in-use",
        "Another process still works on this run.",
        "Wait until it has ended.",
        permanent=False,
    )


def of(error: BaseException) -> Failure:
    """What an exception means for the person who started the run."""
    if isinstance(error, Failure):
        return error
    if _is_disk_full(error):
        return _DISK_FULL
    if isinstance(error, MemoryError) or _is_out_of_memory(error):
        return _OUT_OF_MEMORY
    return Failure(
        "unexpected",
        f"The training stopped for a reason that we did not foresee ({type(error).__name__}: "
        f"{str(error)[:300]}).",
        "Try again; if it happens again, pass this message on to the administrator.",
        permanent=False,
    )


_DISK_FULL = Failure(
    "disk-full",
    "The disk is full, so the training could not keep its work.",
    "Free some space (old runs can be deleted), then try again.",
    permanent=False,
)
_OUT_OF_MEMORY = Failure(
    "out-of-memory",
    "The machine ran out of memory.",
    "Train with a smaller batch size or a smaller max_length, or with the method “head”.",
    permanent=False,
)


def _is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return "No space left on device" in str(error)


def _is_out_of_memory(error: BaseException) -> bool:
    # torch.OutOfMemoryError by name, so that this file needs no torch.
    return type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
