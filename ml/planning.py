"""Which way to train: the method, the base model, and why. Knows figures of the data only."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ml import failures, languages
from ml.base_models import BaseModel, catalogue
from ml.runs import Settings
from ml.task import Task

METHODS = ("full", "few-shot", "head", "classical")
FEW = 16  # examples of the median label, below which contrastive pairs learn more
FEWEST = 4  # rows to learn from


@dataclass(frozen=True)
class Effort:
    """What one step of the dial means."""

    seconds: float  # to aim at for 500 short texts, from start to result
    epochs: int  # of full training
    fewest_steps: int  # of full training, where the data is small
    pairs: int  # a training row, of few-shot training

    def allows(self, rows: int) -> float:
        """Seconds for that many rows: more data may take longer, though not in proportion."""
        return self.seconds * max(1.0, math.sqrt(rows / 500))


# Half or less of what is promised (one minute, five minutes), because machines slow down.
EFFORTS: Mapping[str, Effort] = {
    "quick": Effort(seconds=30, epochs=3, fewest_steps=60, pairs=10),
    "balanced": Effort(seconds=120, epochs=6, fewest_steps=150, pairs=40),
    "thorough": Effort(seconds=600, epochs=15, fewest_steps=300, pairs=100),
}


@dataclass(frozen=True)
class Plan:
    """What was chosen, and why."""

    method: str
    reason: str
    base_model: str | None = None
    notes: list[str] = field(default_factory=list)


def plan(settings: Settings, task: Task, texts: Sequence[str], by_label: Mapping[str, int]) -> Plan:
    """The way to train on these texts. Raises Failure if there is none."""
    check(settings, by_label)
    if settings.method == "classical":
        return Plan("classical", "You chose it.")
    local = Path(settings.base_models_folder) if settings.base_models_folder else None
    models = [model for model in catalogue(local) if task.slug in model.tasks]
    if settings.method == "auto":
        return _by_itself(settings, task, models, texts, by_label)
    base = _base(settings, task, models, texts) or _default(task, models)
    return Plan(settings.method, "You chose it.", base.name, _warnings(base, texts))


def check(settings: Settings, by_label: Mapping[str, int]) -> None:
    """Raises Failure where no training can come of it."""
    if settings.method not in ("auto", *METHODS):
        raise failures.unknown_method(settings.method, ["auto", *METHODS])
    if settings.effort not in EFFORTS:
        raise failures.bad_setting("effort", f"it must be one of {', '.join(EFFORTS)}.")
    if len(by_label) < 2:
        raise failures.one_label_only(len(by_label))
    if sum(by_label.values()) < FEWEST:
        raise failures.too_few_examples(sum(by_label.values()), FEWEST)
    if max(by_label.values()) < 2:
        raise failures.too_few_examples(len(by_label), len(by_label) + 1)


def _by_itself(
    settings: Settings,
    task: Task,
    models: Sequence[BaseModel],
    texts: Sequence[str],
    by_label: Mapping[str, int],
) -> Plan:
    base = _base(settings, task, models, texts)
    if base is None:
        return Plan("classical", _unreadable(task, models, texts))
    median = statistics.median(by_label.values())
    if median < FEW:
        method, why = "few-shot", f"The median label has {median:g} examples, fewer than {FEW}."
    elif settings.effort == "quick":
        method, why = "head", "Quick: only a linear layer is trained, on the base model as it is."
    else:
        method, why = "full", f"There are enough examples ({median:g} for the median label)."
    return Plan(method, why, base.name, _switched(base, task) + _warnings(base, texts))


def _base(
    settings: Settings, task: Task, models: Sequence[BaseModel], texts: Sequence[str]
) -> BaseModel | None:
    """The wished base model, else the first one here that reads the texts."""
    if settings.base_model is not None:
        return _wished(settings.base_model, models)
    here = sorted((m for m in models if m.available), key=lambda model: _rank(model, task))
    return next((model for model in here if languages.reads(model, texts)), None)


def _wished(name: str, models: Sequence[BaseModel]) -> BaseModel:
    here = {model.name: model for model in models if model.available}
    if name not in here:
        raise failures.base_model_missing(name, list(here))
    return here[name]


def _default(task: Task, models: Sequence[BaseModel]) -> BaseModel:
    here = sorted((m for m in models if m.available), key=lambda model: _rank(model, task))
    if not here:
        raise failures.base_model_missing(task.base_models[0], [])
    return here[0]


def _rank(model: BaseModel, task: Task) -> int:
    named = task.base_models
    return named.index(model.name) if model.name in named else len(named)


def _unreadable(task: Task, models: Sequence[BaseModel], texts: Sequence[str]) -> str:
    here = sorted((m for m in models if m.available), key=lambda model: _rank(model, task))
    if not here:
        return "No base model is on this machine, so words and their parts are counted."
    unknown = languages.unread(here[0], texts)
    return (
        f"No base model on this machine reads the language of the data ({here[0].name} does not "
        f"know {unknown:.0%} of its characters), so words and their parts are counted. A "
        "multilingual base model, once an administrator adds one, is taken instead."
    )


def _switched(base: BaseModel, task: Task) -> list[str]:
    if base.name == task.base_models[0]:
        return []
    return [f"{base.name} is the base model, because it reads the language of the data."]


def _warnings(base: BaseModel, texts: Sequence[str]) -> list[str]:
    if languages.reads(base, texts):
        return []
    return [
        f"The base model {base.name} does not read the language of the data well "
        f"({languages.unread(base, texts):.0%} of the characters are unknown to it). "
        "Expect little; a multilingual base model, or the method “classical”, fits better."
    ]
