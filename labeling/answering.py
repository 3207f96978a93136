"""What becomes of a lease: answered, skipped, given back, or an answer taken back."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.problems import Conflict
from labeling import queue
from labeling.models import LEASE, Assignment, Held
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Project, Role, Status


def held_by(person: User, assignment_id: UUID) -> Assignment:
    """A person's own assignment, whatever became of it; anyone else's does not exist."""
    found = Assignment.objects.select_related("project").filter(pk=assignment_id, person=person)
    assignment = found.first()
    if assignment is None:
        raise Http404
    return assignment


@transaction.atomic
def submit(
    assignment: Assignment, answer: dict[str, Any], duration_ms: int | None
) -> tuple[Annotation, bool]:
    """Keep an answer. Returns the annotation, and whether it is new.

    The same submit again returns the same annotation. After the lease ended it is accepted while
    a place is free, else refused with words.
    """
    example, assignment = _locked(assignment)
    if assignment.state == Held.SUBMITTED:
        return _again(assignment, answer), False
    if assignment.state != Held.LEASED:
        _refuse_if_taken(example, assignment)
    annotation = Annotation.record(
        example,
        answer,
        assignment.person,
        AnnotationSource.PERSON,
        duration_ms=duration_ms,
        guidelines_version=assignment.project.guidelines_version,
    )
    _end(assignment, Held.SUBMITTED, annotation=annotation)
    gold.settle([example.pk])
    return annotation, True


def _again(assignment: Assignment, answer: dict[str, Any]) -> Annotation:
    kept = assignment.annotation
    if kept is not None and kept.withdrawn_at is None and _said(kept, answer):
        return kept
    raise Conflict(
        _("You answered this one already. Change the annotation instead of sending another.")
    )


def _said(kept: Annotation, answer: dict[str, Any]) -> bool:
    """Now or before it was changed: a repeat of what was submitted is still the same submit."""
    return kept.answer == answer or kept.history.filter(answer=answer).exists()


def _refuse_if_taken(example: Example, assignment: Assignment) -> None:
    answered = example.annotations.filter(
        author=assignment.person, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    if answered.exists():
        raise Conflict(_("You answered this one already."))
    full = example.answered + example.claims >= assignment.project.overlap
    if full or example.status not in (Status.UNLABELED, Status.SKIPPED):
        raise Conflict(
            _("Your time for this one had run out, and someone else has it now. Take the next one.")
        )


@transaction.atomic
def skip(assignment: Assignment, reason: str) -> None:
    """Hide the example from this person; `skipped` once nobody is left to ask."""
    example, assignment = _locked(assignment)
    if assignment.state == Held.SUBMITTED:
        raise Conflict(_("You answered this one already. Take the annotation back first."))
    _end(assignment, Held.SKIPPED, skip_reason=reason)
    if not _someone_left(example, assignment.project):
        Example.objects.filter(pk=example.pk, status=Status.UNLABELED).update(status=Status.SKIPPED)


@transaction.atomic
def undo(assignment: Assignment) -> Assignment:
    """Bring back what a person just answered or skipped: it is theirs again, unanswered.

    What they were on meanwhile is given back. Raises Conflict where someone else has the place now.
    """
    person, project = assignment.person, assignment.project
    queue.one_at_a_time(person, project)
    if (current := queue.held(person, project)) is not None:
        if current.pk == assignment.pk:
            return current
        give_back(current)
    if assignment.annotation is not None and assignment.annotation.withdrawn_at is None:
        forget(assignment.annotation)
    example, assignment = _locked(assignment)
    if assignment.state not in (Held.SKIPPED, Held.RETURNED):
        raise Conflict(_("This can no longer be undone."))
    if example.answered + example.claims >= project.overlap:
        raise Conflict(_("Someone else has this one now, so it cannot come back to you."))
    _end(
        assignment, Held.LEASED, expires_at=timezone.now() + LEASE, skip_reason="", annotation=None
    )
    Example.objects.filter(pk=example.pk, status=Status.SKIPPED).update(status=Status.UNLABELED)
    return queue.held(person, project) or assignment


@transaction.atomic
def give_back(assignment: Assignment) -> None:
    """Return an example unanswered: it is free at once, for this person too."""
    _, assignment = _locked(assignment)
    if assignment.state == Held.LEASED:
        _end(assignment, Held.RETURNED)


@transaction.atomic
def change(annotation: Annotation, answer: dict[str, Any]) -> None:
    """Replace one's own answer; what it said before stays in the history."""
    _refuse_if_gone(annotation)
    annotation.revise(answer)
    gold.settle([annotation.example_id])


@transaction.atomic
def forget(annotation: Annotation) -> None:
    """Take an answer back: the example is free again, for its author too."""
    _refuse_if_gone(annotation)
    annotation.withdraw()
    Assignment.objects.filter(annotation=annotation).update(state=Held.RETURNED)
    gold.settle([annotation.example_id])


def _refuse_if_gone(annotation: Annotation) -> None:
    """Under the example's lock, so that changing and taking back come one after the other."""
    Example.objects.select_for_update().get(pk=annotation.example_id)
    annotation.refresh_from_db(fields=["withdrawn_at", "answer"])
    if annotation.withdrawn_at is not None:
        raise Http404


def _locked(assignment: Assignment) -> tuple[Example, Assignment]:
    """Example and assignment as they are now; nobody else changes them until we are done."""
    example = Example.objects.select_for_update().get(pk=assignment.example_id)
    locked = Assignment.objects.select_for_update(of=["self"]).select_related(
        "project", "annotation", "person"
    )
    return example, locked.get(pk=assignment.pk)


def _end(assignment: Assignment, state: Held, **fields: object) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(state=state, **fields)
    queue.count_claims([assignment.example_id])


def _someone_left(example: Example, project: Project) -> bool:
    """Whether a member who may annotate has neither answered nor skipped it."""
    done = Assignment.objects.filter(
        example=example, state__in=[Held.SUBMITTED, Held.SKIPPED]
    ).values("person_id")
    return project.members.filter(role__gte=Role.ANNOTATOR).exclude(user_id__in=done).exists()
