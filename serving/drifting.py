"""Drift: does an endpoint answer as its model did when it was judged? Knows nothing of truth.

Measured by the population stability index (PSI) of the labels and of the confidence, between the
live version's predictions of a time and its predictions for the test set; where that is too small,
its first predictions here. Under no change PSI is distributed as (1/n + 1/m) times a chi-square
with one degree of freedom less than there are bins (Yurdakul & Naranjo, 2020), which says how much
is mere chance.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from serving.models import Endpoint, Mode, Prediction, Release

ENOUGH = 50
FIRST = 1000
# Below this the field calls a shift small, whatever chance says (Siddiqi, 2006).
SMALL = 0.1
CONFIDENCE_BINS = 5
ONE_IN_TWENTY = 1.6449  # standard normal quantile at 0.95


class Answers(NamedTuple):
    """What a set of predictions looks like from outside."""

    labels: Counter[str]
    confidence: Counter[int]

    @property
    def total(self) -> int:
        return self.confidence.total()


def drift(endpoint: Endpoint, since: datetime, newest: int) -> dict[str, Any]:
    """The shift, beside what chance explains, and what it is measured against."""
    live = endpoint.running(Mode.LIVE)
    if live is None:
        return _unknown("Nothing answers at this endpoint.")
    now = _recorded(live, newest, created_at__gte=since)
    if now.total < ENOUGH:
        return _unknown(
            f"Only {now.total} predictions of the live version in this time; {ENOUGH} are needed."
        )
    reference, against = _reference(live, since)
    if reference.total < ENOUGH:
        return _unknown(
            f"Nothing to compare with: the test set and the live version's predictions before "
            f"this time have fewer than {ENOUGH} answers each."
        )
    return _compared(now, reference, against)


def _compared(now: Answers, reference: Answers, against: str) -> dict[str, Any]:
    found, chance = {}, {}
    for name in ("labels", "confidence"):
        a, b = getattr(now, name), getattr(reference, name)
        found[name] = psi(a, b)
        chance[name] = by_chance(a, b)
    drifted = any(found[name] > max(SMALL, chance[name]) for name in found)
    return {**found, "by_chance": chance, "drifted": drifted, "against": against, "reason": ""}


def psi(now: Counter[Any], then: Counter[Any]) -> float:
    """Population stability index. Half a count is added to each bin, so that none is empty."""
    bins = set(now) | set(then)
    n, m = now.total() + len(bins) / 2, then.total() + len(bins) / 2
    shares = [((now[each] + 0.5) / n, (then[each] + 0.5) / m) for each in bins]
    return sum((p - q) * math.log(p / q) for p, q in shares)


def by_chance(now: Counter[Any], then: Counter[Any]) -> float:
    """What PSI exceeds once in twenty when nothing changed."""
    freedom = len(set(now) | set(then)) - 1
    if freedom < 1:
        return 0.0
    # The chi-square quantile by Wilson & Hilferty (1931).
    spread = 2 / (9 * freedom)
    quantile = freedom * (1 - spread + ONE_IN_TWENTY * math.sqrt(spread)) ** 3
    return (1 / now.total() + 1 / then.total()) * quantile


def _reference(live: Release, since: datetime) -> tuple[Answers, str]:
    tested = _tested(live)
    if tested.total >= ENOUGH:
        return tested, f"the test set of version {live.model_version.number}"
    first = _recorded(live, FIRST, created_at__lt=since)
    return first, f"the first predictions of version {live.model_version.number} here"


def _recorded(live: Release, most: int, **when: datetime) -> Answers:
    """The live version's predictions here: the newest of a time, or the first before it."""
    order = "-created_at" if "created_at__gte" in when else "created_at"
    rows = (
        Prediction.objects.filter(
            endpoint_id=live.endpoint_id,
            model_version_id=live.model_version_id,
            shadow=False,
            **when,
        )
        .order_by(order)
        .values_list("labels", "confidence")[:most]
    )
    return _counted(rows)


def _tested(live: Release) -> Answers:
    """The version's predictions for its test set, as its run left them."""
    labels_of = live.endpoint.project.kind.answer.labels_of
    file = live.model_version.run.folder / "test_predictions.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return _counted((labels_of(row["answer"]), row["confidence"]) for row in rows)
    except (OSError, ValueError, KeyError, TypeError):
        return _counted([])


def _counted(rows: Iterable[tuple[Iterable[str], float]]) -> Answers:
    labels: Counter[str] = Counter()
    confidence: Counter[int] = Counter()
    for named, sure in rows:
        labels.update(named)
        confidence[min(int(sure * CONFIDENCE_BINS), CONFIDENCE_BINS - 1)] += 1
    return Answers(labels, confidence)


def _unknown(reason: str) -> dict[str, Any]:
    return {
        "labels": None,
        "confidence": None,
        "by_chance": {},
        "drifted": None,
        "against": None,
        "reason": reason,
    }
