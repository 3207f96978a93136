"""What became of an example: which models learned from it, were steered or judged by it."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from projects import acting
from projects.models import Deed, Example
from serving.models import Endpoint, Feedback, Prediction, Release
from tests.labeling.team import filled
from tests.projects.test_acting import acted, carried_out
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


def judged(example, answer):
    """A prediction of it, and what a caller said of that."""
    ran(frozen(example.project, example, "train"), 1)
    version = ModelVersion.objects.get(project=example.project)
    endpoint = Endpoint.objects.create(project=example.project, name="Mail", slug="mail")
    release = Release.objects.create(endpoint=endpoint, model_version=version)
    prediction = Prediction.objects.create(
        endpoint=endpoint, release=release, model_version=version, request=uuid4(),
        data=example.data, answer=answer, confidence=0.9, latency_ms=1, created_at=timezone.now(),
    )  # fmt: skip
    Feedback.objects.create(
        prediction=prediction, example=example, correct=False, answer=answer,
        comment="ann@example.org is no name",
    )  # fmt: skip


QUOTING = {"spans": [{"start": 9, "end": 24, "label": "spam", "text": "ann@example.org"}]}


@pytest.mark.parametrize(
    ("task", "answer", "kept"),
    [
        ("token-classification", QUOTING, None),
        ("text-classification", {"label": "spam"}, {"label": "spam"}),
    ],
)
def test_over_http_nobody_quotes_what_was_masked(speak, owner, project, task, answer, kept):
    project.task = task
    project.save()
    text = {"text": "write to ann@example.org"}
    example = Example.objects.create(project=project, data=text, digest=b"a")
    judged(example, answer)

    def told():
        return speak(owner).get(f"/api/v1/examples/{example.pk}/lineage/").json()

    before = told()
    assert before["predictions"][0]["answer"] == before["feedback"][0]["answer"] == answer
    mask = acted(project, owner, Deed.MASK, kinds=["e-mail"])
    said = told()
    assert "ann@example.org" not in str(said)
    assert said["predictions"] == [before["predictions"][0] | {"answer": kept}]
    assert said["feedback"] == [before["feedback"][0] | {"answer": kept, "comment": None}]
    acting.undo(mask)
    carried_out(mask)
    assert told() == before
