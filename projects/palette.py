"""The colours and keys of labels: told apart by colour-blind people too."""

from collections.abc import Iterator
from itertools import chain, cycle
from typing import Any

# Okabe-Ito, then Tol's muted.
PALETTE = (
    *("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442"),
    *("#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "1234567890"
# Letters of the desk's own deeds, unless a project has others: labels get them last.
DEEDS = {
    "skip": "s",
    "flag": "f",
    "comments": "c",
    "guidelines": "g",
    "similar": "m",
    "history": "h",
}
DESK = "".join(DEEDS.values())
FREE = "".join(key for key in DIGITS + LETTERS if key not in DESK)
KEYS = FREE + DESK


def dressed(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The labels, each with a colour and, while there are some left, a key that no other has."""
    colors = fresh([label.get("color") or "" for label in labels])
    return [
        {
            "name": label["name"],
            "description": label.get("description", ""),
            "hotkey": key,
            "color": label.get("color") or next(colors),
        }
        for label, key in zip(labels, keys(labels), strict=True)
    ]


def keys(labels: list[dict[str, Any]]) -> list[str]:
    """The key of each: the one it has, else a letter of its name, else what is left."""
    taken = {key for label in labels if (key := _own(label))}
    found = []
    for label in labels:
        key = _own(label) or next((key for key in _fitting(label) if key not in taken), "")
        taken.add(key)
        found.append(key)
    return found


def _own(label: dict[str, Any]) -> str:
    return str(label.get("hotkey") or "").lower()


def _fitting(label: dict[str, Any]) -> Iterator[str]:
    """The first letter of the name first."""
    return chain((key for key in label["name"].lower() if key in FREE), KEYS)


def fresh(worn: list[str]) -> Iterator[str]:
    """Colours that nobody wears yet; after those, all of them in turn."""
    known = {color.lower() for color in worn}
    return chain((color for color in PALETTE if color.lower() not in known), cycle(PALETTE))
