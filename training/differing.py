"""What differs between two snapshots of a project.

Both files are read side by side in the order of their ids, so memory stays flat.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from typing import Any

from django.core.cache import cache

from ml import frozen
from training.models import Snapshot

LISTED = 100  # examples of each kind
SPLITS = ("train", "validation", "test")
A_DAY = 24 * 3600


@dataclass
class Some:
    """How many there are, and the first of them: id, answer in the one, answer in the other."""

    count: int = 0
    first: list[tuple[str, Any, Any]] = field(default_factory=list)

    def add(self, pk: str, one: Any, other: Any) -> None:
        self.count += 1
        if len(self.first) < LISTED:
            self.first.append((pk, one, other))


@dataclass
class Difference:
    """Between snapshot a and snapshot b."""

    only_a: Some = field(default_factory=Some)
    only_b: Some = field(default_factory=Some)
    changed: Some = field(default_factory=Some)  # another answer
    moved: Some = field(default_factory=Some)  # the same answer, another split
    same: int = 0
    splits: list[tuple[str, int, int]] = field(default_factory=list)
    labels: list[tuple[str, int, int]] = field(default_factory=list)


def between(a: Snapshot, b: Snapshot) -> Difference:
    """Raises Unreadable and OSError where a file is damaged or gone."""
    # A file changes by an erasure only; until then what was found stays true.
    key = ":".join(["snapshots", *(f"{one.pk}:{one.file.stat().st_mtime_ns}" for one in (a, b))])
    found = cache.get(key)
    if found is None:
        found = _read(a, b)
        cache.set(key, found, A_DAY)
    return found


def _read(a: Snapshot, b: Snapshot) -> Difference:
    found, counted = Difference(), (Counter[str](), Counter[str]())
    labels = (Counter[str](), Counter[str]())
    labels_of = a.project.kind.answer.labels_of
    for pk, pair in groupby(merge(_rows(a, 0), _rows(b, 1), key=_id), key=_id):
        sides: dict[int, dict[str, Any]] = dict(pair)
        for side, row in sides.items():
            counted[side][row["split"]] += 1
            labels[side].update(labels_of(row["answer"]))
        _note(found, pk, sides)
    found.splits = [(name, counted[0][name], counted[1][name]) for name in SPLITS]
    names = [*dict.fromkeys([*a.labels, *b.labels, *labels[0], *labels[1]])]
    found.labels = [(name, labels[0][name], labels[1][name]) for name in names]
    return found


def _rows(snapshot: Snapshot, side: int) -> Iterator[tuple[int, dict[str, Any]]]:
    for row in frozen.read(snapshot.file, ("id", "answer", "split")):
        yield side, row


def _id(row: tuple[int, dict[str, Any]]) -> str:
    return str(row[1]["id"])


def _note(found: Difference, pk: str, sides: dict[int, dict[str, Any]]) -> None:
    one, other = sides.get(0), sides.get(1)
    if one is None or other is None:
        where = found.only_b if one is None else found.only_a
        where.add(pk, one and one["answer"], other and other["answer"])
    elif one["answer"] != other["answer"]:
        found.changed.add(pk, one["answer"], other["answer"])
    elif one["split"] != other["split"]:
        found.moved.add(pk, one["split"], other["split"])
    else:
        found.same += 1
