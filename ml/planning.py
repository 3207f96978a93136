"""Which way to train: the method, the base model, and why. Knows figures of the data only."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml import failures, languages
from ml.base_models import BaseModel, catalogue
from ml.runs import Settings
from ml.saying import Said, said
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
    why: Said
    base_model: str | None = None
    beware: list[Said] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return str(self.why)

    @property
    def notes(self) -> list[str]:
        return [str(one) for one in self.beware]

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Plan:
        """From what `asdict` gave."""
        beware = [Said(**one) for one in kept["beware"]]
        return cls(kept["method"], Said(**kept["why"]), kept["base_model"], beware)


def plan(settings: Settings, task: Task, texts: Sequence[str], by_label: Mapping[str, int]) -> Plan:
    """The way to train on these texts. Raises Failure if there is none."""
    check(settings, task, sum(by_label.values()), by_label)
    if settings.method == "classical":
        return Plan("classical", said("chosen"))
    local = Path(settings.base_models_folder) if settings.base_models_folder else None
    models = [model for model in catalogue(local) if task.slug in model.tasks]
    if settings.method == "auto":
        return _by_itself(settings, task, models, texts, by_label)
    base = _base(settings, task, models, texts) or _default(task, models)
    return Plan(settings.method, said("chosen"), base.name, _warnings(base, texts))


def check(settings: Settings, task: Task, rows: int, by_label: Mapping[str, int]) -> None:
    """Raises Failure where no training can come of it."""
    if settings.method not in ("auto", *task.methods):
        raise failures.unknown_method(settings.method, ["auto", *task.methods])
    if settings.effort not in EFFORTS:
        raise failures.bad_setting("effort", "effort", known=", ".join(EFFORTS))
    if len(by_label) < task.fewest_labels:
        raise failures.too_few_labels(len(by_label), task.fewest_labels)
    if rows < FEWEST:
        raise failures.too_few_examples(rows, FEWEST)
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
        method = "few-shot" if "few-shot" in task.methods else "head"
        code = "few-of-each" if method == "few-shot" else "few-for-head"
        why = said(code, median=f"{median:g}", few=FEW)
    elif settings.effort == "quick":
        method, why = "head", said("quick")
    else:
        method, why = "full", said("enough", median=f"{median:g}")
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


def _unreadable(task: Task, models: Sequence[BaseModel], texts: Sequence[str]) -> Said:
    here = sorted((m for m in models if m.available), key=lambda model: _rank(model, task))
    if not here:
        return said("no-base-model")
    unknown = languages.unread(here[0], texts)
    return said("language-unread", model=here[0].name, unknown=f"{unknown:.0%}")


def _switched(base: BaseModel, task: Task) -> list[Said]:
    if base.name == task.base_models[0]:
        return []
    return [said("language-read", model=base.name)]


def _warnings(base: BaseModel, texts: Sequence[str]) -> list[Said]:
    if languages.reads(base, texts):
        return []
    unknown = f"{languages.unread(base, texts):.0%}"
    return [said("language-read-badly", model=base.name, unknown=unknown)]
