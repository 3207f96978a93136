"""A run belongs to PostgreSQL: it can be lost by everyone else, and ends once."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from projects.leases import LeaseLost, State
from tests.cast import eventually, rows, upload
from training import jobs, snapshots, supervisor
from training.models import Measurement, ModelVersion, Run


@pytest.fixture
def labelled(project):
    upload(project, rows(60))
    return project


def queued(project, **fields):
    return Run.objects.create(project=project, method="classical", effort="quick", **fields)


def overdue(run):
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_run_can_be_claimed_once(labelled):
    run = queued(labelled)
    assert Run.claim(run.pk) is not None
    assert Run.claim(run.pk) is None


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_claim_it_once(labelled):
    run = queued(labelled)
    claims = []

    def claim():
        claims.append(Run.claim(run.pk))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claimed is not None for claimed in claims) == 1


def test_a_stalled_run_goes_to_another_worker_and_the_old_one_can_write_nothing(labelled):
    run = queued(labelled)
    old = Run.claim(run.pk)
    overdue(run)
    new = Run.claim(run.pk)
    assert (new.token, new.attempts) == (old.token + 1, 2)
    for write in (old.breathe, lambda: old.finish(State.SUCCEEDED), lambda: old.write(progress=1)):
        with pytest.raises(LeaseLost):
            write()
    new.breathe()


def test_after_three_attempts_the_reconciler_gives_up_with_words(labelled):
    run = queued(labelled)
    for _ in range(3):
        assert Run.claim(run.pk) is not None
        overdue(run)
    assert Run.claim(run.pk) is None
    jobs.reconcile()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "three times" in run.error_title and run.error_hint


def test_an_orderly_stop_does_not_use_up_an_attempt(labelled):
    run = queued(labelled)
    Run.claim(run.pk).give_back(counted=False)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.QUEUED, 0)


def test_the_reconciler_rings_again_for_a_bell_that_was_lost(labelled, monkeypatch):
    rung = []
    monkeypatch.setattr(jobs, "ring", lambda run: rung.append(run.pk))
    lost, fresh = queued(labelled), queued(labelled, enqueued_at=timezone.now())
    stalled = queued(labelled)
    Run.claim(stalled.pk)
    overdue(stalled)
    jobs.reconcile()
    assert set(rung) == {lost.pk, stalled.pk}
    assert fresh.pk not in rung


def test_a_queued_run_that_is_cancelled_never_starts(labelled, owner, speak):
    client = speak(owner)
    made = client.post(f"/api/v1/projects/{labelled.pk}/runs/", {"method": "classical"})
    assert (made.status_code, made.json()["state"]) == (202, "queued")
    answer = client.post(f"/api/v1/runs/{made.json()['id']}/cancel/")
    assert (answer.status_code, answer.json()["state"]) == (202, "cancelled")
    assert Run.claim(made.json()["id"]) is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_trainer_brings_a_run_to_a_model_version(labelled, owner, speak):
    run = queued(labelled, created_by=owner)
    jobs.train(str(run.pk))
    run.refresh_from_db()
    assert run.state == State.SUCCEEDED, (run.error_title, run.error_hint)
    version = ModelVersion.objects.get(run=run)
    assert (version.number, version.labels) == (1, ["spam", "ham"])
    body = speak(owner).get(f"/api/v1/runs/{run.pk}/").json()
    assert body["metrics"]["accuracy"] > body["baseline"]["majority"]["accuracy"]
    assert body["baseline"]["classical"]["accuracy"] > 0.5
    assert body["model_version"] == str(version.pk)
    shown = speak(owner).get(f"/api/v1/model-versions/{version.pk}/").json()
    assert shown["artifacts"][0]["sha256"] and shown["snapshot"] == str(run.snapshot_id)
    jobs.train(str(run.pk))
    assert ModelVersion.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_trainer_knows_no_secret_and_carries_its_id(labelled, monkeypatch):
    monkeypatch.setenv("DATABASE_URL_CANARY", "postgresql://secret")
    monkeypatch.setenv("SECRET_KEY_CANARY", "secret")
    from training import folder
    from training.trainer import Trainer

    run = Run.claim(queued(labelled).pk)
    folder.prepare(run, snapshots.freeze(labelled, None))
    trainer = Trainer(run)
    try:
        from pathlib import Path

        place = Path(f"/proc/{trainer.process.pid}")
        eventually(lambda: str(run.pk) in (place / "cmdline").read_text())
        told = (place / "environ").read_text()
        for word in ("DATABASE", "BROKER", "SECRET", "STUDIO_HOME", "PASSWORD"):
            assert word not in told
    finally:
        trainer.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_that_cannot_learn_fails_with_a_title_and_a_hint(labelled):
    run = queued(labelled)
    Run.objects.filter(pk=run.pk).update(method="lora")
    jobs.train(str(run.pk))
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.FAILED, 1)
    assert run.error_title and run.error_hint


def test_history_is_upserted_so_a_resumed_step_is_there_once(labelled):
    from training.history import Recorder

    run = Run.claim(queued(labelled).pk)
    run.folder.mkdir(parents=True)
    at = "2026-01-01T00:00:00Z"
    point = {"kind": "metric", "at": at, "step": 1, "epoch": 0.1, "name": "loss", "value": 2.0}
    later = point | {"value": 1.0}
    lines = [json.dumps(point), '{"kind": "met', json.dumps(later), '{"half']
    (run.folder / "events.jsonl").write_text("\n".join(lines))
    Recorder(run).read()
    Recorder(run).read()
    assert [(p.step, p.value) for p in Measurement.objects.all()] == [(1, 1.0)]


def test_the_supervisor_lets_go_when_the_lease_is_gone(labelled):
    run = Run.claim(queued(labelled).pk)
    overdue(run)
    Run.claim(run.pk)
    assert supervisor.supervise(run) is False
    assert not (run.folder / "events.jsonl").exists()
