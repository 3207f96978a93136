"""Answers that a run doubts go to someone else, and only while they still stand."""

import pytest
from django.urls import reverse

from labeling import queue, reasons, review
from labeling.models import Recheck
from projects import gold
from projects.models import Annotation, Example, Role
from tests.cast import join, person, rows, upload
from training import suspects
from training.models import ModelVersion, Run

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


@pytest.fixture
def labelled(project):
    upload(project, rows(12))
    return list(Example.objects.filter(project=project, is_test=False).order_by("pk")[:5])


def doubting(project, examples, **fields):
    """A finished run that doubts these, the first one most."""
    said = [
        {
            "id": str(one.pk),
            "given": one.gold,
            "expected": HAM if one.gold == SPAM else SPAM,
            "doubt": 0.99 - at / 100,
        }
        for at, one in enumerate(examples)
    ]
    result = {"suspects": said, **fields}
    run = Run.objects.create(project=project, state="succeeded", result=result)
    ModelVersion.objects.create(project=project, run=run, number=Run.objects.count())
    return run


def kept(run):
    suspects.keep(run, run.result)
    return {one.example_id for one in Recheck.objects.filter(settled_at=None)}


def test_the_doubted_answers_wait_the_most_doubtful_first(project, labelled):
    run = doubting(project, labelled[:2])
    assert kept(run) == {one.pk for one in labelled[:2]}
    first = Recheck.objects.order_by("-doubt")[0]
    assert (first.example_id, first.doubt, first.run) == (labelled[0].pk, 990, run.pk)
    assert kept(run) == {one.pk for one in labelled[:2]}, "a repeat changes nothing"


def test_a_later_run_replaces_what_nobody_has_looked_at(project, labelled):
    kept(doubting(project, labelled[:3]))
    assert kept(doubting(project, labelled[2:4])) == {one.pk for one in labelled[2:4]}
    assert kept(doubting(project, [])) == set()


def test_what_changed_since_was_settled_or_looked_at_is_left_alone(project, labelled, owner):
    changed, settled, looked_at, aside, doubtful = labelled
    run = doubting(project, labelled)
    said = changed.annotations.get()
    said.revise(run.result["suspects"][0]["expected"])
    gold.settle([changed.pk])
    review.settle(settled, settled.gold, owner)
    Recheck.objects.create(
        example=looked_at, project=project, doubt=1, expected=HAM, settled_at=looked_at.created_at
    )
    gold.put_aside(aside, aside=True)
    assert kept(run) == {doubtful.pk}


def test_of_another_project_or_broken_nothing_is_kept(project, labelled, owner):
    other = type(project).objects.create(name="Other", task=project.task, labels=project.labels)
    foreign = doubting(other, labelled[:2])
    assert suspects.keep(foreign, foreign.result) == 0
    kept(doubting(project, labelled[:1]))
    for broken in ({}, {"suspects": [{"id": "1"}]}, {"suspects": [{}]}, {"suspects": None}):
        assert suspects.keep(foreign, broken) == 0
    assert Recheck.objects.count() == 1


def test_it_comes_to_somebody_else_and_not_to_who_answered(project, labelled, member):
    doubtful, second = labelled[0], person("second@example.org")
    join(project, second, Role.ANNOTATOR)
    doubtful.annotations.all().delete()
    Annotation.record(doubtful, SPAM, member, "person")
    gold.settle([doubtful.pk])
    doubtful.refresh_from_db()
    kept(doubting(project, [doubtful]))
    leased = queue.next_for(second, project)
    assert (leased.example_id, leased.reason) == (doubtful.pk, reasons.RECHECK)
    assert queue.next_for(member, project) is None


def test_the_page_of_the_run_shows_both_answers_and_the_way_to_them(client, project, owner):
    upload(project, rows(60))
    some = list(Example.objects.filter(project=project).order_by("pk")[:30])
    run = doubting(project, some)
    kept(run)
    client.force_login(owner)
    shown = client.get(reverse("run-page", args=[project.pk, run.pk])).content.decode()
    assert "Answers that look wrong: 30" in shown
    assert "The answer is “spam”, the model expects “ham”." in shown
    assert reverse("example-page", args=[project.pk, some[0].pk]) in shown
    assert "The most doubtful are shown here: 20." in shown
    assert f"{reverse('review', args=[project.pk])}?pile=suspects" in shown
