"""Which rows of the sample play which part in a turn. As many of either label in each part."""

import csv
import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from samples.catalogue import Row

FEW, LABELLED, UNLABELLED, HELD_OUT = 12, 180, 60, 150  # rows a label


@dataclass(frozen=True)
class Draw:
    """Four parts that share no row."""

    few: list[Row]  # about 8 a label are left to learn from, once test and validation are taken
    labelled: list[Row]
    unlabelled: list[Row]
    held_out: list[Row]  # never uploaded: what the served models are judged on

    @property
    def truth(self) -> dict[str, str]:
        """The makers' label of every row, by its text."""
        rows = [*self.few, *self.labelled, *self.unlabelled, *self.held_out]
        return {row.text: row.label for row in rows}


def draw(rows: Sequence[Row], labels: Sequence[str], seed: int) -> Draw:
    chance = random.Random(seed)
    parts: list[list[Row]] = [[], [], [], []]
    for label in labels:
        of_label = [row for row in rows if row.label == label]
        chance.shuffle(of_label)
        start = 0
        for part, size in zip(parts, (FEW, LABELLED, UNLABELLED, HELD_OUT), strict=True):
            part += of_label[start : start + size]
            start += size
    for part in parts:
        chance.shuffle(part)
    return Draw(*parts)


def as_csv(labelled: Sequence[Row], unlabelled: Sequence[Row] = ()) -> bytes:
    """A spreadsheet as people have it: two columns, the second empty where nobody knows yet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["message", "kind"])
    writer.writerows([row.text, row.label] for row in labelled)
    writer.writerows([row.text, ""] for row in unlabelled)
    return out.getvalue().encode("utf-8")


@dataclass(frozen=True)
class Accuracy:
    """A share of right answers, with its 95 % interval (Wilson, 1927)."""

    right: int
    total: int

    @property
    def value(self) -> float:
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        share, n, z = self.value, self.total, 1.96
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}]"
