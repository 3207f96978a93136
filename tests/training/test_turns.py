"""What each turn of the circle brought: test answers kept, versions compared, turns listed."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import gold
from projects.models import Annotation, Example, Source
from tests.cast import rows, upload
from training import answered, comparing, models, supervisor, turns
from training.models import ModelVersion, Run


@pytest.fixture
def labelled(project):
    upload(project, rows(200))
    return project


def trained(project, **fields):
    run = Run.objects.create(project=project, method="classical", effort="quick", **fields)
    assert supervisor.supervise(Run.claim(run.pk)) is False
    run.refresh_from_db()
    assert run.state == "succeeded", (run.error_title, run.error_hint)
    return run


def answer(run, example, said, right="spam", confidence=0.9):
    return models.TestAnswer.objects.create(
        run=run,
        example=example,
        gold={"label": right},
        predicted={"label": said},
        confidence=confidence,
    )


def version(project, number, **fields):
    run = Run.objects.create(project=project, state="succeeded")
    return ModelVersion.objects.create(project=project, run=run, number=number, **fields)


def protected(project, count):
    return Example.objects.bulk_create(
        Example(project=project, data={"text": f"t{n}"}, digest=bytes([n] * 32), is_test=True)
        for n in range(count)
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_test_answer_of_a_run_is_kept(labelled):
    run = trained(labelled)
    tests = set(labelled.examples.filter(is_test=True).values_list("pk", flat=True))
    kept = run.test_answers.all()
    assert {one.example_id for one in kept} == tests
    assert len(kept) == run.metrics["n"]
    one = kept[0]
    assert one.gold == one.example.gold
    assert one.scores[one.predicted["label"]] == pytest.approx(one.confidence, abs=1e-5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_cell_of_the_confusion_matrix_opens_its_examples(labelled):
    run = trained(labelled)
    labels, matrix = run.result["confusion"]["labels"], run.result["confusion"]["matrix"]
    for right, line in zip(labels, matrix, strict=True):
        for said, count in zip(labels, line, strict=True):
            cell = run.test_answers.filter(gold__label=right, predicted__label=said)
            assert cell.count() == count


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_keeping_them_again_changes_nothing(labelled):
    run = trained(labelled)
    before = list(run.test_answers.order_by("pk").values())
    assert answered.keep(run, run.result) == len(before)
    assert list(run.test_answers.order_by("pk").values()) == before


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_very_many_only_so_many_are_kept(labelled, monkeypatch):
    monkeypatch.setattr(answered, "MOST", 5)
    assert trained(labelled).test_answers.count() == 5


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_whose_answers_cannot_be_read_is_still_a_success(labelled, monkeypatch):
    run = trained(labelled)
    run.test_answers.all().delete()
    (run.folder / run.result["predictions"]).write_text('{"id": "half a li')
    assert answered.keep(run, run.result) == 0
    (run.folder / run.result["predictions"]).unlink()
    assert answered.keep(run, run.result) == 0


def test_a_version_that_answers_more_rows_right_is_really_better(project):
    older, newer = version(project, 1), version(project, 2)
    for number, example in enumerate(protected(project, 40)):
        answer(older.run, example, "spam" if number < 25 else "ham")
        answer(newer.run, example, "spam" if number < 39 else "ham")
    found = comparing.compare(newer, older)
    assert (found.n, found.figures.only_after, found.figures.only_before) == (40, 14, 0)
    assert found.figures.p == pytest.approx(2 / 2**14)
    assert (found.real, found.verdict) == (True, "real")
    assert comparing.compare(older, newer).verdict == "worse"
    assert found.changed_in_all == len(found.changed) == 14


def test_a_small_difference_is_not_sure(project):
    older, newer = version(project, 1), version(project, 2)
    for number, example in enumerate(protected(project, 40)):
        answer(older.run, example, "spam" if number < 30 else "ham")
        answer(newer.run, example, "spam" if number < 33 else "ham")
    found = comparing.compare(newer, older)
    assert (found.real, found.verdict) == (False, "not sure")
    assert found.figures.accuracy.low <= 0.075 <= found.figures.accuracy.high


def test_only_rows_that_both_answered_count_and_right_is_what_is_right_now(project):
    older, newer = version(project, 1), version(project, 2)
    shared, only_old, only_new = protected(project, 3)
    answer(older.run, shared, "ham", right="spam")
    answer(newer.run, shared, "ham", right="ham")  # someone corrected the label since
    answer(older.run, only_old, "ham")
    answer(newer.run, only_new, "ham")
    found = comparing.compare(newer, older)
    assert (found.n, found.figures.accuracy.before, found.figures.accuracy.after) == (1, 1.0, 1.0)
    assert found.changed == ()


def test_of_the_changed_rows_what_was_lost_comes_first(project, monkeypatch):
    monkeypatch.setattr(comparing, "CHANGED_SHOWN", 2)
    older, newer = version(project, 1), version(project, 2)
    won, lost, surely_lost = protected(project, 3)
    answer(older.run, won, "ham"), answer(newer.run, won, "spam")
    answer(older.run, lost, "spam"), answer(newer.run, lost, "ham", confidence=0.6)
    answer(older.run, surely_lost, "spam"), answer(newer.run, surely_lost, "ham", confidence=0.9)
    found = comparing.compare(newer, older)
    assert [row.example for row in found.changed] == [str(surely_lost.pk), str(lost.pk)]
    assert found.changed_in_all == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_second_version_says_what_it_learned_from_and_what_that_brought(labelled, owner):
    trained(labelled)
    new = Example.objects.create(
        project=labelled, data={"text": "free dinner"}, digest=b"f" * 32, source=Source.FEEDBACK
    )
    Annotation.record(new, {"label": "spam"}, owner, "review")
    gold.settle([new.pk])
    upload(labelled, b"text,label\nwin win win,spam\nsee you soon,ham", name="more.csv")
    trained(labelled)
    second, first = turns.turns(labelled)
    assert (first.number, first.verdict, first.before, first.added) == (1, "first", None, 200)
    assert (second.number, second.added, second.from_feedback) == (2, 3, 1)
    assert second.labels == 203
    assert second.headline == labelled.kind.headline
    assert second.low <= second.value <= second.high + 1e-9
    assert second.before is not None and second.after is not None and second.n >= 20
    assert second.verdict == "not sure"  # both know all there is to know of these rows
    kept = ModelVersion.objects.get(project=labelled, number=2).comparison
    assert json.loads(json.dumps(kept)) == kept


def test_the_list_of_turns_is_one_query_and_no_longer_than_twenty(project):
    for number in range(1, 24):
        version(project, number, metrics={"macro_f1": 0.5}, comparison={"older": number - 1})
    with CaptureQueriesContext(
        connection,
    ) as asked:
        listed = turns.turns(project)
    assert len(asked) == 1
    assert [turn.number for turn in listed] == list(range(23, 3, -1))
    assert {turn.verdict for turn in listed} == {"unknown"}
