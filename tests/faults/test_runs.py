"""Whatever is killed, a run ends once, succeeded, with its history whole."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from studio.loop.client import Client
from studio.running.temporary import TemporaryStudio
from tests.cast import eventually
from tests.faults.conftest import VISIBILITY_SECONDS, answers, signed_in
from training.supervisor import TICK_SECONDS
from training.trainer import GRACE_SECONDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# Some seconds of small steps: a run is still at it when what is killed beside it is back.
SETTINGS = {
    "method": "full",
    "hyperparameters": {"steps": 600, "batch_size": 8, "checkpoint_seconds": 0.5},
}
WORDS = {
    "billing": ["invoice", "charged twice", "refund", "receipt", "price"],
    "delivery": ["parcel", "late", "courier", "tracking", "address"],
}


@pytest.fixture(scope="module")
def labelled(studio: TemporaryStudio) -> str:
    """A project with labels enough for some seconds of training."""
    client = signed_in(studio)
    project = client.post(
        "/api/v1/projects/",
        {"name": "Faults", "task": "text-classification", "labels": list(WORDS)},
    )["id"]
    drawn = random.Random(1)
    lines = ["text,label"]
    for number in range(150):
        label = list(WORDS)[number % 2]
        first, second = drawn.sample(WORDS[label], 2)
        lines.append(f"{first} and then {second} in case {drawn.randrange(10**6)},{label}")
    taken = client.upload(
        f"/api/v1/projects/{project}/uploads/", "rows.csv", "\n".join(lines).encode()
    )
    client.wait(f"/api/v1/uploads/{taken['id']}/", "done", 60)
    return str(project)


def launch(client: Client, project: str, **changes: object) -> str:
    return str(client.post(f"/api/v1/projects/{project}/runs/", SETTINGS | changes)["id"])


def trainer(run: str) -> int | None:
    """The child that trains this run: its id is in its command line."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if run.encode() in words and b"ml" in words and b"nice" not in words[0]:
            return int(place.name)
    return None


def progressed(client: Client, run: str, more_than: float) -> bool:
    found = client.get(f"/api/v1/runs/{run}/")
    assert found["state"] in ("queued", "running"), found["error"]
    return bool(found["progress"] > more_than)


def training(client: Client, run: str) -> None:
    """Wait until the loop is under way."""
    eventually(lambda: steps(client, run), 120)


def steps(client: Client, run: str) -> list[int]:
    history = client.get_list(f"/api/v1/runs/{run}/history/")
    return [point["step"] for point in history if point["name"] == "loss"]


def inside_a_save(saves: Path) -> None:
    """Wait for one with little sleep: it takes some milliseconds."""
    end = time.monotonic() + 120
    while not any(saves.glob(".*.part")):
        assert time.monotonic() < end, "no save"
        time.sleep(0.002)


def ended_once(client: Client, run: str, project: str, attempts: int) -> None:
    found = client.wait(f"/api/v1/runs/{run}/", "succeeded", 400)
    assert found["attempts"] == attempts
    whole = steps(client, run)
    assert whole == list(range(whole[0], whole[0] + len(whole))), "the history has a hole"
    versions = client.all(f"/api/v1/projects/{project}/model-versions/")
    assert [v["run"] for v in versions].count(run) == 1
    assert found["model_version"]


def test_a_trainer_killed_at_a_random_instant_and_inside_a_save(studio, client, labelled):
    run = launch(client, labelled)
    training(client, run)
    time.sleep(random.uniform(0, 1))
    os.kill(trainer(run), signal.SIGKILL)
    eventually(lambda: client.get(f"/api/v1/runs/{run}/")["attempts"] == 2, 60)
    second = eventually(lambda: trainer(run), 60)
    saves = studio.home / "files" / "runs" / run / "checkpoints"
    inside_a_save(saves)
    os.kill(second, signal.SIGKILL)
    ended_once(client, run, labelled, attempts=3)


def test_a_train_worker_killed_with_its_run(studio, client, labelled, a_lease_later):
    run = launch(client, labelled)
    training(client, run)
    child = trainer(run)
    studio.kill("worker-train")
    eventually(lambda: not Path(f"/proc/{child}").exists(), 60)
    a_lease_later("training_run", run)
    ended_once(client, run, labelled, attempts=2)


def test_a_broker_killed_loses_no_launch_and_starts_none_twice(studio, client, labelled):
    first = launch(client, labelled)
    training(client, first)
    studio.kill("valkey")
    second = launch(client, labelled, method="classical", hyperparameters={})
    ended_once(client, first, labelled, attempts=1)
    found = client.wait(f"/api/v1/runs/{second}/", "succeeded", 200)
    assert found["attempts"] == 1


def test_a_run_longer_than_the_visibility_timeout_starts_once(studio, client, labelled):
    run = launch(client, labelled)
    training(client, run)
    os.kill(trainer(run), signal.SIGSTOP)  # it takes long, and the machine is left to others
    waiting = launch(client, labelled, method="classical", hyperparameters={})
    time.sleep(5 * VISIBILITY_SECONDS)
    os.kill(trainer(run), signal.SIGCONT)
    found = client.wait(f"/api/v1/runs/{run}/", "succeeded", 400)
    began, ended = found["started_at"], found["finished_at"]
    assert seconds(ended) - seconds(began) > 5 * VISIBILITY_SECONDS
    assert found["attempts"] == 1
    assert client.wait(f"/api/v1/runs/{waiting}/", "succeeded", 200)["attempts"] == 1
    events = (studio.home / "files" / "runs" / run / "events.jsonl").read_text()
    assert events.count('"kind": "started"') == 1


def test_a_web_killed_during_a_run_changes_nothing_for_it(studio, client, labelled):
    run = launch(client, labelled)
    training(client, run)
    killed = studio.kill("web")
    # Until they are ended as well, its children go on answering.
    eventually(lambda: studio.processes().get("web") not in (None, killed), 60)
    eventually(lambda: answers(studio), 60)
    ended_once(client, run, labelled, attempts=1)


def test_a_cancelled_run_is_gone_soon_and_keeps_its_checkpoint(studio, client, labelled):
    run = launch(client, labelled)
    training(client, run)
    saves = studio.home / "files" / "runs" / run / "checkpoints"
    eventually(lambda: any(saves.glob("step-*")), 60)
    client.post(f"/api/v1/runs/{run}/cancel/")
    eventually(lambda: client.get(f"/api/v1/runs/{run}/")["state"] == "cancelled", 60)
    assert TICK_SECONDS + GRACE_SECONDS < 10, "seconds that it is given"
    assert trainer(run) is None
    assert any(saves.glob("step-*"))


def seconds(moment: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(moment).timestamp()
