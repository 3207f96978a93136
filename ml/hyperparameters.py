"""What an expert may set by hand, with its bounds. Everything else follows from the effort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml.failures import bad_setting

# name: (least, most, whole numbers only)
BOUNDS: dict[str, tuple[float, float, bool]] = {
    "learning_rate": (1e-8, 1.0, False),
    "batch_size": (1, 512, True),
    "epochs": (1, 100, True),
    "steps": (1, 1_000_000, True),
    "warmup": (0.0, 0.9, False),
    "weight_decay": (0.0, 1.0, False),
    "max_length": (8, 8192, True),
    "strength": (1e-4, 1e6, False),
    "checkpoint_seconds": (0.0, 3600.0, False),
}

LARGEST = 1e300


@dataclass(frozen=True)
class Hyperparameters:
    """What was set by hand; None where it was not."""

    learning_rate: float | None = None
    batch_size: int | None = None
    epochs: int | None = None
    steps: int | None = None
    warmup: float | None = None  # the share of the steps in which the learning rate rises
    weight_decay: float | None = None
    max_length: int | None = None  # tokens
    strength: float | None = None  # of a linear layer: the inverse of its regularisation, C
    checkpoint_seconds: float | None = None


def parse(given: Mapping[str, Any]) -> Hyperparameters:
    """Checked hyperparameters. Raises Failure that names the setting and its bounds."""
    return Hyperparameters(
        **{name: _checked(name, value) for name, value in given.items() if value is not None}
    )


def _checked(name: str, value: Any) -> Any:
    if name not in BOUNDS:
        raise bad_setting(name, "unknown", known=", ".join(BOUNDS))
    least, most, whole = BOUNDS[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(value) < LARGEST:  # so that NaN is none either
        raise bad_setting(name, "number")
    if whole and value != int(value):
        raise bad_setting(name, "whole")
    if not least <= value <= most:
        raise bad_setting(name, "between", least=f"{least:g}", most=f"{most:g}")
    return int(value) if whole else float(value)
