"""Figures of answers that use any number of labels: what was found, missed and made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.answers import Answer
from ml.calibrating import SMALLEST
from ml.measuring import RESAMPLES, calibration_error, reliability, wilson
from ml.task import Prediction

Floats = NDArray[np.float64]
Answers = Sequence[Mapping[str, Any]]
AT_ONCE = 100  # resamples, which bounds the memory where rows and labels are many


class Counts:
    """Of each row and label: how often it was found, how often it is right, how often said."""

    def __init__(self, answer: Answer, gold: Answers, said: Answers) -> None:
        self.rows = len(gold)
        wanted = [set(answer.items(one)) for one in gold]
        answered = [set(answer.items(one)) for one in said]
        named = {label for items in (*wanted, *answered) for label, _ in items}
        self.labels = sorted(named)
        self._place = {label: at for at, label in enumerate(self.labels)}
        self.hits = self._counted([a & b for a, b in zip(wanted, answered, strict=True)])
        self.gold, self.said = self._counted(wanted), self._counted(answered)

    def _counted(self, items: Sequence[set[tuple[str, Any]]]) -> Any:
        """Labels by rows: what is drawn anew are columns."""
        from scipy.sparse import csr_matrix

        rows = [at for at, one in enumerate(items) for _ in one]
        places = [self._place[label] for one in items for label, _ in one]
        shape = (len(self.labels), self.rows)
        return csr_matrix((np.ones(len(rows)), (places, rows)), shape)

    def f1(self, weights: Floats) -> tuple[Floats, Floats]:
        """(micro, macro) F1, rows counted as often as each column of weights says."""
        hits, both = self.hits @ weights, (self.gold + self.said) @ weights
        each = _share(2 * hits, both)
        occurring = np.maximum((both > 0).sum(axis=0), 1)
        return _share(2 * hits.sum(axis=0), both.sum(axis=0)), each.sum(axis=0) / occurring

    def sums(self) -> tuple[Floats, Floats, Floats]:
        """(hits, gold, said) of each label."""
        hits, gold, said = (
            np.asarray(one.sum(axis=1)).ravel() for one in (self.hits, self.gold, self.said)
        )
        return hits, gold, said

    def by_row(self) -> Floats:
        """F1 of each row by itself; 1 where nothing is to be found and nothing was."""
        hits, both = (
            np.asarray(one.sum(axis=0)).ravel() for one in (self.hits, self.gold + self.said)
        )
        return np.where(both > 0, _share(2 * hits, both), 1.0)


def summary(
    answer: Answer, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
) -> dict[str, Any]:
    """Every metric, with 95 % intervals; those of F1 by drawing rows anew.

    Accuracy is the share of rows that are wholly right. A span counts where its places and its
    label are exact, as in the CoNLL evaluation.
    """
    if not answer.labelled:
        return _alike(answer, gold, predicted)
    said = [one["answer"] for one in predicted]
    right = [a == b for a, b in zip(gold, said, strict=True)]
    low, high = wilson(sum(right), len(right))
    counts = Counts(answer, gold, said)
    figures = {
        "n": len(gold),
        "accuracy": sum(right) / len(right) if right else 0.0,
        "accuracy_low": low,
        "accuracy_high": high,
        **_f1s(counts),
        "samples_f1": float(counts.by_row().mean()) if right else 0.0,
        "ece": calibration_error(reliability(right, predicted)),
        "per_label": per_label(counts),
    }
    return {**figures, **_loss(gold, predicted)}


def per_label(counts: Counts) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support of each label, with the interval of F1."""
    hits, gold, said = counts.sums()
    precision, recall, f1 = _share(hits, said), _share(hits, gold), _share(2 * hits, gold + said)
    return {
        label: {
            "precision": float(precision[at]),
            "recall": float(recall[at]),
            "f1": float(f1[at]),
            "support": int(gold[at]),
        }
        for at, label in enumerate(counts.labels)
    }


def _f1s(counts: Counts) -> dict[str, float]:
    hits, gold, said = (one.sum() for one in counts.sums())
    micro, macro = counts.f1(np.ones((counts.rows, 1)))
    (micro_low, micro_high), (macro_low, macro_high) = _intervals(counts)
    return {
        "precision": float(_share(hits, said)),
        "recall": float(_share(hits, gold)),
        "micro_f1": float(micro[0]),
        "micro_f1_low": micro_low,
        "micro_f1_high": micro_high,
        "macro_f1": float(macro[0]),
        "macro_f1_low": macro_low,
        "macro_f1_high": macro_high,
    }


def _intervals(counts: Counts) -> tuple[tuple[float, float], ...]:
    """Percentiles of a bootstrap (Efron and Tibshirani 1993). The same answers give the same."""
    if counts.rows == 0 or not counts.labels:
        return (0.0, 1.0), (0.0, 1.0)
    random, drawn = np.random.default_rng(0), []
    for _ in range(RESAMPLES // AT_ONCE):
        each = np.full(counts.rows, 1 / counts.rows)
        weights = random.multinomial(counts.rows, each, size=AT_ONCE).T.astype(float)
        drawn.append(np.stack(counts.f1(weights)))
    low, high = np.quantile(np.concatenate(drawn, axis=1), [0.025, 0.975], axis=1)
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))


def _loss(gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]) -> dict[str, float]:
    """The mean surprise at a label's being there or not, where each has a probability."""
    if not gold or "labels" not in gold[0]:
        return {}
    told = []
    for answer, one in zip(gold, predicted, strict=True):
        unknown = sum(label not in one["scores"] for label in answer["labels"])
        right = [p if label in answer["labels"] else 1 - p for label, p in one["scores"].items()]
        told += [*right, *[0.0] * unknown]
    return {"log_loss": float(-np.log(np.maximum(told, SMALLEST)).mean()) if told else 0.0}


def _alike(
    answer: Answer, gold: Sequence[dict[str, Any]], predicted: Sequence[Prediction]
) -> dict[str, Any]:
    """How far answers without labels agree on average."""
    alike = [answer.agreement(a, b["answer"]) for a, b in zip(gold, predicted, strict=True)]
    return {"n": len(gold), "agreement": float(np.mean(alike)) if alike else 0.0}


def _share(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
