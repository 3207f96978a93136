import numpy as np
import pytest
from sklearn.metrics import f1_score

from ml.calibrating import calibrate
from ml.measuring import (
    calibration_error,
    log_loss,
    macro_f1_interval,
    reliability,
    summary,
    wilson,
)
from ml.task import Bundle, Tuning
from ml.tasks import TASKS

TASK = TASKS["text-classification"]


def overconfident(rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """A model that says 99 % and is right three times in four."""
    draw = np.random.default_rng(0)
    targets = draw.integers(0, 2, rows)
    answered = np.where(draw.random(rows) < 0.75, targets, 1 - targets)
    logits = np.zeros((rows, 2), dtype=np.float32)
    logits[np.arange(rows), answered] = 4.6
    return logits, targets


def test_it_makes_an_overconfident_model_modest():
    logits, targets = overconfident()
    gold = [["a", "b"][at] for at in targets]
    before = decided(["a", "b"], logits)
    temperature = calibrate(logits, targets).temperature
    after = decided(["a", "b"], logits, temperature)
    assert temperature > 2
    right = [one["answer"]["label"] == label for one, label in zip(before, gold, strict=True)]
    assert calibration_error(reliability(right, before)) > 0.2
    assert calibration_error(reliability(right, after)) < 0.05
    assert log_loss(gold, after) < log_loss(gold, before)


def decided(labels, logits, temperature=1.0):
    """What the task says to logits."""
    model = Bundle(TASK.slug, "head", tuple(labels), None, tuning=Tuning(temperature))
    return TASK.decided(model, logits, [{}] * len(logits))


def test_it_does_not_become_certain_from_a_handful_of_rows():
    logits = np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0]], dtype=np.float32)
    assert 0.3 < calibrate(logits, np.array([0, 1, 0])).temperature < 1
    assert calibrate(logits[:0], np.array([], dtype=np.int64)).temperature == 1.0


def test_it_measures_f1_as_the_field_does():
    draw = np.random.default_rng(1)
    gold = [["a", "b", "c"][at] for at in draw.integers(0, 3, 200)]
    answers = [["a", "b", "c"][at] for at in draw.integers(0, 3, 200)]
    predicted = [
        {"answer": {"label": one}, "confidence": 1.0, "scores": {one: 1.0}} for one in answers
    ]
    metrics = summary(gold, predicted)
    assert metrics["macro_f1"] == pytest.approx(f1_score(gold, answers, average="macro"))
    assert metrics["macro_f1_low"] < metrics["macro_f1"] < metrics["macro_f1_high"]
    assert sum(one["support"] for one in metrics["per_label"].values()) == 200


def test_it_counts_a_label_that_was_never_answered_as_a_miss():
    one = {"answer": {"label": "a"}, "confidence": 0.9, "scores": {"a": 0.9, "b": 0.1}}
    metrics = summary(["a", "new"], [one, one])
    assert metrics["accuracy"] == 0.5
    assert metrics["per_label"]["new"]["recall"] == 0.0


def test_it_is_honest_about_few_and_about_perfect():
    assert wilson(10, 10) == (pytest.approx(0.722, abs=0.001), pytest.approx(1.0))
    assert wilson(0, 0) == (0.0, 1.0)
    assert macro_f1_interval(np.zeros((0, 0), dtype=np.int64)) == (0.0, 1.0)
