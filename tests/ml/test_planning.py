import json
from pathlib import Path

import pytest

from ml.failures import Failure
from ml.hyperparameters import parse
from ml.languages import unspaced
from ml.planning import plan
from ml.runs import Settings
from ml.tasks import TASKS
from tests.ml.conftest import write_base_model

TASK = TASKS["text-classification"]
ENGLISH = [
    "Where is my parcel? It was due on Monday.",
    "The invoice shows the wrong amount.",
    "Thank you, the staff were lovely.",
]
CHINESE = [
    "请问我的快递什么时候能够送到?",
    "发票上的金额不对,麻烦你们重新开一张。",
    "客服小姐姐态度特别好,谢谢你们!",
    "收到的杯子是碎的,我要退货。",
]


def planned(texts=ENGLISH, by_label=None, **said):
    settings = Settings(task=TASK.slug, labels=("a", "b"), **said)
    return plan(settings, TASK, texts, by_label or {"a": 40, "b": 40})


def test_it_learns_from_pairs_when_labels_have_few_examples():
    made = planned(by_label={"a": 15, "b": 15})
    assert made.method == "few-shot"
    assert "fewer than 16" in made.reason


def test_it_fine_tunes_when_there_are_enough():
    assert planned(by_label={"a": 16, "b": 16}).method == "full"
    assert planned(effort="thorough").method == "full"


def test_it_is_content_with_a_linear_layer_when_in_a_hurry():
    made = planned(effort="quick")
    assert (made.method, made.base_model) == ("head", "all-MiniLM-L6-v2")


def test_it_counts_characters_where_no_base_model_reads_chinese(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    made = planned(CHINESE)
    assert made.method == "classical"
    assert made.base_model is None
    assert "language" in made.reason
    assert "%" in made.reason


def test_it_takes_a_base_model_that_reads_chinese(tmp_path):
    write_base_model(tmp_path / "reads-chinese", extra="".join(CHINESE))
    made = planned(CHINESE, base_models_folder=str(tmp_path))
    assert (made.method, made.base_model) == ("full", "reads-chinese")
    assert any("reads the language" in note for note in made.notes)


@pytest.mark.parametrize("method", ["head", "full", "few-shot"])
def test_it_keeps_an_explicit_choice_and_warns(method, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    made = planned(CHINESE, method=method)
    assert (made.method, made.base_model) == (method, "all-MiniLM-L6-v2")
    assert any("does not read the language" in note for note in made.notes)


def test_it_does_not_warn_of_english():
    assert planned(method="full").notes == []


def test_it_sees_which_texts_have_no_blanks_between_words():
    assert unspaced(CHINESE)
    assert not unspaced(ENGLISH)


@pytest.mark.parametrize(
    ("said", "by_label", "code"),
    [
        ({"method": "lora"}, None, "unknown-method"),
        ({"method": "prefix"}, None, "unknown-method"),
        ({"effort": "endless"}, None, "bad-setting"),
        ({"base_model": "gone"}, None, "base-model-missing"),
        ({}, {"a": 40}, "one-label-only"),
        ({}, {}, "one-label-only"),
        ({}, {"a": 2, "b": 1}, "too-few-examples"),
        ({}, dict.fromkeys("abcdef", 1), "too-few-examples"),
    ],
)
def test_it_says_why_nothing_can_come_of_it(said, by_label, code):
    with pytest.raises(Failure) as failure:
        settings = Settings(task=TASK.slug, labels=("a", "b"), **said)
        plan(settings, TASK, ENGLISH, {"a": 40, "b": 40} if by_label is None else by_label)
    assert failure.value.code == code
    assert failure.value.permanent
    assert failure.value.title
    assert failure.value.hint


@pytest.mark.parametrize(
    "given",
    [
        {"learning_rate": 5},
        {"learning_rate": "fast"},
        {"learning_rate": float("nan")},
        {"batch_size": 0},
        {"batch_size": 2.5},
        {"epochs": True},
        {"epochs": 10**400},
        {"max_length": 4},
        {"momentum": 0.9},
    ],
)
def test_it_refuses_settings_that_make_no_sense(given):
    with pytest.raises(Failure) as failure:
        parse(given)
    assert failure.value.code == "bad-setting"
    assert next(iter(given)) in failure.value.title


def test_it_takes_settings_within_their_bounds():
    made = parse({"learning_rate": 1e-4, "batch_size": 8.0, "epochs": None})
    assert (made.learning_rate, made.batch_size, made.epochs) == (1e-4, 8, None)


def test_it_refuses_a_base_model_that_would_run_code(tmp_path):
    from ml import encoders

    folder = write_base_model(tmp_path / "sly")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoModel": "evil.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(Failure) as failure:
        encoders.from_base(Path(folder), labels=2)
    assert failure.value.code == "base-model-missing"
