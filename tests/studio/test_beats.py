"""Who lives is known by heartbeats, told by Valkey's clock."""

import json
import time
from uuid import uuid4

import pytest

from studio import beats, health
from studio.beats import Beat
from studio.board import troubles, workers


@pytest.fixture(autouse=True)
def hash_of_its_own(monkeypatch):
    """Tests of other processes beat into the same Valkey."""
    monkeypatch.setattr(beats, "KEY", f"test:beats:{uuid4()}")
    yield
    beats.valkey().delete(beats.KEY)


def silent_for(seconds: float, beat: Beat) -> None:
    beats.write(beat)
    said = json.loads(beats.valkey().hget(beats.KEY, beat.node))
    said["at"] -= seconds
    beats.valkey().hset(beats.KEY, beat.node, json.dumps(said))


def test_a_queue_is_served_while_its_worker_beats():
    assert not health.train_worker_alive()
    beats.write(Beat("train@here", ["train"]))
    assert health.alive() == {"train"}
    assert health.train_worker_alive()


def test_a_worker_that_fell_silent_is_gone_within_20_seconds():
    silent_for(beats.LATE_SECONDS, Beat("train@here", ["train"]))
    assert beats.LATE_SECONDS + beats.EVERY_SECONDS <= 20
    assert health.alive() == set()


def test_a_worker_that_left_in_good_order_is_gone_at_once():
    beats.write(Beat("train@here", ["train"]))
    beats.leave("train@here")
    assert beats.pulse().beats == []


def test_what_was_killed_is_told_of_for_a_day_then_forgotten():
    silent_for(3600, Beat("train@here", ["train"]))
    silent_for(2 * 86400, Beat("train@there", ["train"]))
    beats.forget()
    assert [beat.node for beat in beats.pulse().beats] == ["train@here"]


def test_without_valkey_nobody_is_known_to_live(monkeypatch):
    def away() -> None:
        raise beats.redis.ConnectionError

    monkeypatch.setattr(beats, "pulse", away)
    assert health.alive() == set()


def test_asking_who_lives_takes_less_than_5_milliseconds():
    beats.write(Beat("train@here", ["train"]))
    health.alive()
    times = []
    for _ in range(20):
        started = time.thread_time()  # what others do meanwhile is not its cost
        health.alive()
        times.append(time.thread_time() - started)
    assert sorted(times)[10] < 0.005


def test_every_process_is_on_the_board_and_the_silent_ones_have_words():
    beats.write(Beat("train@a", ["train"], ["training.jobs.train"], "GPU 0"))
    beats.write(Beat("beat@a"))
    silent_for(60, Beat("default@a", ["default"]))
    pulse = beats.pulse()
    found = {worker.name: worker for worker in workers.workers(pulse.beats)}
    assert list(found) == ["control", "default", "background", "train", "beat", "predictor"]
    assert (found["train"].doing, found["train"].device) == ("trains a model", "GPU 0")
    assert [name for name, worker in found.items() if worker.alive] == ["train", "beat"]
    said = troubles.of_processes(pulse, list(found.values()))
    assert len(said) == 4
    assert said[1].what == "No worker for “default” answers: its work waits."
    assert "logs/worker-default.log" in said[1].remedy


def test_a_dead_worker_is_not_missed_while_another_serves_its_queue():
    silent_for(60, Beat("train-0@a", ["train"]))
    beats.write(Beat("train-1@a", ["train"]))
    rows = [row for row in workers.workers(beats.pulse().beats) if row.name == "train"]
    assert [row.alive for row in rows] == [True]
