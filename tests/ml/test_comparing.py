"""Two models on the same rows: against worked examples."""

import numpy as np
import pytest

from ml import measuring
from ml.comparing import mcnemar, paired


def rows(*groups):
    """(how often, gold, before, after) → three lists."""
    lists = [[], [], []]
    for count, *labels in groups:
        for kept, label in zip(lists, labels, strict=True):
            kept += [label] * count
    return lists


def test_mcnemars_exact_p_is_a_two_sided_coin():
    # 5 against 15: twice the chance of five or fewer heads in twenty throws, 21,700 of 2 ** 20.
    assert mcnemar(5, 15) == pytest.approx(2 * 21_700 / 2**20)
    assert mcnemar(15, 5) == mcnemar(5, 15)
    assert mcnemar(0, 1) == 1.0
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)


def test_a_worked_example():
    found = paired(
        *rows((60, "a", "a", "a"), (15, "a", "b", "a"), (5, "b", "b", "a"), (20, "b", "b", "b"))
    )
    assert (found.n, found.only_before, found.only_after) == (100, 5, 15)
    assert (found.accuracy.before, found.accuracy.after) == (0.85, 0.95)
    # The standard error of a paired difference: sqrt(b + c - (b - c)² / n) / n = 0.0436.
    assert found.accuracy.low == pytest.approx(0.1 - 1.96 * 0.0436, abs=0.011)
    assert found.accuracy.high == pytest.approx(0.1 + 1.96 * 0.0436, abs=0.011)
    by_label = {one.label: one for one in found.labels}
    assert by_label["a"].before == pytest.approx(2 * 60 / (60 + 75))
    assert by_label["a"].after == pytest.approx(2 * 75 / (80 + 75))
    assert (by_label["a"].support, by_label["b"].support) == (75, 25)


def test_its_figures_are_those_of_each_model_alone():
    random = np.random.default_rng(1)
    gold, before, after = (list(random.choice(["a", "b", "c"], 200)) for _ in range(3))
    found = paired(gold, before, after)
    for answers, value in ((before, found.macro_f1.before), (after, found.macro_f1.after)):
        assert value == pytest.approx(measuring.macro_f1(measuring.confusion(gold, answers)[1]))


def test_the_interval_agrees_with_drawing_rows_one_by_one():
    random = np.random.default_rng(2)
    gold = random.choice(["a", "b", "c"], 150)
    before = np.where(random.random(150) < 0.7, gold, random.choice(["a", "b", "c"], 150))
    after = np.where(random.random(150) < 0.85, gold, random.choice(["a", "b", "c"], 150))
    found = paired(list(gold), list(before), list(after))
    differences = []
    for _ in range(500):
        drawn = random.integers(0, 150, 150)
        f1 = [
            measuring.macro_f1(measuring.confusion(list(gold[drawn]), list(answers[drawn]))[1])
            for answers in (before, after)
        ]
        differences.append(f1[1] - f1[0])
    low, high = np.quantile(differences, [0.025, 0.975])
    assert found.macro_f1.low == pytest.approx(low, abs=0.02)
    assert found.macro_f1.high == pytest.approx(high, abs=0.02)


def test_the_same_answers_have_the_same_interval():
    lists = rows((30, "a", "b", "a"), (30, "b", "b", "b"), (10, "a", "a", "b"))
    assert paired(*lists) == paired(*lists)


def test_equal_models_differ_by_nothing():
    found = paired(*rows((10, "a", "a", "a"), (5, "b", "a", "a")))
    assert (found.p, found.accuracy.low, found.accuracy.high) == (1.0, 0.0, 0.0)


def test_without_a_shared_row_nothing_is_claimed():
    found = paired([], [], [])
    assert (found.n, found.p, found.labels) == (0, 1.0, ())


def test_twenty_thousand_rows_and_many_labels_take_seconds():
    random = np.random.default_rng(3)
    gold, before, after = (list(map(str, random.integers(0, 500, 20_000))) for _ in range(3))
    assert paired(gold, before, after).n == 20_000
