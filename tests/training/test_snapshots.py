"""A snapshot is content-addressed, keeps the test set apart, and is the same for the same gold."""

import json

import pytest

from tests.cast import rows, upload
from training import snapshots
from training.models import SnapshotRow


def read(snapshot):
    return [json.loads(line) for line in snapshot.file.read_text().splitlines()]


def test_the_same_gold_is_the_same_snapshot(project, owner):
    upload(project, rows(50))
    first, second = snapshots.freeze(project, owner), snapshots.freeze(project, owner)
    assert first.pk == second.pk
    upload(project, b"text,label\none more,spam\n")
    assert snapshots.freeze(project, owner).pk != first.pk


def test_test_rows_are_those_decided_at_intake_and_no_others(project, owner):
    upload(project, rows(200))
    snapshot = snapshots.freeze(project, owner)
    frozen = {row["id"] for row in read(snapshot) if row["split"] == "test"}
    decided = {str(pk) for pk in project.examples.filter(is_test=True).values_list("pk", flat=True)}
    assert frozen == decided
    assert snapshot.counts["test"] == len(decided)
    assert SnapshotRow.objects.filter(snapshot=snapshot).count() == len(read(snapshot))


def test_rows_keep_their_side_while_data_grows(project, owner):
    upload(project, rows(100))
    before = {row["id"]: row["split"] for row in read(snapshots.freeze(project, owner))}
    more = ["text,label", *(f"other {n} words,spam" for n in range(40))]
    upload(project, "\n".join(more).encode())
    after = {row["id"]: row["split"] for row in read(snapshots.freeze(project, owner))}
    moved = [pk for pk in before if pk in after and before[pk] != after[pk]]
    assert len(moved) <= len(before) * 0.1
    assert not [pk for pk in moved if "test" in (before[pk], after[pk])]


def test_feedback_and_set_aside_rows_never_enter_the_test_set(project, owner):
    from labeling import queue, review

    upload(project, rows(30))
    for number in range(40):
        example = queue.put(project, {"text": f"from outside {number}"}, reason="r", origin={})
        review.settle(example, {"label": "spam"}, owner)
    frozen = read(snapshots.freeze(project, owner))
    outside = [row for row in frozen if row["data"]["text"].startswith("from outside")]
    assert outside and all(row["split"] != "test" for row in outside)


def test_nothing_labelled_is_said(project, owner, speak):
    with pytest.raises(snapshots.NothingToFreeze):
        snapshots.freeze(project, owner)
    refused = speak(owner).post(f"/api/v1/projects/{project.pk}/snapshots/")
    assert refused.status_code == 400
    run = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", {})
    assert run.status_code == 400 and "two different labels" in run.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"method": "magic"}, "method"),
        ({"effort": "heroic"}, "effort"),
        ({"base_model": "../../etc"}, "base_model"),
        ({"hyperparameters": {"shell": 1}}, "hyperparameters"),
        ({"hyperparameters": {"epochs": "3; rm"}}, "hyperparameters"),
        ({"hyperparameters": [1]}, "hyperparameters"),
        ({"seed": -1}, "seed"),
        ({"snapshot": "019a0000-0000-7000-8000-000000000000"}, "snapshot"),
    ],
)
def test_a_mistaken_launch_names_its_field(project, owner, speak, asked, field):
    upload(project, rows(10))
    refused = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", asked)
    assert (refused.status_code, field in refused.json()["errors"]) == (400, True)


def test_runs_are_launched_with_every_field_left_out(project, owner, speak):
    upload(project, rows(10))
    made = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", {})
    assert made.status_code == 202
    body = made.json()
    assert (body["effort"], body["method"], body["attempts"]) == ("balanced", "auto", 0)
    assert speak(owner).get(f"/api/v1/runs/{body['id']}/history/").json() == []
