import fcntl
import json
import shutil
import threading

import numpy as np
import pytest

from ml import bundles, exporting, lifeline, runs, trainer
from ml.failures import DamagedBundle, Failure
from ml.predicting import Served
from ml.tasks import TASKS
from tests.ml.conftest import events_of, flip_a_bit, toy_rows, with_toy_splits

METHODS = ["full", "few-shot", "head", "classical"]
METRICS = {"accuracy", "accuracy_low", "accuracy_high", "macro_f1", "ece", "log_loss", "per_label"}


def trained(folder: runs.RunFolder) -> dict:
    trainer.train(folder, stop=lifeline.Stop())

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(folder.result.read_text(), parse_constant=refuse)


def failed(folder: runs.RunFolder) -> Failure:
    with pytest.raises(Failure) as failure:
        trainer.train(folder, stop=lifeline.Stop())
    told = events_of(folder, "failed")[-1]
    assert (told["code"], told["permanent"]) == (failure.value.code, failure.value.permanent)
    assert not folder.result.exists()
    return failure.value


@pytest.mark.parametrize("method", METHODS)
def test_it_brings_a_run_to_its_result(make_run, method):
    folder = make_run(method=method)
    result = trained(folder)
    assert (result["method"], result["metrics"]["split"]) == (method, "test")
    assert result["metrics"].keys() >= METRICS
    assert result["metrics"]["accuracy"] > result["baseline"]["majority"]["accuracy"] + 0.2
    assert result["counts"] == {"train": 54, "validation": 18, "test": 18, "left_out": 0}
    assert sum(map(sum, result["confusion"]["matrix"])) == 18
    assert result["artifacts"][0]["parity"]["max_difference"] < 1e-4
    assert result["artifacts"][0]["parity"]["labels_agree"]
    assert events_of(folder)[-1]["kind"] == "finished"
    assert events_of(folder, "metric")


@pytest.mark.parametrize("method", METHODS)
def test_it_serves_what_was_evaluated(make_run, method):
    folder = make_run(method=method)
    result = trained(folder)
    served = Served.load(folder.bundle)
    rows = [json.loads(line) for line in (folder.path / "snapshot.jsonl").open()]
    answers = served.predict([row["data"] for row in rows])
    saved = TASKS["text-classification"].predict(bundles.saved(folder.bundle), rows)
    for one, other in zip(answers, saved, strict=True):
        assert one["answer"] == other["answer"]
        assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-4)
        assert sum(one["scores"].values()) == pytest.approx(1.0)
    assert served.check() < 1e-4
    assert served.labels == tuple(result["labels"])
    assert served.size_bytes == result["artifacts"][0]["size_bytes"]
    assert not [path for path in folder.bundle.rglob("*") if path.suffix in (".pkl", ".bin", ".pt")]


def test_it_keeps_the_test_answers_for_comparing_versions(make_run):
    folder = make_run(method="head")
    name = trained(folder)["predictions"]
    lines = [json.loads(line) for line in (folder.path / name).open()]
    rows = with_toy_splits(toy_rows(90))
    assert {line["id"] for line in lines} == {r["id"] for r in rows if r["split"] == "test"}
    kept = ("answer", "confidence", "gold", "id", "scores")
    assert {tuple(sorted(line)) for line in lines} == {kept}
    assert all(
        max(line["scores"].values()) == line["scores"][line["answer"]["label"]] for line in lines
    )


def test_it_leaves_a_finished_run_alone(make_run):
    folder = make_run(method="classical")
    trained(folder)
    before, told = folder.result.stat().st_mtime_ns, len(events_of(folder))
    trained(folder)
    assert (folder.result.stat().st_mtime_ns, len(events_of(folder))) == (before, told)


def test_it_does_the_rest_when_it_died_between_bundle_and_result(make_run):
    folder = make_run(method="head")
    result = trained(folder)
    folder.result.unlink()
    again = trained(folder)
    assert again["metrics"] == result["metrics"]


def test_it_makes_a_damaged_bundle_anew(make_run):
    folder = make_run(method="classical")
    trained(folder)
    flip_a_bit(folder.bundle / "linear.safetensors")
    trained(folder)
    assert Served.load(folder.bundle).check() < 1e-6


@pytest.mark.parametrize("method", ["head", "classical"])
def test_it_finds_every_flipped_bit_before_answering(make_run, tmp_path, method):
    folder = make_run(method=method)
    trained(folder)
    for file in [path for path in folder.bundle.rglob("*") if path.is_file()]:
        copy = tmp_path / "copy"
        shutil.copytree(folder.bundle, copy)
        flip_a_bit(copy / file.relative_to(folder.bundle))
        with pytest.raises(DamagedBundle):
            Served.load(copy)
        shutil.rmtree(copy)


def test_it_answers_many_threads_as_it_answers_one(make_run):
    folder = make_run(method="head")
    trained(folder)
    served = Served.load(folder.bundle)
    inputs = [row["data"] for row in toy_rows(60)]
    alone = [one["confidence"] for one in served.predict(inputs)]
    together: list[list[float]] = []

    def ask() -> None:
        for _ in range(5):
            together.append([one["confidence"] for one in served.predict(inputs)])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 40
    assert all(one == pytest.approx(alone, abs=1e-6) for one in together)


def test_it_answers_any_text(make_run):
    folder = make_run(method="head")
    trained(folder)
    served = Served.load(folder.bundle)
    odd = ["x", "word " * 20_000, "😀", "\u200b", "发票", "a\nb"]
    assert len(served.predict([{"text": text} for text in odd])) == len(odd)
    assert served.predict([]) == []


def test_it_goes_by_the_same_seed_the_same_way(make_run):
    losses = []
    for name in ("one", "two"):
        folder = make_run(name, hyperparameters={"steps": 12, "learning_rate": 0.003})
        if losses:
            # Whether bf16 is faster is measured, and may be decided otherwise the next time.
            shutil.copy(folder.path.parent / "one" / "plan.json", folder.plan)
        trained(folder)
        losses.append([e["value"] for e in events_of(folder, "metric") if e["name"] == "loss"])
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)
    assert len(losses[0]) == 12


def test_it_judges_by_cross_validation_while_there_is_no_test_row(make_run):
    rows = [{**row, "split": "train"} for row in toy_rows(24)]
    result = trained(make_run(rows=rows, method="head"))
    assert (result["metrics"]["split"], result["metrics"]["n"]) == ("cross-validation", 24)
    assert any("no test example" in note for note in result["notes"])


def test_it_sets_cross_validation_beside_few_test_rows(make_run):
    result = trained(make_run(method="few-shot"))
    assert (result["cross_validated"]["of"], result["cross_validated"]["n"]) == ("head", 54)


def test_it_learns_the_labels_that_have_examples_and_says_which_have_none(make_run):
    rows = [r for r in with_toy_splits(toy_rows(90)) if r["answer"]["label"] != "praise"]
    rows += [
        {"id": "x", "data": {"text": "so kind"}, "answer": {"label": "praise"}, "split": "test"}
    ]
    result = trained(make_run(rows=rows, method="classical"))
    assert result["labels"] == ["billing", "delivery"]
    assert result["metrics"]["per_label"]["praise"]["recall"] == 0
    assert any("praise" in note for note in result["notes"])


def test_it_says_when_counted_words_do_better(make_run):
    folder = make_run(hyperparameters={"steps": 1, "learning_rate": 1e-8, "max_length": 8})
    rows = with_toy_splits(toy_rows(90))
    for row in rows:  # what tells stands where the model does not read
        row["data"]["text"] = "the a my is was it and today " + row["data"]["text"]
    (folder.path / "snapshot.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = trained(folder)
    assert result["classical_wins"]
    assert result["method"] == "full"
    assert any("Counted words" in note for note in result["notes"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"method": "adapter"}, "unknown-method"),
        ({"base_model": "gone"}, "base-model-missing"),
        ({"hyperparameters": {"batch_size": -1}}, "bad-setting"),
        ({"rows": "missing.jsonl"}, "damaged-data"),
        ({"labels": ["other"]}, "damaged-data"),
        ({"task": "mind-reading"}, "damaged-data"),
    ],
)
def test_it_fails_for_good_with_a_reason(make_run, said, code):
    failure = failed(make_run(**said))
    assert (failure.code, failure.permanent) == (code, True)


def test_it_says_how_to_mend_a_loss_that_ran_away(make_run, monkeypatch):
    folder = make_run(hyperparameters={"steps": 40, "learning_rate": 1.0, "warmup": 0.0})
    from ml.methods import full

    right = full.Labels.loss
    monkeypatch.setattr(full.Labels, "loss", lambda self, batch: right(self, batch) * 1e39)
    failure = failed(folder)
    assert failure.code == "loss-not-finite"
    assert "lower learning rate" in failure.hint


def test_it_names_a_line_that_cannot_be_read(make_run):
    folder = make_run()
    with (folder.path / "snapshot.jsonl").open("a") as file:
        file.write('{"id": "x", "data": {"text": "cut sh')
    assert "line 91" in failed(folder).title


def test_it_refuses_an_export_that_answers_differently(make_run):
    folder = make_run(method="head")
    trained(folder)
    settings = json.loads((folder.bundle / "bundle.json").read_bytes())
    rows = with_toy_splits(toy_rows(9))
    with pytest.raises(Failure) as failure:
        other = exporting.Answered(list(np.full((9, 3), 1 / 3)), [{"label": "billing"}] * 9)
        exporting.compared(folder.bundle, settings, rows, other)
    assert failure.value.code == "export-differs"


def test_it_says_that_the_disk_is_full(make_run, monkeypatch):
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = make_run(method="classical")
    monkeypatch.setattr("ml.exporting.manifest.whole_folder", full_disk)
    failure = failed(folder)
    assert (failure.code, failure.permanent) == ("disk-full", False)


def test_it_waits_its_turn_and_then_gives_up(make_run, monkeypatch):
    monkeypatch.setattr(runs, "PATIENCE", 0.3)
    folder = make_run(method="classical")
    with (folder.path / "run.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert failed(folder).code == "in-use"


def test_it_starts_a_fresh_line_after_one_that_was_cut(make_run):
    folder = make_run(method="classical")
    folder.events.write_text('{"at": "2026-01-01T00:00:00Z", "kind": "metr')
    trainer.train(folder, stop=lifeline.Stop())
    lines = folder.events.read_text().splitlines()
    assert [json.loads(line) for line in lines[1:]]


@pytest.mark.slow
def test_the_default_base_model_learns_and_is_served_as_evaluated(make_run):
    folder = make_run(base_model=None, method="auto", effort="balanced",
                      hyperparameters={"steps": 10})  # fmt: skip
    result = trained(folder)
    assert (result["base_model"], result["method"]) == ("all-MiniLM-L6-v2", "full")
    assert result["metrics"]["accuracy"] > 0.8
    assert result["artifacts"][0]["parity"]["max_difference"] < 1e-4
    assert Served.load(folder.bundle).check() < 1e-4
