"""Dealing to several: shares that are right from the first examples on, whatever they are."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import sharing

A, B, C = (UUID(int=number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("shares", "parts"),
    [
        ({}, {A: 1, B: 1, C: 1}),
        ({A: 50}, {A: 2, B: 1, C: 1}),
        ({A: 50, B: 30}, {A: 5, B: 3, C: 2}),
        ({A: 33}, {A: 66, B: 67, C: 67}),
        ({A: 50, B: 25, C: 25}, {A: 2, B: 1, C: 1}),
        ({A: 40, B: 20, C: 20}, {A: 2, B: 1, C: 1, None: 1}),
        ({A: 90, B: 20}, {}),
        ({A: 100}, {}),
        ({A: 0}, {}),
    ],
)
def test_who_has_no_share_divides_the_rest(shares, parts):
    assert sharing.weights([A, B, C], shares) == parts


def test_equal_shares_are_dealt_in_turn():
    assert sharing.turns({A: 1, B: 1, C: 1}) == [A, B, C]


@given(st.dictionaries(st.sampled_from([A, B, C, None]), st.integers(1, 100), min_size=1))
def test_nobody_is_ever_two_examples_away_from_their_share(weighted):
    turns, total = sharing.turns(weighted), sum(weighted.values())
    assert Counter(turns) == weighted
    seen = Counter()
    for count, turn in enumerate(turns, start=1):
        seen[turn] += 1
        assert all(abs(seen[one] - count * part / total) < 2 for one, part in weighted.items())
