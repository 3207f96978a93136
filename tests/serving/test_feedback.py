"""A caller's verdict, and what it brings to the labelling queue."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from labeling import queue
from labeling.models import Suggestion
from ml import splitting
from ml.answers import AnswerError
from projects.models import Annotation, Example, Status
from serving import feedback
from serving.models import Feedback, Prediction

WIN = "win a free prize now"


@pytest.fixture
def prediction(endpoint) -> Prediction:
    """One that the endpoint made, as the predictor records it."""
    return Prediction.objects.create(
        endpoint=endpoint,
        model_version=endpoint.running("live").model_version,
        release=endpoint.running("live"),
        request=uuid4(),
        data={"text": WIN},
        answer={"label": "spam"},
        labels=["spam"],
        confidence=0.834,
        scores={"ham": 0.166, "spam": 0.834},
        latency_ms=1.0,
        created_at="2026-01-01T00:00:00Z",
    )


def example(project, **fields) -> Example:
    data = {"text": WIN}
    made = Example.objects.create(
        project=project, data=data, digest=splitting.digest(data), source="upload", **fields
    )
    return made


def test_what_a_caller_corrects_is_next_for_people_within_a_second(
    predictor, endpoint, publisher, a_caller
):
    other = {"text": "already waiting"}
    Example.objects.create(
        project=endpoint.project, data=other, digest=splitting.digest(other), source="upload"
    )
    caller = a_caller(endpoint)
    said = caller.predict(WIN).json()["predictions"][0]
    began = time.monotonic()
    given = caller.feedback(said["id"], False, answer={"label": "ham"}, comment="from my aunt")
    assert given.status_code == 201, given.text
    handed = queue.next_for(publisher, endpoint.project)
    assert time.monotonic() - began < 5  # a second on a machine that has nothing else to do
    assert handed.example.data == {"text": WIN}
    assert handed.example.source == "feedback"
    sure = f"{said['confidence']:.0%}".replace("%", " %")
    assert handed.example.origin["reason"] == (
        f"A caller says that “spam” ({sure} sure, version 1) is wrong; they say “ham”."
    )
    assert handed.example.origin["prediction"] == said["id"]
    assert handed.example.origin["endpoint"] == endpoint.slug
    assert given.json()["example"] == str(handed.example.pk)


def test_a_right_prediction_bothers_nobody(prediction):
    kept = feedback.accept(prediction, correct=True)
    assert kept.example is None
    assert not Example.objects.exists()


def test_right_with_the_same_answer_bothers_nobody_either(prediction):
    feedback.accept(prediction, correct=True, answer={"label": "spam"})
    assert not Example.objects.exists()


def test_a_correction_counts_even_when_called_correct(prediction):
    feedback.accept(prediction, correct=True, answer={"label": "ham"})
    assert Example.objects.get().source == "feedback"


def test_the_models_own_answer_is_the_suggestion(prediction):
    feedback.accept(prediction, correct=False, answer={"label": "ham"})
    suggestion = Suggestion.objects.get()
    assert suggestion.answer == {"label": "spam"}
    assert suggestion.model_version == prediction.model_version_id


def test_a_repeat_replaces_the_verdict_and_makes_no_second_example(prediction):
    feedback.accept(prediction, correct=False)
    feedback.accept(prediction, correct=True)
    feedback.accept(prediction, correct=False, answer={"label": "ham"}, comment="sure now")
    kept = Feedback.objects.get()
    assert (kept.correct, kept.answer, kept.comment) == (False, {"label": "ham"}, "sure now")
    assert Example.objects.count() == 1


def test_the_same_verdict_again_does_not_reopen_what_people_settled(prediction, project):
    feedback.accept(prediction, correct=False, answer={"label": "ham"})
    Example.objects.update(status=Status.LABELED, gold={"label": "ham"}, priority=0)
    feedback.accept(prediction, correct=False, answer={"label": "ham"})
    settled = Example.objects.get()
    assert (settled.status, settled.disputed) == (Status.LABELED, False)


def test_verdicts_at_once_and_out_of_order_make_one_candidate(prediction):
    verdicts = [
        {"correct": False, "answer": {"label": "ham"}},
        {"correct": False},
        {"correct": True},
        {"correct": False, "comment": "again"},
        {"correct": False, "answer": {"label": "spam"}},
    ] * 5
    random.shuffle(verdicts)

    def give(verdict: dict) -> None:
        try:
            feedback.accept(Prediction.objects.get(pk=prediction.pk), **verdict)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give, verdicts))
    assert Feedback.objects.count() == 1
    assert Example.objects.count() == 1


def test_five_times_over_http_is_one_candidate(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    said = caller.predict(WIN).json()["predictions"][0]
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda _: caller.feedback(said["id"], False, answer={"label": "ham"}), "12345")
        )
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Example.objects.count() == 1


def test_an_unlabelled_example_moves_to_the_front(prediction, project, publisher):
    first = {"text": "first in line"}
    Example.objects.create(
        project=project, data=first, digest=splitting.digest(first), source="upload", place=-10
    )
    known = example(project, place=10)
    feedback.accept(prediction, correct=False)
    assert Example.objects.count() == 2
    assert queue.next_for(publisher, project).example.pk == known.pk


def test_a_labelled_example_goes_to_review_and_keeps_its_gold(prediction, project, publisher):
    known = example(project)
    Annotation.record(known, {"label": "spam"}, None, "import")
    from projects import gold

    gold.settle([known.pk])
    feedback.accept(prediction, correct=False, answer={"label": "ham"})
    known.refresh_from_db()
    assert known.status == Status.REVIEW
    assert known.gold == {"label": "spam"}
    assert Example.objects.count() == 1


def test_an_answer_that_is_no_label_is_refused_and_leaves_nothing(prediction):
    with pytest.raises(AnswerError, match="ham, spam"):
        feedback.accept(prediction, correct=False, answer={"label": "junk"})
    assert not Feedback.objects.exists()
    assert not Example.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "prediction_id"),
        ({"prediction_id": "nonsense", "correct": True}, 400, "prediction_id"),
        ({"prediction_id": str(uuid4()), "correct": True}, 404, None),
        ({"correct": "perhaps"}, 400, "correct"),
        ({"correct": False, "answer": "ham"}, 400, "answer"),
        ({"correct": False, "answer": {"label": "junk"}}, 400, "answer"),
        ({"correct": False, "comment": "a" * 10_001}, 400, "comment"),
        ({"correct": False, "comment": "a\x00b"}, 400, "comment"),
        ({"correct": False, "comment": {"a": 1}}, 400, "comment"),
    ],
)
def test_it_names_what_is_wrong_with_a_verdict(predictor, endpoint, a_caller, body, status, field):
    caller = a_caller(endpoint)
    said = caller.predict(WIN).json()["predictions"][0]
    if body and "prediction_id" not in body:
        body = {"prediction_id": said["id"], **body}
    refused = caller.send(body, "feedback")
    assert refused.status_code == status, refused.text
    if field:
        assert field in refused.json()["errors"]
    assert not Feedback.objects.exists()


def test_a_verdict_taken_back_leaves_the_front_and_the_review(prediction, project, publisher):
    made = example(project)
    Annotation.record(made, {"label": "spam"}, publisher, "import")
    queue.gold.settle([made.pk])
    feedback.accept(prediction, correct=False)
    made.refresh_from_db()
    assert (made.status, made.priority > 0) == (Status.REVIEW, True)
    feedback.accept(prediction, correct=True)
    made.refresh_from_db()
    assert (made.status, made.priority, made.gold) == (Status.LABELED, 0, {"label": "spam"})
