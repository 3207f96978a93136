"""Passages as BIO tags of words, and back. Numbers and places; knows no model.

Tag 0 is outside; of the label at place n the tags are 1 + 2n (begins) and 2 + 2n (goes on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.calibrating import SMALLEST
from ml.passages import Place

Floats = NDArray[np.float64]
Tags = NDArray[np.int64]


def width(labels: Sequence[str]) -> int:
    """How many tags there are."""
    return 1 + 2 * len(labels)


def tagged(
    places: Sequence[Place], spans: Sequence[Mapping[str, Any]], labels: Sequence[str]
) -> tuple[Tags, int]:
    """The tag of each word, for spans that do not overlap; how many begin or end in a word."""
    tags = np.zeros(len(places), dtype=np.int64)
    starts, ends = np.array([a for a, _ in places]), np.array([b for _, b in places])
    place, within = {label: at for at, label in enumerate(labels)}, 0
    for span in spans:
        if span["label"] not in place or not len(places):
            continue
        first = int(np.searchsorted(ends, span["start"], side="right"))
        last = int(np.searchsorted(starts, span["end"], side="left"))
        if first >= last:
            continue  # nothing but blanks
        within += bool(starts[first] < span["start"] or ends[last - 1] > span["end"])
        tags[first:last] = 2 + 2 * place[span["label"]]
        tags[first] -= 1
    return tags, within


def path(chances: Floats) -> Tags:
    """The most likely tags of which none goes on with what was not begun (Viterbi 1967)."""
    count, tags = chances.shape
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    logs = np.log(np.maximum(chances, SMALLEST))
    inner, begins = np.arange(2, tags, 2), np.arange(1, tags, 2)
    best, back = logs[0].copy(), np.zeros((count, tags), dtype=np.int64)
    best[inner] = -np.inf
    for at in range(1, count):
        back[at] = int(best.argmax())
        came = np.full(tags, best.max())
        goes_on = best[inner] >= best[begins]
        back[at, inner] = np.where(goes_on, inner, begins)
        came[inner] = np.maximum(best[inner], best[begins])
        best = came + logs[at]
    found = np.zeros(count, dtype=np.int64)
    found[-1] = best.argmax()
    for at in range(count - 1, 0, -1):
        found[at - 1] = back[at, found[at]]
    return found


def spans(
    text: str, places: Sequence[Place], tags: Tags, labels: Sequence[str]
) -> list[tuple[dict[str, Any], slice]]:
    """Each span with the words that it covers."""
    found: list[tuple[dict[str, Any], slice]] = []
    at = 0
    while at < len(tags):
        if tags[at] == 0:
            at += 1
            continue
        begin, label = at, (int(tags[at]) - 1) // 2
        at += 1
        while at < len(tags) and tags[at] == 2 + 2 * label:
            at += 1
        start, end = places[begin][0], places[at - 1][1]
        span = {"start": start, "end": end, "label": labels[label], "text": text[start:end]}
        found.append((span, slice(begin, at)))
    return found
