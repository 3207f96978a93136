"""Which answer is trusted: reviewer, else import, else the strict majority of enough people."""

import pytest

from labeling import review
from projects import gold
from projects.models import Annotation, Example
from tests.cast import join, person, upload


@pytest.fixture
def example(project):
    upload(project, b"text\nhello\n")
    return Example.objects.get()


def says(example, label, who):
    Annotation.record(example, {"label": label}, who, "person")
    gold.settle([example.pk])
    example.refresh_from_db()
    return example


def test_fewer_answers_than_overlap_leave_it_unlabelled(project, example, owner, member):
    project.overlap = 2
    project.save()
    assert says(example, "spam", owner).status == "unlabeled"
    assert says(example, "spam", member).status == "labeled"
    assert example.gold == {"label": "spam"}


def test_a_tie_goes_to_review_and_the_reviewer_settles_it(project, example, owner, member):
    project.overlap = 2
    project.save()
    says(example, "spam", owner)
    assert says(example, "ham", member).status == "review"
    assert example.gold is None
    review.settle(example, {"label": "ham"}, owner)
    example.refresh_from_db()
    assert (example.status, example.gold) == ("labeled", {"label": "ham"})


def test_two_of_three_are_a_strict_majority(project, example, owner, member):
    project.overlap = 3
    project.save()
    third = person("third@example.org")
    join(project, third, 20)
    says(example, "spam", owner)
    says(example, "ham", member)
    assert says(example, "ham", third).gold == {"label": "ham"}


def test_a_final_imported_answer_beats_people_and_a_hint_does_not(project, example, owner):
    upload(project, b"text,label\nhello,ham\n", answers="hint")
    assert says(example, "spam", owner).gold == {"label": "spam"}
    upload(project, b"text,label\nhello,ham\n")
    example.refresh_from_db()
    assert example.gold == {"label": "ham"}


def test_an_answer_taken_back_no_longer_counts(project, example, owner):
    says(example, "spam", owner)
    Annotation.objects.get().withdraw()
    gold.settle([example.pk])
    example.refresh_from_db()
    assert (example.status, example.gold, example.answered) == ("unlabeled", None, 0)
    assert Annotation.objects.get().history.get().answer == {"label": "spam"}


def test_changing_the_overlap_settles_everything_anew(project, example, owner, speak):
    says(example, "spam", owner)
    client = speak(owner)
    client.patch(f"/api/v1/projects/{project.pk}/", {"overlap": 2})
    example.refresh_from_db()
    assert example.status == "unlabeled"
    client.patch(f"/api/v1/projects/{project.pk}/", {"overlap": 1})
    example.refresh_from_db()
    assert example.status == "labeled"
