"""What became of an example: which models learned from it, were steered or judged by it."""

import pytest
from django.urls import reverse

from tests.labeling.team import filled
from training.models import ModelVersion, Run, Snapshot, SnapshotRow

SAID = {"train": "learned from it", "validation": "steered by it", "test": "judged by it"}


def frozen(project, example, split):
    snapshot = Snapshot.objects.create(project=project, sha256=split, counts={})
    SnapshotRow.objects.create(snapshot=snapshot, example=example, split=split)
    return snapshot


def ran(snapshot, number=0):
    """A run of the snapshot; only with a number it left a version."""
    run = Run.objects.create(project=snapshot.project, snapshot=snapshot)
    if number:
        ModelVersion.objects.create(project=snapshot.project, run=run, number=number)
    return run


@pytest.fixture
def example(client, project, owner):
    client.force_login(owner)
    return filled(project, 1)[0]


def traced(client, example):
    address = reverse("example-trace", args=[example.project_id, example.pk])
    return client.get(address).content.decode()


@pytest.mark.parametrize("split", SAID)
def test_a_model_learned_from_it_was_steered_or_judged_by_it(client, project, example, split):
    ran(frozen(project, example, split), 1)
    seen = traced(client, example)
    assert [said for said in SAID.values() if said in seen] == [SAID[split]]
    assert "Version 1" in seen


def test_runs_that_left_no_model_learned_nothing(client, project, example):
    ran(frozen(project, example, "train"))
    seen = traced(client, example)
    assert "No model has learned from it yet." in seen and "learned from it:" not in seen


def test_over_http_each_run_says_what_it_had_it_for(speak, owner, project, example):
    runs = [ran(frozen(project, example, split)) for split in SAID]
    kept = speak(owner).get(f"/api/v1/examples/{example.pk}/lineage/").json()["runs"]
    assert [(one["id"], one["split"]) for one in kept] == [
        (str(run.pk), split) for run, split in zip(runs, SAID, strict=True)
    ]
