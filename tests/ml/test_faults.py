"""The trainer as a process of its own: killed, stopped, left alone, taken up again."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ml.lifeline import GRACE
from ml.predicting import Served
from ml.runs import RunFolder
from tests.ml import forking
from tests.ml.conftest import events_of, flip_a_bit, toy_rows, with_toy_splits
from training.trainer import GRACE_SECONDS

ROOT = Path(__file__).parents[2]
STEPS = 60
pytestmark = pytest.mark.slow
Trainer = subprocess.Popen | forking.Forked


def start(folder: RunFolder) -> subprocess.Popen:
    command = [sys.executable, "-m", "ml", "train", "--run", str(folder.path), "--id", "run-1"]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def finish(folder: RunFolder) -> None:
    trainer = start(folder)
    said = trainer.stdout.read()
    assert trainer.wait(timeout=120) == 0, said.decode()


def wait_for(trainer: Trainer, folder: RunFolder, kind: str, count: int = 1) -> None:
    """Until that many events of the kind are there."""
    until = time.monotonic() + 90
    while len(events_of(folder, kind)) < count:
        assert trainer.poll() is None, trainer.stdout.read().decode()
        assert time.monotonic() < until
        time.sleep(0.005)


def losses(folder: RunFolder) -> dict[int, float]:
    return {e["step"]: e["value"] for e in events_of(folder, "metric") if e["name"] == "loss"}


@pytest.fixture
def patient_run(make_run):
    """A run that saves a checkpoint at every step."""

    def make(name: str = "run", **said) -> RunFolder:
        settings = {"steps": STEPS, "learning_rate": 0.003, "checkpoint_seconds": 0}
        return make_run(name, hyperparameters={**settings, **said.pop("settings", {})}, **said)

    return make


@pytest.mark.parametrize("method", ["full", "few-shot"])
def test_it_ends_the_same_way_however_often_it_is_killed(patient_run, method):
    whole = patient_run("whole", method=method)
    finish(whole)
    killed = patient_run("killed", method=method)
    # Whether bf16 is faster is measured, and may be decided otherwise the next time.
    shutil.copy(whole.plan, killed.plan)
    draw = random.Random(4)
    for _ in range(4):
        trainer = forking.trainer(killed.path)
        seen = len(events_of(killed, "checkpoint"))
        wait_for(trainer, killed, "checkpoint", seen + draw.randint(2, 8))
        time.sleep(draw.random() * 0.1)  # somewhere in a step or, mostly, in a save
        os.kill(trainer.pid, signal.SIGKILL)
        trainer.wait()
    finish(killed)
    assert losses(killed).keys() == set(range(1, STEPS + 1))
    assert losses(killed) == pytest.approx(losses(whole), abs=1e-5)
    assert len(events_of(killed, "finished")) == 1
    resumed = [e["resumed_from_step"] for e in events_of(killed, "started")]
    assert resumed[0] is None
    assert all(step > 0 for step in resumed[1:])
    results = [json.loads(run.result.read_bytes()) for run in (whole, killed)]
    went_on = [[n for n in one["notes"] if "was interrupted" in n] for one in results]
    assert went_on == [[], [f"It was interrupted and went on from step {resumed[-1]}."]]
    metrics = [one["metrics"] for one in results]
    assert metrics[0]["macro_f1"] == pytest.approx(metrics[1]["macro_f1"], abs=1e-6)
    assert Served.load(killed.bundle).check() < 1e-4


def test_it_goes_on_from_the_checkpoint_before_a_damaged_one(patient_run):
    folder = patient_run()
    trainer = forking.trainer(folder.path)
    wait_for(trainer, folder, "checkpoint", 12)
    os.kill(trainer.pid, signal.SIGKILL)
    trainer.wait()
    older, newest = sorted(folder.checkpoints.glob("step-*"))[-2:]
    flip_a_bit(newest / "model.safetensors")
    finish(folder)
    assert events_of(folder, "started")[-1]["resumed_from_step"] == int(older.name[5:])
    assert losses(folder).keys() == set(range(1, STEPS + 1))


def test_it_saves_and_ends_in_time_when_told_to_stop(patient_run):
    folder = patient_run(settings={"checkpoint_seconds": 3600, "steps": 5000})
    trainer = start(folder)
    wait_for(trainer, folder, "metric", 10)
    trainer.send_signal(signal.SIGTERM)
    assert trainer.wait(timeout=60) == 143
    assert GRACE < GRACE_SECONDS, "before it is killed"
    kept = [int(path.name[5:]) for path in folder.checkpoints.glob("step-*")]
    assert max(kept) >= max(losses(folder)) - 5
    assert not folder.result.exists()
    assert not events_of(folder, "failed")


def test_it_ends_at_once_when_told_to_stop_before_it_trains(patient_run):
    folder = patient_run()
    trainer = start(folder)
    time.sleep(0.5)  # still loading libraries
    trainer.send_signal(signal.SIGTERM)
    assert trainer.wait(timeout=60) in (143, -signal.SIGTERM)
    assert not events_of(folder, "metric")


def test_it_ends_when_its_supervisor_is_gone(patient_run):
    folder = patient_run(settings={"steps": 5000})
    trainer = start(folder)
    wait_for(trainer, folder, "metric", 3)
    trainer.stdin.close()
    assert trainer.wait(timeout=60) == 70


def test_it_exits_with_1_when_trying_again_is_no_use(make_run):
    folder = make_run(method="magic")
    trainer = start(folder)
    assert trainer.wait(timeout=60) == 1
    assert events_of(folder)[-1]["code"] == "unknown-method"


def test_it_trains_predicts_and_evaluates_from_the_command_line(tmp_path, base_models):
    data = tmp_path / "data.jsonl"
    rows = [{**row["data"], **row["answer"]} for row in toy_rows(120)]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = tmp_path / "a model"

    def ml(*arguments: object) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "ml", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)

    train = ["train", data, "--out", out, "--method", "full", "--base-model", "tiny"]
    train += ["--base-models-folder", base_models, "--effort", "quick"]
    train += ["--hyperparameter", "steps=60", "--hyperparameter", "learning_rate=0.003"]
    done = ml(*train)
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout
    answered = ml("predict", out, "refund my invoice", "the courier lost it")
    lines = [json.loads(line) for line in answered.stdout.splitlines()]
    assert [line["answer"]["label"] for line in lines] == ["billing", "delivery"]
    judged = json.loads(ml("evaluate", out, data).stdout)
    assert judged["n"] == 120
    assert judged["accuracy"] > 0.8
    assert ml(*train).returncode == 0  # the same command finds its work done
    other = ml(*train, "--seed", "1")
    assert other.returncode == 1
    assert "Choose a new folder" in other.stderr


def test_it_says_which_line_of_a_file_is_wrong(tmp_path):
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "fine", "label": "a"}\n{"text": "  ", "label": "a"}\n')
    command = [sys.executable, "-m", "ml", "train", str(data), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "Example 2: The text is empty." in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_predictor_needs_no_torch(make_run):
    folder = make_run(rows=with_toy_splits(toy_rows(90)), method="head")
    finish(folder)
    code = (
        "import sys\nfrom pathlib import Path\nfrom ml.predicting import Served\n"
        "served = Served.load(Path(sys.argv[1]))\nserved.predict([{'text': 'x'}])\n"
        "served.check()\nsys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(folder.bundle)]
    assert subprocess.run(command, cwd=ROOT, timeout=60).returncode == 0
