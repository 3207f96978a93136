"""How far people agree, beyond what chance would give. Plain values in, figures out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

Unit = Sequence[Hashable]
Distance = Callable[[Any, Any], float]
MOST_VALUES = 2000  # different answers, the most frequent, between which distances are measured


def nominal(a: Hashable, b: Hashable) -> float:
    """0 for the same, 1 for another."""
    return float(a != b)


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    """How far two sets are apart: 1 - Jaccard times how they overlap.

    1 for the same set, 2/3 for one within the other, 1/3 for a common part, 0 for none (Passonneau
    2006, Measuring agreement on set-valued items).
    """
    if a == b:
        return 0.0
    shared = a & b
    if not shared:
        return 1.0
    part = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - len(shared) / len(a | b) * part


def alpha(
    units: Iterable[Unit], distance: Distance = nominal, weights: Iterable[float] | None = None
) -> float | None:
    """Krippendorff's alpha: 1 - observed / expected disagreement.

    units: for each example the answers it got; those with fewer than two do not count. weights: how
    often each unit counts, as the characters of a passage. distance: from 0 to 1. None where there
    is nothing to pair. Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).
    """
    pairable = [
        (Counter(unit), len(unit), weight)
        for unit, weight in zip(units, _or_one(weights), strict=False)
        if len(unit) > 1 and weight > 0
    ]
    margins: Counter[Hashable] = Counter()
    observed = 0.0
    for counts, size, weight in pairable:
        for value, count in counts.items():
            margins[value] += count * weight  # type: ignore[assignment]
        apart = sum(distance(a, b) * counts[a] * counts[b] for a, b in combinations(counts, 2))
        observed += 2 * weight * apart / (size - 1)
    total = sum(margins.values())
    if total <= 1:
        return None
    expected = _expected(margins, distance)
    return 1.0 if not expected else 1 - (total - 1) * observed / expected


def _or_one(weights: Iterable[float] | None) -> Iterable[float]:
    if weights is not None:
        yield from weights
    while True:
        yield 1.0


def _expected(margins: Counter[Hashable], distance: Distance) -> float:
    """The sum over all ordered pairs of answers, whoever gave them to whatever."""
    if distance is nominal:
        return float(sum(margins.values()) ** 2 - sum(count**2 for count in margins.values()))
    common = margins.most_common(MOST_VALUES)
    return 2 * sum(n * m * distance(a, b) for (a, n), (b, m) in combinations(common, 2))


def kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Cohen's kappa of two people over the examples that both answered (Cohen 1960)."""
    both = list(pairs)
    if not both:
        return None
    n = len(both)
    first, second = Counter(a for a, _ in both), Counter(b for _, b in both)
    agreed = sum(a == b for a, b in both) / n
    chance = sum(first[value] * second[value] for value in first) / n**2
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


Span = Mapping[str, Any]  # start, end (code points), label


def stretches(
    answers: Sequence[Sequence[Span]], length: int
) -> Iterable[tuple[list[frozenset[str]], int]]:
    """A text cut wherever a span of anyone begins or ends: what each said there, and how long.

    Nested and overlapping labels of a person are one value. length: of the text, in code points.
    """
    edges = {0, length}
    for spans in answers:
        edges.update(edge for span in spans for edge in (span["start"], span["end"]))
    cuts = sorted(edge for edge in edges if 0 <= edge <= length)
    for start, end in pairwise(cuts):
        yield [_said_of(spans, start, end) for spans in answers], end - start


def _said_of(spans: Sequence[Span], start: int, end: int) -> frozenset[str]:
    return frozenset(
        span["label"] for span in spans if span["start"] <= start and end <= span["end"]
    )


def overlap(one: Sequence[Span], other: Sequence[Span]) -> float:
    """F1 of two people's spans, each by the share of its characters that the other has, too.

    Edges that differ a little cost a little; a label that differs costs all. 1 where neither has
    any span.
    """
    if not one and not other:
        return 1.0
    found = [sum(_shared(span, others) for span in spans) / len(spans) if spans else 0.0
             for spans, others in ((one, other), (other, one))]  # fmt: skip
    total = sum(found)
    return 2 * found[0] * found[1] / total if total else 0.0


def _shared(span: Span, others: Sequence[Span]) -> float:
    length = span["end"] - span["start"]
    best = max(
        (
            min(span["end"], other["end"]) - max(span["start"], other["start"])
            for other in others
            if other["label"] == span["label"]
        ),
        default=0,
    )
    return max(0, best) / length
