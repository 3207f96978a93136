"""What must hold for each task type, the ones to come included."""

import json
from pathlib import Path

import jsonschema
import pytest

from ml import lifeline, trainer
from ml.bundles import saved
from ml.predicting import Served
from ml.rows import read
from ml.tasks import TASKS
from tests.ml.conftest import (  # noqa: F401  (fixtures)
    WORDS,
    base_models,
    make_run,
    marked_rows,
    one_thread,
    tagged_rows,
    toy_rows,
    with_toy_splits,
)

ROOT = Path(__file__).parents[1]

WRITTEN = [
    {
        "id": str(at),
        "data": {"prompt": f"Say {at}.", **({"system": "Be brief."} if at % 2 else {})},
        "answer": {"response": f" {at},\n“{at}”; naïve 👩‍🚀 {'è' * at}"},
    }
    for at in range(6)
]
ORDERED = [
    {
        "id": str(at),
        "data": {"query": f"Which {at}?", "candidates": ["a", "b|c", "发票"][: 2 + at % 2]},
        "answer": {"ranking": [1, 2, 0] if at % 2 else [1, 0]},
    }
    for at in range(6)
]
# A new task adds rows that a tiny model can learn, and the labels that they name.
ROWS = {
    "text-classification": (toy_rows(90), sorted(WORDS)),
    "multi-label-classification": (tagged_rows(150), sorted(WORDS)),
    "token-classification": (marked_rows(90), sorted(WORDS)),
    "text-generation": (WRITTEN, []),
    "text-ranking": (ORDERED, []),
}

every_task = pytest.mark.parametrize("slug", sorted(TASKS))
trainable = [slug for slug in sorted(TASKS) if TASKS[slug].trainable]


@every_task
def test_it_is_found_under_its_own_name(slug):
    task = TASKS[slug]
    assert task.slug == slug
    assert task.title[0].isupper()
    assert task.base_models or not task.trainable


@every_task
def test_its_partials_are_there(slug):
    templates = ROOT / "templates"
    assert (templates / "labeling" / "media" / f"{TASKS[slug].media}.html").is_file()
    assert (templates / TASKS[slug].answer.partial).is_file()


@every_task
def test_its_examples_fit_its_schema(slug):
    task, (rows, labels) = TASKS[slug], ROWS[slug]
    for row in rows:
        jsonschema.validate(row["data"], task.example_schema())
        jsonschema.validate(row["answer"], task.answer.schema(labels))
        assert task.parse_data(row["data"]) == row["data"]
        assert task.answer.parse(row["answer"], labels, row["data"]) == row["answer"]
        assert task.answer.agreement(row["answer"], row["answer"]) == 1.0
        cell = task.answer.to_column(row["answer"])
        assert task.answer.from_column(cell, labels, row["data"]) == row["answer"]
        assert "\n" not in task.answer.summary(row["answer"])
        assert set(task.answer.labels_of(row["answer"])) <= set(labels)
        assert task.text_of(row["data"])


@pytest.mark.parametrize("slug", trainable)
def test_a_tiny_model_learns_survives_saving_and_answers_as_a_person_would(slug, make_run):  # noqa: F811
    task, (rows, labels) = TASKS[slug], ROWS[slug]
    folder = make_run(rows=with_toy_splits(rows), task=slug, labels=labels)
    trainer.train(folder, stop=lifeline.Stop())
    served, bundle = Served.load(folder.bundle), saved(folder.bundle)
    answers = served.predict([row["data"] for row in rows])
    again = task.predict(bundle, rows)
    for one, other in zip(answers, again, strict=True):
        assert one["answer"] == other["answer"]
        assert 0 <= min(one["scores"].values()) <= max(one["scores"].values()) <= 1
        assert 0 <= one["confidence"] <= 1
        assert other["confidence"] == pytest.approx(one["confidence"], abs=1e-4)
    for row, one in zip(rows, answers, strict=True):
        assert task.answer.parse(one["answer"], labels, row["data"]) == one["answer"]
    metrics = task.measure([row["answer"] for row in rows], answers)
    assert metrics[task.headline] > 0.8


@every_task
def test_its_export_can_be_read_back(slug, tmp_path):
    task, (rows, labels) = TASKS[slug], ROWS[slug]
    (name, text), *_ = task.export(rows).items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    found, named = read(tmp_path / name, task)
    assert named == tuple(labels)
    assert [(r["data"], r["answer"]) for r in found] == [(r["data"], r["answer"]) for r in rows]


@every_task
def test_its_answers_survive_json(slug):
    rows, labels = ROWS[slug]
    for row in rows:
        there_and_back = json.loads(json.dumps(row["answer"]))
        assert TASKS[slug].answer.parse(there_and_back, labels, row["data"]) == row["answer"]


@every_task
def test_the_docs_name_it(slug):
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert any(slug in page.read_text(encoding="utf-8") for page in pages)
