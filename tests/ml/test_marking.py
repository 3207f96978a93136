"""Marking passages: words, tags, windows, figures; all against what can be worked out by hand."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml import lifeline, passages, tagging, trainer
from ml.answers import Choices, Spans
from ml.calibrating import sureness
from ml.commands import main
from ml.counting import summary
from ml.deciding import AnyOf
from ml.failures import Failure
from ml.predicting import Served
from ml.task import Tuning
from ml.windowing import Words
from tests.ml.conftest import WORDS, events_of, marked_rows, tagged_rows, with_toy_splits


def said(text):
    return [text[start:end] for start, end in passages.words(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada's U.S. tour", ["Ada", "'", "s", "U", ".", "S", ".", "tour"]),
        ("iPhone手机 15", ["iPhone", "手", "机", "15"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
        ("👩🏽‍🚀👍", ["👩🏽‍🚀", "👍"]),
        ("e\u0301te\u0301 \u3000", ["e\u0301te\u0301"]),
        ("", []),
    ],
)
def test_words_are_cut_as_their_script_does(text, words):
    assert said(text) == words


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_words_never_overlap_and_leave_out_only_blanks(text):
    places = passages.words(text)
    assert all(a < b for a, b in places)
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    covered = {at for start, end in places for at in range(start, end)}
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)


def span(start, end, label="a"):
    return {"start": start, "end": end, "label": label}


def test_of_passages_that_overlap_the_longest_are_learned():
    kept, left_out = passages.apart([span(0, 4), span(2, 9), span(9, 10), span(3, 4), span(20, 22)])
    assert [(one["start"], one["end"]) for one in kept] == [(2, 9), (9, 10), (20, 22)]
    assert left_out == 2


def test_tags_are_passages_and_back():
    text = "Ada Lovelace met Babbage in London town"
    places = passages.words(text)
    spans = [span(0, 12, "PER"), span(17, 24, "PER"), span(28, 39, "LOC")]
    tags, within = tagging.tagged(places, spans, ["LOC", "PER"])
    assert (tags.tolist(), within) == ([3, 4, 0, 3, 0, 1, 2], 0)
    found = [one for one, _ in tagging.spans(text, places, tags, ["LOC", "PER"])]
    assert found == [{**one, "text": text[one["start"] : one["end"]]} for one in spans]


def test_a_passage_that_ends_within_a_word_is_learned_as_the_whole_word():
    places = passages.words("Londoners")
    tags, within = tagging.tagged(places, [span(0, 6)], ["a"])
    assert (tags.tolist(), within) == ([1], 1)


def test_the_path_never_goes_on_with_what_was_not_begun():
    # Word by word, “goes on” would be likeliest for the second word, yet nothing was begun.
    chances = np.array([[0.6, 0.1, 0.3], [0.35, 0.25, 0.4], [0.1, 0.1, 0.8]])
    path = tagging.path(chances)
    paths = [
        [a, b, c] for a in (0, 1) for b in range(3) for c in range(3)
        if not (b == 2 and a == 0) and not (c == 2 and b == 0)
    ]  # fmt: skip
    best = max(paths, key=lambda one: np.prod(chances[[0, 1, 2], one]))
    assert path.tolist() == best
    assert tagging.path(np.zeros((0, 3))).tolist() == []


def test_span_f1_is_the_fields_own():
    def spans(*places):
        return {"spans": [{**span(*one), "text": ""} for one in places]}

    gold = [spans((0, 2, "x"), (3, 5, "y")), spans((0, 1, "x")), spans()]
    answers = [spans((0, 2, "x"), (3, 6, "y")), spans((0, 1, "y")), spans((2, 3, "x"))]
    predicted = [{"answer": one, "confidence": 0.5, "scores": {}} for one in answers]
    found = summary(Spans(), gold, predicted)
    # Exact: one of three was found, and four were said. x: 1 of 2, 2 said. y: 0 of 1, 2 said.
    assert (found["precision"], found["recall"]) == (1 / 4, 1 / 3)
    assert found["micro_f1"] == pytest.approx(2 / 7)
    assert found["per_label"]["x"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2}
    assert found["macro_f1"] == pytest.approx(0.25)
    assert found["accuracy"] == 0.0
    assert found["micro_f1_low"] <= found["micro_f1"] <= found["micro_f1_high"]


def test_figures_of_several_labels_are_the_fields_own():
    from sklearn.metrics import f1_score, precision_recall_fscore_support

    draw, names = np.random.default_rng(0), ["a", "b", "c", "d"]
    right, answered = draw.random((2, 80, 4)) < 0.4
    gold, answers = (
        [{"labels": [n for n, yes in zip(names, row, strict=True) if yes]} for row in some]
        for some in (right, answered)
    )
    predicted = [
        {"answer": one, "confidence": 0.5, "scores": dict.fromkeys(names, 0.5)} for one in answers
    ]
    found = summary(Choices(), gold, predicted)
    for name in ("micro", "macro"):
        assert found[f"{name}_f1"] == pytest.approx(f1_score(right, answered, average=name))
    either = right.any(axis=1) | answered.any(axis=1)
    samples = f1_score(right[either], answered[either], average="samples", zero_division=0)
    assert found["samples_f1"] == pytest.approx((samples * either.sum() + (~either).sum()) / 80)
    assert found["accuracy"] == (right == answered).all(axis=1).mean()
    assert found["log_loss"] == pytest.approx(np.log(2))
    each = precision_recall_fscore_support(right, answered)
    assert [one["f1"] for one in found["per_label"].values()] == pytest.approx(each[2])


def test_a_label_has_the_threshold_that_finds_most():
    draw = np.random.default_rng(0)
    targets = (draw.random((300, 1)) < 0.2).astype(np.float32)
    logits = (targets * 2 - 3 + draw.normal(0, 0.7, (300, 1))).astype(np.float32)
    tuning = AnyOf().tuned(logits, targets)
    assert 0.1 <= tuning.thresholds[0] < 0.5
    few = AnyOf().tuned(logits[:4], targets[:4])
    assert few.thresholds == (0.5,)


def test_a_whole_answer_is_as_sure_as_it_is_often_right():
    draw = np.random.default_rng(0)
    whole = draw.random(4000)
    right = draw.random(4000) < whole**0.4
    assert sureness(whole, right) == pytest.approx(0.4, abs=0.05)
    assert sureness(whole[:0], right[:0]) == 1.0
    chances = np.array([0.9, 0.2])
    one = AnyOf().decide(["a", "b"], chances, Tuning(1.0, (0.5, 0.1), 0.5))
    assert one["answer"] == {"labels": ["a", "b"]}
    assert one["confidence"] == pytest.approx((0.9 * 0.2) ** 0.5)


@pytest.fixture
def tokens(base_models):
    settings_ = {"max_length": 16, "prefix": "", "pad": 0, "width": 3}
    return Words(base_models / "tiny" / "tokenizer.json", settings_)


def test_a_long_text_is_read_in_windows_and_nothing_is_cut(tokens):
    text = " ".join(["invoice", "the", "box", "发票", "zzz"] * 30)
    (places,), windows = tokens.windows([text])
    assert places == tuple(passages.words(text))
    homes = [(one.first, one.last) for one in windows]
    assert homes[0][0] == 0 and homes[-1][1] == len(places)
    assert all(a[1] == b[0] for a, b in pairwise(homes))
    assert max(len(one.ids) for one in windows) <= 16
    for one in windows:
        assert set(range(one.first, one.last)) <= set(one.words)
        assert one.words[0] == one.words[-1] == -1


def test_each_word_gets_the_mean_of_its_tokens(tokens):
    def read(ids, mask):
        return np.stack([ids, ids, mask], axis=-1).astype(np.float32)

    text = " ".join(["invoice", "99", "box"] * 20)
    (one,) = tokens.marked([text], read, tokens=64, rows=4)
    assert len(one.logits) == len(one.places) == 60
    assert np.allclose(one.logits[0::3], one.logits[0]) and np.allclose(
        one.logits[2::3], one.logits[2]
    )
    assert tokens.marked(["", " "], read, tokens=64, rows=4)[1].logits.shape == (0, 3)


MANY = ["full", "head", "classical"]


def trained(folder):
    trainer.train(folder, stop=lifeline.Stop())
    return json.loads(folder.result.read_text())


@pytest.mark.parametrize("method", MANY)
def test_it_learns_to_mark_words(make_run, method):
    rows = with_toy_splits(marked_rows(90))
    result = trained(make_run(rows=rows, task="token-classification", method=method))
    assert result["metrics"]["micro_f1"] > 0.5 > result["baseline"]["majority"]["micro_f1"]
    assert result["artifacts"][0]["parity"]["max_difference"] < 1e-4
    assert result["artifacts"][0]["parity"]["labels_agree"]
    assert sum(map(sum, result["confusion"]["matrix"])) > 18


@pytest.mark.parametrize("method", ["head", "classical"])
def test_it_learns_several_labels(make_run, method):
    rows = with_toy_splits(tagged_rows(90))
    folder = make_run(rows=rows, task="multi-label-classification", method=method)
    result = trained(folder)
    assert result["metrics"]["micro_f1"] > 0.5 > result["baseline"]["majority"]["micro_f1"]
    assert Served.load(folder.bundle).check() < 1e-4


def test_it_marks_passages_in_any_text(make_run):
    folder = make_run(rows=with_toy_splits(marked_rows(60)), task="token-classification",
                      method="head")  # fmt: skip
    trained(folder)
    served = Served.load(folder.bundle)
    odd = [
        "x",
        "invoice paid " * 500,
        "😀",
        "\u200b",
        "发票 invoice",
        "a\nb",
        "👩🏽‍🚀 invoice paid",
    ]
    for text, one in zip(odd, served.predict([{"text": text} for text in odd]), strict=True):
        parsed = Spans().parse(one["answer"], sorted(WORDS), {"text": text})
        assert parsed == one["answer"]
        assert len(one["span_scores"]) == len(one["answer"]["spans"])
    assert served.predict([]) == []


def test_it_tells_what_of_the_answers_it_cannot_learn(make_run):
    rows = with_toy_splits(marked_rows(60))
    long = {"start": 0, "end": 5, "label": "billing", "text": rows[0]["data"]["text"][:5]}
    short = {"start": 0, "end": 2, "label": "praise", "text": rows[0]["data"]["text"][:2]}
    rows[0]["answer"]["spans"] = [short, long]
    folder = make_run(rows=rows, task="token-classification", method="head")
    assert {note["code"] for note in trained(folder)["notes_said"]} >= {"overlapping"}
    assert events_of(folder, "note")


@pytest.mark.parametrize("task", ["token-classification", "multi-label-classification"])
def test_few_shot_is_for_one_label_alone(make_run, task):
    make = {"token-classification": marked_rows, "multi-label-classification": tagged_rows}[task]
    folder = make_run(rows=with_toy_splits(make(30)), task=task, method="few-shot")
    with pytest.raises(Failure) as failure:
        trainer.train(folder, stop=lifeline.Stop())
    assert failure.value.code == "unknown-method"
    assert "full, head, classical" in failure.value.hint


def test_nothing_marked_is_nothing_to_learn(make_run):
    rows = [{**row, "answer": {"spans": []}} for row in with_toy_splits(marked_rows(30))]
    with pytest.raises(Failure, match="nothing to find"):
        trainer.train(make_run(rows=rows, task="token-classification"), stop=lifeline.Stop())


def test_it_trains_from_a_file(tmp_path, base_models, capsys):
    file = tmp_path / "rows.jsonl"
    lines = [{**row["data"], **row["answer"]} for row in marked_rows(60)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    asked = ["train", str(file), "--task", "token-classification", "--out", str(tmp_path / "out")]
    more = ["--method", "classical", "--base-models-folder", str(base_models)]
    assert main([*asked, *more]) == 0
    assert "micro F1" in capsys.readouterr().out
