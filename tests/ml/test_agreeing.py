"""Agreement, against what was published and what can be counted by hand."""

import pytest

from ml import agreeing

# Krippendorff 2011, section C: four observers, twelve units, 41 values, some missing.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def units(observers):
    return [[v for v in unit if v is not None] for unit in zip(*observers, strict=True)]


def test_alpha_of_the_published_example():
    assert agreeing.alpha(units(PUBLISHED)) == pytest.approx(0.743, abs=5e-4)


def test_alpha_with_another_distance_of_the_published_example():
    def interval(a: int, b: int) -> float:
        return float((a - b) ** 2)

    assert agreeing.alpha(units(PUBLISHED), interval) == pytest.approx(0.849, abs=5e-4)


def test_alpha_of_two_observers_and_two_values_as_published():
    # Krippendorff 2011, section A.
    a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert agreeing.alpha(units([a, b])) == pytest.approx(0.095, abs=5e-4)


def test_alpha_where_there_is_nothing_to_pair():
    assert agreeing.alpha([["a"], ["b"], []]) is None
    assert agreeing.alpha([["a", "a"], ["a", "a"]]) == 1.0


def test_a_weight_is_as_many_units():
    plain = [["a", "b"]] * 3 + [["a", "a"]] * 5 + [["b", "b"]] * 2
    weighted = agreeing.alpha([["a", "b"], ["a", "a"], ["b", "b"]], weights=[3, 5, 2])
    assert weighted == pytest.approx(agreeing.alpha(plain))


def test_kappa_of_a_published_table():
    # 50 applications, yes or no: 20 both, 15 neither, 5 and 10 apart: kappa 0.4.
    table = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10
    assert agreeing.kappa(table) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("a", "b", "apart"),
    [
        ({"a", "b"}, {"a", "b"}, 0.0),
        ({"a"}, {"a", "b"}, 1 - 1 / 2 * 2 / 3),
        ({"a", "b"}, {"b", "c"}, 1 - 1 / 3 * 1 / 3),
        ({"a"}, {"b"}, 1.0),
        (set(), {"a"}, 1.0),
        (set(), set(), 0.0),
    ],
    ids=["same", "within", "common", "none", "nothing", "both-nothing"],
)
def test_masi(a, b, apart):
    assert agreeing.masi(frozenset(a), frozenset(b)) == pytest.approx(apart)


def test_sets_that_nearly_agree_count_for_more_than_other_labels():
    near = [[frozenset("ab"), frozenset("a")], [frozenset("c"), frozenset("c")]] * 5
    assert agreeing.alpha(near, agreeing.masi) > agreeing.alpha(near)


def span(start, end, label):
    return {"start": start, "end": end, "label": label}


def test_spans_by_the_characters_that_people_share():
    one, other = [span(0, 10, "PER")], [span(0, 8, "PER")]
    # 0.8 of the one is in the other, all of the other in the one.
    assert agreeing.overlap(one, other) == pytest.approx(2 * 0.8 * 1 / 1.8)
    assert agreeing.overlap(one, [span(0, 10, "LOC")]) == 0.0
    assert agreeing.overlap([], []) == 1.0
    assert agreeing.overlap(one, []) == 0.0


def test_a_text_is_cut_where_anyone_begins_or_ends():
    both = [[span(2, 6, "PER")], [span(4, 8, "PER"), span(4, 6, "LOC")]]
    cut = [([{*one} for one in said], length) for said, length in agreeing.stretches(both, 10)]
    assert cut == [
        ([set(), set()], 2),
        ([{"PER"}, set()], 2),
        ([{"PER"}, {"LOC", "PER"}], 2),
        ([set(), {"PER"}], 2),
        ([set(), set()], 2),
    ]
