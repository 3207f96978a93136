"""Which key does what at the desk: labels and deeds from one place, so that none clash."""

from dataclasses import dataclass
from typing import Any

from projects import palette
from projects.models import Project


@dataclass(frozen=True)
class Key:
    """A key as it is pressed; `alone` is empty where it takes Shift."""

    letter: str
    alone: str

    def __str__(self) -> str:
        return self.letter.upper() if self.alone else f"⇧{self.letter.upper()}"


def of_labels(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The labels, each with its key, and with its place among the digits."""
    keys = palette.keys(labels)
    return [
        {**label, "hotkey": key, "digit": str(place) if place < 10 else ""}
        for place, (label, key) in enumerate(zip(labels, keys, strict=True), start=1)
    ]


def of_deeds(project: Project) -> dict[str, Key]:
    """The desk's own, by the name of the deed. One whose letter a label wears takes Shift; with
    Shift it always can be."""
    worn = set(palette.keys(project.labels))
    letters = palette.DEEDS | project.desk_keys
    return {deed: Key(key, "" if key in worn else key) for deed, key in letters.items()}
