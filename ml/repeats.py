"""Which texts nearly repeat another. Knows texts only."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

ALIKE = 0.9  # Jaccard similarity of the word pairs

# A character of a script written without blanks is a token of its own.
_UNSPACED = "\\u0e00-\\u0eff\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")


def normal_form(text: str) -> str:
    """The text without what a near-repeat may differ in: case, blanks, punctuation.

    Numbers stay: amounts and order numbers tell honest examples of one kind apart.
    """
    tokens = _TOKEN.findall(text.casefold())
    return " ".join(tokens) or " ".join(text.split())


def repeated(texts: Sequence[str], among: Sequence[str]) -> list[bool]:
    """For each text whether it nearly repeats one of `among`.

    Exact for its measure, and fast, by prefix filtering (Chaudhuri, Ganti and Kaushik 2006): two
    sets that alike must share one of the few rarest members of either, so only texts that do are
    compared in full.
    """
    if not among:
        return [False] * len(texts)
    forms = {normal_form(text) for text in among}
    sets = [_pairs(form) for form in forms]
    rarity: Counter[str] = Counter(pair for members in sets for pair in members)
    index: dict[str, list[int]] = defaultdict(list)
    for place, members in enumerate(sets):
        for pair in _prefix(members, rarity):
            index[pair].append(place)
    return [_is_repeat(normal_form(text), forms, sets, index, rarity) for text in texts]


def _is_repeat(
    form: str,
    forms: set[str],
    sets: Sequence[frozenset[str]],
    index: dict[str, list[int]],
    rarity: Counter[str],
) -> bool:
    if form in forms:
        return True
    mine = _pairs(form)
    candidates = {place for pair in _prefix(mine, rarity) for place in index.get(pair, ())}
    return any(_alike(mine, sets[place]) for place in candidates)


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    if min(len(a), len(b)) < ALIKE * max(len(a), len(b)):
        return False
    shared = len(a & b)
    return shared >= ALIKE * (len(a) + len(b) - shared)


def _pairs(form: str) -> frozenset[str]:
    tokens = form.split(" ")
    return frozenset(map(" ".join, pairwise(tokens))) or frozenset(tokens)


def _prefix(members: Iterable[str], rarity: Counter[str]) -> list[str]:
    ordered = sorted(members, key=lambda pair: (rarity[pair], pair))
    return ordered[: len(ordered) - math.ceil(ALIKE * len(ordered)) + 1]
