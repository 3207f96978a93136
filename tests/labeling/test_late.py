"""Answers that arrive after their lease ended, to what takes no place among the others."""

import pytest
from django.utils import timezone

from accounts.problems import Conflict
from labeling import answering, checks, holding, queue, review
from labeling.models import Assignment, Held, Recheck
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, filled, settings


def over(*leases):
    """Their time has run out, such as while the lid was closed."""
    Assignment.objects.filter(pk__in=[one.pk for one in leases]).update(expires_at=timezone.now())
    holding.expire()


def checking(project, owner):
    """Both examples are settled, and checks."""
    settings(project, check_share=100)
    for one in project.examples.all():
        review.settle(one, SPAM, owner)
        checks.make(one, owner)


@pytest.fixture(params=["one answer each", "two answers each", "checks"])
def two(request, project, owner, member, always):
    """What a person is on, and what was fetched ahead: both ran out."""
    always(0.5)
    filled(project, 2)
    if request.param == "two answers each":
        settings(project, overlap=2)
    if request.param == "checks":
        checking(project, owner)
    leases = queue.next_for(member, project), queue.ahead_for(member, project)
    over(*leases)
    return leases


def anew(project, member, second):
    """With the first answer they are leased what their page shows already."""
    lease = queue.next_for(member, project)
    assert lease.example_id == second.example_id and lease.pk != second.pk
    return lease


def test_after_a_break_both_answers_count_and_nothing_is_asked_twice(project, member, two):
    first, second = two
    answering.submit(answering.held_by(member, first.pk), SPAM, 5)
    anew(project, member, second)
    assert answering.submit(answering.held_by(member, second.pk), SPAM, 5)[1]
    assert not Assignment.objects.filter(state=Held.LEASED)
    assert not Example.objects.exclude(claims=0)
    assert Annotation.objects.filter(author=member).count() == 2
    assert queue.next_for(member, project) is None


def test_after_a_break_a_skip_ends_both_leases_of_an_example(project, member, two):
    first, second = two
    answering.submit(answering.held_by(member, first.pk), SPAM, 5)
    anew(project, member, second)
    answering.skip(answering.held_by(member, second.pk), "unclear")
    assert queue.next_for(member, project) is None
    assert not Example.objects.exclude(claims=0)


def test_what_was_answered_by_the_newer_lease_is_not_taken_by_the_older_one(project, member, two):
    first, second = two
    answering.submit(answering.held_by(member, first.pk), SPAM, 5)
    answering.submit(anew(project, member, second), SPAM, 5)
    with pytest.raises(Conflict, match="already"):
        answering.submit(answering.held_by(member, second.pk), SPAM, 5)
    assert Annotation.objects.filter(author=member).count() == 2


@pytest.mark.parametrize("by", ["the newer lease", "bulk"])
def test_what_was_answered_by_another_way_is_not_skipped(project, member, two, by):
    first, second = two
    answering.submit(answering.held_by(member, first.pk), SPAM, 5)
    lease = anew(project, member, second)
    if by == "bulk":
        Annotation.record(lease.example, SPAM, member, AnnotationSource.PERSON)
    else:
        answering.submit(lease, SPAM, 5)
    for one in (second, lease):
        with pytest.raises(Conflict, match="already"):
            answering.skip(answering.held_by(member, one.pk), "unclear")
    assert not Assignment.objects.filter(state=Held.SKIPPED)


def test_a_skip_in_time_looks_for_no_other_lease(project, member, django_assert_max_num_queries):
    filled(project, 1)
    lease = queue.next_for(member, project)
    with django_assert_max_num_queries(7):
        answering.skip(lease, "unclear")


def test_a_second_look_that_they_were_given_anew_counts_by_the_older_lease(
    project, owner, member, always
):
    always(0.1)
    (suspect,) = filled(project, 1)
    answering.submit(queue.next_for(member, project), SPAM, 5)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    lease = queue.next_for(owner, project)
    over(lease)
    anew(project, owner, lease)
    answering.submit(answering.held_by(owner, lease.pk), HAM, 5)
    assert Recheck.objects.get().settled_at is not None
    assert not Assignment.objects.filter(state=Held.LEASED)


def test_a_late_second_look_counts_unless_somebody_else_took_it(project, owner, member, always):
    always(0.1)
    suspect, other = filled(project, 2)
    for one in (suspect, other):
        answering.submit(queue.next_for(member, project), SPAM, 5)
        Recheck.objects.create(example=one, project=project, doubt=900, expected=HAM)
    first = queue.next_for(owner, project)
    Assignment.objects.update(expires_at=timezone.now())
    holding.expire()
    answering.submit(answering.held_by(owner, first.pk), HAM, 5)
    assert Recheck.objects.get(example=first.example).settled_at is not None
    second = queue.next_for(owner, project)
    Assignment.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    holding.expire()
    third = person("third@example.org")
    join(project, third, Role.ANNOTATOR)
    assert queue.next_for(third, project).example_id == second.example_id
    with pytest.raises(Conflict, match="second look"):
        answering.submit(answering.held_by(owner, second.pk), HAM, 5)


def test_a_late_second_look_at_what_was_set_aside_is_refused(project, owner, member, always):
    always(0.1)
    suspect, *_ = filled(project, 1)
    answering.submit(queue.next_for(member, project), SPAM, 5)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    lease = queue.next_for(owner, project)
    gold.put_aside(suspect, aside=True)
    holding.expire()
    with pytest.raises(Conflict, match="no longer needed"):
        answering.submit(answering.held_by(owner, lease.pk), HAM, 5)


def test_what_was_sent_back_is_answered_late_as_well(project, owner, member):
    settings(project, overlap=2)
    filled(project, 1)
    answering.submit(queue.next_for(owner, project), SPAM, 5)
    said = answering.submit(queue.next_for(member, project), SPAM, 5)[0]
    settings(project, overlap=1)  # so the other's answer settles it
    review.send_back(said, owner, "Why?")
    assert Example.objects.get().gold == SPAM
    lease = queue.next_for(member, project)
    Assignment.objects.filter(pk=lease.pk).update(expires_at=timezone.now())
    holding.expire()
    assert answering.submit(answering.held_by(member, lease.pk), HAM, 5)[1]


def test_what_was_answered_in_bulk_after_a_skip_does_not_come_back(project, member):
    filled(project, 1)
    lease = queue.next_for(member, project)
    answering.skip(lease, "unclear")
    Annotation.record(lease.example, SPAM, member, AnnotationSource.PERSON)
    with pytest.raises(Conflict, match="no longer be undone"):
        answering.undo(answering.held_by(member, lease.pk))
