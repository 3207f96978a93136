"""Pages in an order: each example once, ties included, there and back, filtered or not."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labeling.models import Suggestion
from projects import leafing, searching
from projects.models import Entry, Example

SIZE = 7


@pytest.fixture
def many(project):
    """Sixty examples with many ties in each value that a list can be sorted by."""
    drawn = random.Random(3)
    made = Example.objects.bulk_create(
        Example(
            project=project,
            data={"text": str(number)},
            digest=str(number).encode(),
            dissent=drawn.choice([0, 0, 0, 33, 50]),
            status="labeled" if number % 3 else "unlabeled",
        )
        for number in range(60)
    )
    Entry.objects.bulk_create(
        Entry(example=one, project=project, words="", characters=drawn.randrange(5)) for one in made
    )
    Suggestion.objects.bulk_create(
        Suggestion(
            example=one,
            project=project,
            answer={"label": "spam"},
            confidence=drawn.choice([0.1, 0.25, 0.7]),
            model_version=project.pk,
        )
        for one in made
    )
    return project


VALUES = {
    "id": lambda one: one.pk,
    "length": lambda one: (one.entry.characters, one.pk),
    "unsure": lambda one: (one.suggestion.confidence, one.pk),
    "disagreed": lambda one: (one.dissent, one.pk),
}


ASKED = [{}, {"status": "labeled"}, {"longer": "1"}, {"longer": "0", "shorter": "4"}]


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("name", [name for name in searching.ORDERS if "created" not in name])
def test_each_example_comes_once_in_its_order_there_and_back(many, asked, name):
    order = searching.order(name)
    leaves = [leafing.leaf(many, asked, order=order, size=SIZE)]
    while leaves[-1].after:
        leaves.append(leafing.leaf(many, asked, order=order, after=leaves[-1].after, size=SIZE))
    there = [one for leaf in leaves for one in leaf.examples]
    falling, value = name.startswith("-"), VALUES[name.removeprefix("-")]
    expected = sorted(searching.chosen(many, asked), key=value, reverse=falling)
    assert [one.pk for one in there] == [one.pk for one in expected] and len(there) > 3 * SIZE
    for leaf, before in zip(reversed(leaves[1:]), reversed(leaves[:-1]), strict=True):
        back = leafing.leaf(many, asked, order=order, before=leaf.before, size=SIZE)
        assert [one.pk for one in back.examples] == [one.pk for one in before.examples]


@pytest.mark.parametrize("walked", [3, 10, 1000])
@pytest.mark.parametrize("order", ["id", "-id"])
def test_lengths_are_met_by_walking_or_collected_and_both_leaf_alike(
    many, monkeypatch, walked, order
):
    monkeypatch.setattr(leafing, "WALKED_BY_LENGTH", walked)
    asked = {"longer": "0", "shorter": "3"}
    Example.objects.filter(project=many, digest__lt=b"3").update(status="deleted")
    expected = list(searching.chosen(many, asked).order_by(order))
    first = leafing.leaf(many, asked, order=order, size=SIZE)
    second = leafing.leaf(many, asked, order=order, after=first.after, size=SIZE)
    assert [*first.examples, *second.examples] == expected[: 2 * SIZE]
    back = leafing.leaf(many, asked, order=order, before=second.before, size=SIZE)
    assert back.examples == first.examples


@pytest.mark.parametrize("name", ["-length", "unsure", "-disagreed"])
def test_a_page_deep_in_an_order_reads_a_page_not_all_before_it(many, name):
    """By the plan: the pair of value and id is what the index is asked for."""
    order = searching.order(name)
    first = leafing.leaf(many, {}, order=order, size=SIZE)
    with CaptureQueriesContext(connection) as asked:
        leafing.leaf(many, {}, order=order, after=first.after, size=SIZE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        cursor.execute("EXPLAIN " + asked[1]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Sort" not in plan and "ROW(" in plan.split("Index Cond:")[1].split("\n")[0], plan
