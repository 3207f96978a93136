"""Answers that arrive after their lease ended, to what takes no place among the others."""

import pytest
from django.utils import timezone

from accounts.problems import Conflict
from labeling import answering, holding, queue, review
from labeling.models import Assignment, Recheck
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, filled, settings


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
