"""Whether one model is better than another on the same rows, or only luckier. Numbers only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import measuring
from ml.measuring import Floats

RESAMPLES = 2000
AT_ONCE = 100  # resamples, which bounds the memory where rows and labels are many
SIGNIFICANT = 0.05

Ints = NDArray[np.int64]


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
    labels: tuple[LabelChange, ...]


def paired(gold: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Paired:
    """Compare two models' labels for the same rows.

    The p value is McNemar's exact test (McNemar 1947), which looks at the rows that only one of
    the two answered right. The intervals are percentiles of a paired bootstrap (Efron and
    Tibshirani 1993): rows are drawn anew, and both models are judged on what was drawn.
    """
    right = [(b == g, a == g) for g, b, a in zip(gold, before, after, strict=True)]
    only_before, only_after = right.count((True, False)), right.count((False, True))
    accuracy, macro_f1 = _differences(gold, before, after)
    return Paired(
        n=len(right),
        only_before=only_before,
        only_after=only_after,
        p=mcnemar(only_before, only_after),
        accuracy=accuracy,
        macro_f1=macro_f1,
        labels=_by_label(gold, before, after),
    )


def mcnemar(only_before: int, only_after: int) -> float:
    """How likely so lopsided a split is, where both models are equally good."""
    from scipy.stats import binomtest

    differing = only_before + only_after
    return float(binomtest(only_before, differing).pvalue) if differing else 1.0


def _by_label(
    gold: Sequence[str], before: Sequence[str], after: Sequence[str]
) -> tuple[LabelChange, ...]:
    older = measuring.per_label(*measuring.confusion(gold, before))
    newer = measuring.per_label(*measuring.confusion(gold, after))
    none = {"f1": 0.0, "support": 0}
    return tuple(
        LabelChange(
            label,
            older.get(label, none)["f1"],
            newer.get(label, none)["f1"],
            int(newer.get(label, none)["support"]),
        )
        for label in sorted({*older, *newer})
    )


def _differences(
    gold: Sequence[str], before: Sequence[str], after: Sequence[str]
) -> tuple[Difference, Difference]:
    """Of accuracy and of macro F1."""
    if not gold:
        nothing = Difference(0.0, 0.0, 0.0, 0.0)
        return nothing, nothing
    kinds = Counter(zip(gold, before, after, strict=True))
    names = sorted({name for kind in kinds for name in kind})
    place = {name: at for at, name in enumerate(names)}
    coded = np.array([[place[name] for name in kind] for kind in kinds])
    counts = np.array(list(kinds.values()))
    older, newer = (_Judge(coded[:, 0], coded[:, at], len(names)) for at in (1, 2))
    drawn = [newer.figures(draws) - older.figures(draws) for draws in _resamples(counts)]
    low, high = np.quantile(np.concatenate(drawn), [0.025, 0.975], axis=0)
    (was,), (is_now,) = older.figures(counts[None]), newer.figures(counts[None])
    accuracy, macro_f1 = zip(was, is_now, low, high, strict=True)
    return Difference(*map(float, accuracy)), Difference(*map(float, macro_f1))


def _resamples(counts: Ints) -> Iterator[Ints]:
    """Drawing rows anew is drawing anew how often each kind of row occurs.

    A fixed seed: the same answers always have the same interval.
    """
    random, total = np.random.default_rng(0), int(counts.sum())
    for _ in range(RESAMPLES // AT_ONCE):
        yield random.multinomial(total, counts / total, size=AT_ONCE)


class _Judge:
    """One model's answers to every kind of row, ready to be weighted by how often each occurs."""

    def __init__(self, gold: Ints, answered: Ints, labels: int) -> None:
        from scipy.sparse import csr_matrix

        kinds = np.arange(len(gold))
        shape = (len(gold), labels)
        ones = np.ones(len(gold))
        right = csr_matrix(((gold == answered).astype(float), (kinds, gold)), shape)
        said = csr_matrix((ones, (kinds, answered)), shape)
        self.hits = right.T.tocsr()
        self.both = (csr_matrix((ones, (kinds, gold)), shape) + said).T.tocsr()

    def figures(self, draws: Ints) -> Floats:
        """(accuracy, macro F1) in each draw: an array of draws x 2."""
        hits, both = self.hits @ draws.T, self.both @ draws.T
        f1 = np.divide(2 * hits, both, out=np.zeros(hits.shape), where=both > 0)
        occurring = np.maximum((both > 0).sum(axis=0), 1)
        return np.stack([hits.sum(axis=0) / draws.sum(axis=1), f1.sum(axis=0) / occurring], axis=1)
