"""What a training of the instant model leaves, whatever kind of model it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ml import instant

RANKED = 500  # candidates in order; people who are quicker than the next training go on at random


@dataclass(frozen=True)
class Taught:
    """From which answers, how it does on those that it did not see; no model where it is early."""

    answers: list[dict[str, Any]]
    measured: dict[str, Any]
    model: Any = None
    weights: bytes = b""
    curve: Sequence[instant.Point] = ()


def measured(
    interval: tuple[float, float], weakest: str | None, curve: Sequence[instant.Point]
) -> dict[str, Any]:
    """What is said of every kind."""
    said: dict[str, Any] = {"low": interval[0], "high": interval[1], "weakest": weakest}
    worth = instant.worth(curve)
    brings = {} if worth is None else dict(zip(("brings", "least", "most"), worth, strict=True))
    return said | brings
