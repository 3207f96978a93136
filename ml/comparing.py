"""Whether one model is better than another on the same rows, or only luckier. Numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.answers import Item
from ml.measuring import Floats

RESAMPLES = 2000
AT_ONCE = 100  # resamples, which bounds the memory where rows and labels are many
SIGNIFICANT = 0.05

Ints = NDArray[np.int64]
Answers = Iterable[Iterable[Item]]
Row = tuple[frozenset[Item], ...]  # gold, before, after


@dataclass(frozen=True)
class Difference:
    """One figure of both models, and the 95 % interval of what lies between them."""

    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True)
class LabelChange:
    """F1 of one label, and how many of the rows have it."""

    label: str
    before: float
    after: float
    support: int


@dataclass(frozen=True)
class Paired:
    """Two models on the same rows."""

    n: int
    only_before: int  # rows that only the older model answered right
    only_after: int
    p: float  # exact McNemar test
    accuracy: Difference
    macro_f1: Difference
    micro_f1: Difference
    labels: tuple[LabelChange, ...]


def paired(gold: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Paired:
    """Compare two models' labels for the same rows."""
    one_each = ([[(label, None)] for label in labels] for labels in (gold, before, after))
    return of_items(*one_each)


def of_items(gold: Answers, before: Answers, after: Answers) -> Paired:
    """Compare what two models said of the same rows: uses of labels, see ml.answers.

    The p value is McNemar's exact test (McNemar 1947), which looks at the rows that only one of
    the two answered right. The intervals are percentiles of a paired bootstrap (Efron and
    Tibshirani 1993): rows are drawn anew, and both models are judged on what was drawn.
    """
    rows = [tuple(map(frozenset, row)) for row in zip(gold, before, after, strict=True)]
    right = [(b == g, a == g) for g, b, a in rows]
    only_before, only_after = right.count((True, False)), right.count((False, True))
    accuracy, macro_f1, micro_f1 = _differences(rows)
    return Paired(
        n=len(right),
        only_before=only_before,
        only_after=only_after,
        p=mcnemar(only_before, only_after),
        accuracy=accuracy,
        macro_f1=macro_f1,
        micro_f1=micro_f1,
        labels=_by_label(rows),
    )


def mcnemar(only_before: int, only_after: int) -> float:
    """How likely so lopsided a split is, where both models are equally good."""
    from scipy.stats import binomtest

    differing = only_before + only_after
    return float(binomtest(only_before, differing).pvalue) if differing else 1.0


def _by_label(rows: Sequence[Row]) -> tuple[LabelChange, ...]:
    def sums(one: _Judge) -> NDArray[np.float64]:
        whole = np.ones((1, len(rows)))
        return _share(2 * one.hits @ whole.T, one.both @ whole.T).ravel()

    names = _names(rows)
    older, newer = (_Judge(rows, at, names) for at in (1, 2))
    support = Counter(label for gold, _, _ in rows for label, _ in gold)
    figures = zip(names, sums(older), sums(newer), strict=True)
    return tuple(
        LabelChange(name, float(was), float(now), support[name]) for name, was, now in figures
    )


def _differences(rows: Sequence[Row]) -> tuple[Difference, Difference, Difference]:
    """Of accuracy, of macro F1 and of micro F1."""
    if not rows:
        nothing = Difference(0.0, 0.0, 0.0, 0.0)
        return nothing, nothing, nothing
    kinds = Counter(rows)
    names, counts = _names(rows), np.array(list(kinds.values()))
    older, newer = (_Judge(list(kinds), at, names) for at in (1, 2))
    drawn = [newer.figures(draws) - older.figures(draws) for draws in _resamples(counts)]
    low, high = np.quantile(np.concatenate(drawn), [0.025, 0.975], axis=0)
    (was,), (is_now,) = older.figures(counts[None]), newer.figures(counts[None])
    told = [Difference(*map(float, one)) for one in zip(was, is_now, low, high, strict=True)]
    return told[0], told[1], told[2]


def _names(rows: Sequence[Row]) -> list[str]:
    return sorted({label for row in rows for said in row for label, _ in said})


def _resamples(counts: Ints) -> Iterator[Ints]:
    """Drawing rows anew is drawing anew how often each kind of row occurs.

    A fixed seed: the same answers always have the same interval.
    """
    random, total = np.random.default_rng(0), int(counts.sum())
    for _ in range(RESAMPLES // AT_ONCE):
        yield random.multinomial(total, counts / total, size=AT_ONCE)


class _Judge:
    """One model's answers to every kind of row, ready to be weighted by how often each occurs."""

    def __init__(self, kinds: Sequence[Row], answered: int, names: Sequence[str]) -> None:
        place = {name: at for at, name in enumerate(names)}
        self.right = np.array([row[0] == row[answered] for row in kinds], dtype=float)
        self.hits = _counted([row[0] & row[answered] for row in kinds], place)
        self.both = _counted([row[0] for row in kinds], place)
        self.both += _counted([row[answered] for row in kinds], place)

    def figures(self, draws: Ints) -> Floats:
        """(accuracy, macro F1, micro F1) in each draw: an array of draws x 3."""
        hits, both = self.hits @ draws.T, self.both @ draws.T
        occurring = np.maximum((both > 0).sum(axis=0), 1)
        right, macro = draws @ self.right, _share(2 * hits, both).sum(axis=0) / occurring
        micro = _share(2 * hits.sum(axis=0), both.sum(axis=0))
        return np.stack([right / draws.sum(axis=1), macro, micro], axis=1)


def _counted(said: Sequence[frozenset[Item]], place: Mapping[str, int]) -> Any:
    """Labels by kinds of rows: how often."""
    from scipy.sparse import csr_matrix

    kinds = [at for at, items in enumerate(said) for _ in items]
    labels = [place[label] for items in said for label, _ in items]
    return csr_matrix((np.ones(len(kinds)), (labels, kinds)), (len(place), len(said)))


def _share(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
