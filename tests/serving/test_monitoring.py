"""An endpoint's figures are those of what its callers met."""

import json
import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from serving import drifting, monitoring
from serving.models import Feedback, Prediction, Refusal


@pytest.fixture
def record(endpoint):
    """Predictions as the predictor records them."""
    live = endpoint.running("live")

    def make(count: int, label: str = "spam", confidence: float = 0.9, **fields) -> None:
        fields = {"created_at": timezone.now(), "shadow": False, "latency_ms": 5.0} | fields
        Prediction.objects.bulk_create(
            Prediction(
                endpoint=endpoint,
                model_version=live.model_version,
                release=live,
                request=uuid4(),
                data={"text": "a"},
                answer={"label": label},
                labels=[label],
                confidence=confidence,
                **fields,
            )
            for _ in range(count)
        )

    return make


def test_an_endpoint_that_nobody_called_has_figures_too(speak, publisher, endpoint):
    said = speak(publisher).get(f"/api/v1/endpoints/{endpoint.slug}/stats/").json()
    assert (said["requests"], said["errors"], said["predictions"]) == (0, 0, 0)
    assert said["latency"] == {"p50": None, "p95": None, "p99": None}
    assert said["feedback_rate"] is None
    assert said["drift"]["drifted"] is None
    assert said["drift"]["reason"]


def test_it_counts_requests_inputs_labels_and_errors(endpoint, record):
    record(3, "spam", 0.95)
    record(1, "ham", 1.0)
    record(2, "ham", 0.05, position=1)  # further inputs of requests that are counted
    record(50, "ham", shadow=True)
    record(7, "spam", created_at=timezone.now() - timedelta(hours=30))
    now = timezone.now()
    Refusal.objects.create(endpoint=endpoint, minute=now, status=429, count=4)
    Refusal.objects.create(endpoint=endpoint, minute=now, status=400, count=1)
    old = now - timedelta(days=2)
    Refusal.objects.create(endpoint=endpoint, minute=old, status=400, count=9)
    said = monitoring.stats(endpoint, hours=24)
    assert said["requests"] == 4 + 5
    assert said["predictions"] == 6
    assert said["errors_by_status"] == {"400": 1, "429": 4}
    assert said["labels"] == {"spam": 3, "ham": 3}
    assert said["confidence"] == [2, 0, 0, 0, 0, 0, 0, 0, 0, 4]
    assert sum(hour["predictions"] for hour in said["over_time"]) == 6
    assert monitoring.stats(endpoint, hours=48)["predictions"] == 13


def test_it_keeps_hours_apart(endpoint, record):
    now = timezone.now()
    record(2, "spam", created_at=now)
    record(3, "ham", 0.5, created_at=now - timedelta(hours=2))
    first, last = monitoring.stats(endpoint)["over_time"]
    assert (first["labels"], last["labels"]) == ({"ham": 3}, {"spam": 2})
    assert first["confidence"] == pytest.approx(0.5)


def test_percentiles_are_those_of_the_requests(endpoint, record):
    for latency in range(1, 101):
        record(1, latency_ms=float(latency))
    assert monitoring.stats(endpoint)["latency"] == pytest.approx(
        {"p50": 50.5, "p95": 95.05, "p99": 99.01}
    )


def test_it_tells_how_many_predictions_have_a_verdict(endpoint, record):
    record(10)
    for number, prediction in enumerate(Prediction.objects.all()[:4]):
        Feedback.objects.create(prediction=prediction, correct=number > 0)
    said = monitoring.stats(endpoint)
    assert said["feedback"] == {"count": 4, "correct": 3, "wrong": 1}
    assert said["feedback_rate"] == pytest.approx(0.4)


def test_it_finds_a_shift_against_the_test_set(endpoint, version, record):
    tested = [("spam", 0.9)] * 60 + [("ham", 0.9)] * 60
    rows = [{"answer": {"label": label}, "confidence": sure} for label, sure in tested]
    file = version.run.folder / "test_predictions.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    record(60, "spam")
    record(62, "ham")
    calm = monitoring.stats(endpoint)["drift"]
    assert calm["drifted"] is False
    assert "test set of version 1" in calm["against"]
    record(400, "ham", 0.55)
    shifted = monitoring.stats(endpoint)["drift"]
    assert shifted["drifted"] is True
    assert shifted["labels"] > 0.1
    assert shifted["confidence"] > shifted["by_chance"]["confidence"]


def test_without_a_test_set_it_compares_with_the_first_predictions_here(endpoint, record):
    record(80, "spam", created_at=timezone.now() - timedelta(days=3))
    record(80, "ham")
    said = monitoring.stats(endpoint)["drift"]
    assert said["drifted"] is True
    assert "first predictions" in said["against"]


def test_it_does_not_guess_from_a_few(endpoint, record):
    record(10)
    said = monitoring.stats(endpoint)["drift"]
    assert said["labels"] is None
    assert "Only 10 predictions" in said["reason"]


def test_the_stability_index_is_what_it_says():
    same = Counter(a=500, b=500)
    assert drifting.psi(same, same) == pytest.approx(0)
    # By hand: (0.9 - 0.5) ln(0.9 / 0.5) + (0.1 - 0.5) ln(0.1 / 0.5), without the half counts.
    assert drifting.psi(Counter(a=9000, b=1000), same) == pytest.approx(0.879, abs=0.01)


def test_chance_alone_is_called_a_shift_about_once_in_twenty():
    draw = random.Random(0)
    larger = 0
    for _ in range(400):
        now = Counter(draw.choices("abcde", k=200))
        then = Counter(draw.choices("abcde", k=300))
        larger += drifting.psi(now, then) > drifting.by_chance(now, then)
    assert 5 <= larger <= 40


@pytest.mark.parametrize("hours", ["0", "-1", "x", "100000"])
def test_hours_that_make_no_sense_are_refused(speak, publisher, endpoint, hours):
    said = speak(publisher).get(f"/api/v1/endpoints/{endpoint.slug}/stats/?hours={hours}")
    assert said.status_code == 400
    assert "hours" in said.json()["errors"]


def test_figures_take_a_fixed_number_of_queries(endpoint, record, django_assert_num_queries):
    record(100)
    with django_assert_num_queries(11):
        monitoring.stats(endpoint)
