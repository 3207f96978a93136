"""Answers that are probably wrong are found, and right ones are left alone."""

import json

import numpy as np
import pytest

from ml import lifeline, suspecting, trainer
from tests.ml.conftest import marked_rows, tagged_rows, toy_rows, with_toy_splits


def made(rows: int, labels: int, wrong: int):
    """Answers, some of them turned, and what a good model says of all."""
    drawn = np.random.default_rng(0)
    truth = drawn.integers(0, labels, rows)
    chances = np.eye(labels)[truth] * 0.8 + 0.2 * drawn.random((rows, labels))
    chances /= chances.sum(axis=1, keepdims=True)
    turned = drawn.permutation(rows)[:wrong]
    given = truth.copy()
    given[turned] = (truth[turned] + 1) % labels
    return chances, given, truth, set(turned.tolist())


def test_turned_labels_are_found_and_what_they_should_be():
    chances, given, truth, turned = made(1000, 4, 30)
    found = suspecting.suspects(chances, given, [{"label": str(one)} for one in truth])
    places = {one.place for one in found}
    assert len(places & turned) >= 15, "it would rather leave some out than doubt the right ones"
    assert len(places - turned) <= 1
    assert all(one.expected == {"label": str(truth[one.place])} for one in found)
    assert [one.doubt for one in found] == sorted((one.doubt for one in found), reverse=True)


def test_sets_of_labels_too():
    _, given, truth, turned = made(600, 3, 20)
    each = np.clip(np.eye(3)[truth] * 0.9 + 0.05, 0, 1)
    found = suspecting.suspects(each, np.eye(3)[given], [{"labels": [str(one)]} for one in truth])
    assert len({one.place for one in found} & turned) >= 15


def test_few_rows_or_a_label_that_never_occurs_are_no_reason_to_suspect():
    chances, given, _, _ = made(40, 3, 5)
    assert suspecting.suspects(chances, given, [{}] * 40) == []
    chances, given, _, _ = made(200, 3, 0)
    wide = np.hstack([chances, np.zeros((200, 1))])
    assert suspecting.suspects(wide, given, [{}] * 200) == []


def test_there_are_never_more_than_people_can_look_at():
    chances, given, _, _ = made(1000, 2, 400)
    assert len(suspecting.suspects(chances, given, [{}] * 1000)) <= 50


def result_of(folder):
    trainer.train(folder, stop=lifeline.Stop())
    return json.loads(folder.result.read_text())


def turned_in(rows, every, other):
    """Some training rows get another answer; their ids."""
    train = [row for row in rows if row["split"] == "train"]
    turned = train[::every]
    for row in turned:
        row["answer"] = other(row["answer"])
    return {row["id"] for row in turned}


@pytest.mark.parametrize("method", ["classical", "head"])
def test_a_run_doubts_training_answers_that_were_turned(make_run, method):
    rows = with_toy_splits(toy_rows(300))
    names = ["billing", "delivery", "praise"]
    turned = turned_in(
        rows, 20, lambda said: {"label": names[(names.index(said["label"]) + 1) % 3]}
    )
    found = result_of(make_run(rows=rows, method=method))["suspects"]
    assert len({one["id"] for one in found} & turned) >= 6, (len(turned), found)
    assert {one["id"] for one in found} <= {r["id"] for r in rows if r["split"] == "train"}
    by_id = {row["id"]: row for row in rows}
    assert all(one["given"] == by_id[one["id"]]["answer"] != one["expected"] for one in found)


def test_a_run_on_sets_of_labels_doubts_them_too(make_run):
    rows = with_toy_splits(tagged_rows(300))
    every = {"billing", "delivery", "praise"}
    turned = turned_in(rows, 30, lambda said: {"labels": sorted(every - set(said["labels"]))})
    said = {"task": "multi-label-classification", "method": "classical"}
    found = result_of(make_run(rows=rows, **said))["suspects"]
    assert {one["id"] for one in found} & turned
    assert all(one["expected"].keys() == {"labels"} for one in found)


def test_marked_passages_are_not_doubted(make_run):
    rows = with_toy_splits(marked_rows(60))
    said = {"task": "token-classification", "method": "classical"}
    assert result_of(make_run(rows=rows, **said))["suspects"] == []
