"""Our own questions of customers: enough of them, all different, and worth learning from."""

import json
from collections import Counter
from itertools import combinations, pairwise

import pytest

from ml import rows as ml_rows
from ml.lifeline import Stop
from ml.runs import RunFolder
from ml.tasks import TASKS
from ml.trainer import train
from samples.catalogue import CATALOGUE

OURS = [sample for sample in CATALOGUE.values() if sample.ours]
each = pytest.mark.parametrize("sample", OURS, ids=lambda sample: sample.slug)


def units(text, language):
    return text.lower().split() if language == "en" else [c for c in text if not c.isspace()]


@each
def test_there_are_enough_questions_of_every_kind(sample, tmp_path):
    counts = Counter(row.label for row in sample.rows(tmp_path))
    assert counts.total() == sample.count >= 300
    assert set(counts) == set(sample.labels)
    assert min(counts.values()) >= 25


@each
def test_no_two_questions_are_the_same_sentence_with_a_word_changed(sample, tmp_path):
    pairs = [set(pairwise(units(row.text, sample.language))) for row in sample.rows(tmp_path)]
    alike = max(len(a & b) / max(1, len(a | b)) for a, b in combinations(pairs, 2))
    assert alike < 0.8


@each
def test_counted_words_learn_far_more_than_the_most_common_label(sample, tmp_path):
    lines = [
        {"id": str(number), "data": {"text": row.text}, "answer": {"label": row.label}}
        for number, row in enumerate(sample.rows(tmp_path))
    ]
    split, left_out = ml_rows.with_splits(lines, TASKS[sample.task], salt="")
    asked = {"run": "own", "task": "text-classification", "labels": list(sample.labels)}
    asked |= {"rows": "rows.jsonl", "left_out": left_out, "method": "classical", "effort": "quick"}
    asked |= {"base_model": None, "base_models_folder": None, "hyperparameters": {}, "seed": 0}
    (tmp_path / "run.json").write_text(json.dumps(asked))
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in split))
    train(RunFolder(tmp_path), stop=Stop())
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["metrics"]["accuracy_low"] > result["baseline"]["majority"]["accuracy"] + 0.2
    assert sample.task in TASKS
