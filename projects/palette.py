"""The colours and keys of labels: told apart by colour-blind people too."""

from collections.abc import Iterator
from itertools import chain, cycle
from typing import Any

# Okabe-Ito, then Tol's muted.
PALETTE = (
    *("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#F0E442"),
    *("#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255"),
)
KEYS = "123456789abcdefhijklmnopqrtuvwxyz"  # without those of the desk itself: s and g


def dressed(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The labels, each with a colour and, while there are some left, a key that no other has."""
    taken = {label.get("hotkey") for label in labels}
    free = iter([key for key in KEYS if key not in taken])
    colors = fresh([label.get("color") or "" for label in labels])
    return [
        {
            "name": label["name"],
            "description": label.get("description", ""),
            "hotkey": label.get("hotkey") or next(free, ""),
            "color": label.get("color") or next(colors),
        }
        for label in labels
    ]


def fresh(worn: list[str]) -> Iterator[str]:
    """Colours that nobody wears yet; after those, all of them in turn."""
    known = {color.lower() for color in worn}
    return chain((color for color in PALETTE if color.lower() not in known), cycle(PALETTE))
