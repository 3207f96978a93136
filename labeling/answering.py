"""What becomes of a lease: answered, skipped, given back, or an answer taken back."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.problems import Conflict
from labeling import checks, holding, late, pace, reasons, second_looks
from labeling.models import Assignment, Check, Held
from projects import gold, quoting, relabeling
from projects.models import Annotation, AnnotationSource, Example, Project, Role, Status


def held_by(person: User, assignment_id: UUID) -> Assignment:
    """A person's own assignment, whatever became of it; anyone else's does not exist."""
    found = Assignment.objects.select_related("project", "example")
    for assignment in found.filter(pk=assignment_id, person=person):
        assignment.person, assignment.example.project = person, assignment.project
        return assignment
    raise Http404


@transaction.atomic
def submit(
    assignment: Assignment, answer: dict[str, Any], duration_ms: int | None, *, anew: bool = False
) -> tuple[Annotation, bool]:
    """Keep an answer. Returns the annotation, and whether it is new.

    The same submit again returns the same annotation. After the lease ended it is accepted while
    a place is free, be it one that the person was given anew, or while it is still wanted of them
    beside the others; else refused with words. Said `anew`, it takes the place of one that arrived
    though its sender could not know.
    """
    answer = in_labels_of_today(assignment.project, answer)
    example, assignment = _locked(assignment)
    if assignment.state == Held.SUBMITTED:
        return _again(assignment, answer, anew=anew), False
    _refuse_if_answered(assignment)
    if assignment.state != Held.LEASED:
        late.give_back_newer(example, assignment)
        late.refuse_if_taken(example, assignment)
    quoting.check(assignment.project, answer, example)
    source = AnnotationSource.CHECK if assignment.is_check else AnnotationSource.PERSON
    annotation = Annotation.record(
        example,
        answer,
        assignment.person,
        source,
        duration_ms=duration_ms,
        guidelines_version=_read_under(assignment),
    )
    accepted = _as_expected(assignment, answer)
    _end(assignment, Held.SUBMITTED, annotation=annotation, accepted=accepted)
    if assignment.reason == reasons.RECHECK:
        second_looks.taken(example, answer)
    _no_longer_theirs(example, assignment.person)
    if not assignment.is_check:
        gold.settle([example.pk], locked=True)
    return annotation, True


def _read_under(assignment: Assignment) -> int:
    """The version of the guidelines that was there to be read when it was handed out."""
    return assignment.guidelines_version or assignment.project.guidelines_version


def _no_longer_theirs(example: Example, person: User) -> None:
    """Who was assigned an example and answered or skipped it is done: others may go on with it."""
    if example.assignee_id == person.pk:
        Example.objects.filter(pk=example.pk).update(assignee=None)


def in_labels_of_today(project: Project, answer: dict[str, Any]) -> dict[str, Any]:
    """Labels may change between the reading of an answer and its keeping. Raises Conflict.

    Until the transaction ends they stay.
    """
    relabeling.hold(project)
    said = relabeling.as_now(project, answer)
    if said is None:
        raise Conflict(_("A label of this answer has just been taken away. Answer this one anew."))
    return said


def _as_expected(assignment: Assignment, answer: dict[str, Any]) -> bool | None:
    """Whether they said what was suggested (seen or hidden), or what the check's answer is."""
    if assignment.is_check:
        # Nobody is measured by what is settled no longer (see pools.CHECKS).
        settled = Check.objects.filter(example__gold=F("answer"))
        known = settled.filter(example_id=assignment.example_id).first()
        return None if known is None else answer == known.answer
    suggestion = assignment.suggestion
    if suggestion is None:
        return None
    return answer == relabeling.as_now(assignment.project, suggestion["answer"])


def _again(assignment: Assignment, answer: dict[str, Any], *, anew: bool) -> Annotation:
    kept = assignment.annotation
    if kept is not None and kept.withdrawn_at is None:
        if anew and kept.answer != answer:
            change(kept, answer)
        if anew or _said(kept, answer):
            return kept
    raise Conflict(
        _("You answered this one already. Change the annotation instead of sending another.")
    )


def _said(kept: Annotation, answer: dict[str, Any]) -> bool:
    """Now or before it was changed: a repeat of what was submitted is still the same submit."""
    return kept.answer == answer or kept.history.filter(answer=answer).exists()


def _refuse_if_answered(assignment: Assignment) -> None:
    """In bulk, as it may be, after this lease began: it ends when they ask for the next one."""
    if assignment.answered_otherwise:  # type: ignore[attr-defined]  # see _locked
        raise Conflict(
            _("You answered this one already. Change the annotation instead of sending another.")
        )


@transaction.atomic
def skip(assignment: Assignment, reason: str, *, anew: bool = False) -> None:
    """Hide the example from this person; `skipped` once nobody is left to ask.

    Said `anew`, an answer that arrived though its sender could not know is taken back.
    """
    example, assignment = _locked(assignment)
    if anew and assignment.state == Held.SUBMITTED:
        _take_back(assignment)
        example, assignment = _locked(assignment)
    answered = assignment.answered_otherwise  # type: ignore[attr-defined]  # see _locked
    if answered or assignment.state == Held.SUBMITTED:
        raise Conflict(_("You answered this one already. Take the annotation back first."))
    if assignment.state != Held.LEASED:
        late.give_back_newer(example, assignment)
    _end(assignment, Held.SKIPPED, skip_reason=reason)
    _no_longer_theirs(example, assignment.person)
    if not _someone_left(example, assignment.project):
        Example.objects.filter(pk=example.pk, status=Status.UNLABELED).update(status=Status.SKIPPED)


@transaction.atomic
def undo(assignment: Assignment) -> Assignment:
    """Bring back what a person just answered or skipped: it is theirs again, unanswered.

    What they were on meanwhile is given back. Raises Conflict where someone else has the place now.
    """
    person, project = assignment.person, assignment.project
    holding.one_at_a_time(person, project)
    _lock_in_order(assignment)
    for current in holding.both(person, project):
        if current.pk == assignment.pk and not current.ahead:
            return current
        give_back(current)
    _take_back(assignment)
    example, assignment = _locked(assignment)
    answered = assignment.answered_otherwise  # type: ignore[attr-defined]
    if answered or assignment.state not in (Held.SKIPPED, Held.RETURNED):
        raise Conflict(_("This can no longer be undone."))
    full = example.answered + example.claims >= gold.wanted(example, project)
    if full and not _beside_the_others(example, assignment):
        raise Conflict(_("Someone else has this one now, so it cannot come back to you."))
    until = timezone.now() + pace.lease(project)
    back: dict[str, Any] = {"skip_reason": "", "annotation": None, "accepted": None}
    back["guidelines_version"] = project.guidelines_version
    _end(assignment, Held.LEASED, ahead=False, expires_at=until, **back)
    Example.objects.filter(pk=example.pk, status=Status.SKIPPED).update(status=Status.UNLABELED)
    _theirs_again(assignment)
    return holding.held(person, project) or assignment


def _lock_in_order(assignment: Assignment) -> None:
    """It and what its person holds: two who each bring back what the other is on wait in turn."""
    held = Assignment.objects.filter(
        person=assignment.person, project=assignment.project, state=Held.LEASED
    )
    both = Q(pk=assignment.example_id) | Q(pk__in=held.values("example_id"))
    locked = Example.objects.select_for_update().filter(both).order_by("pk")
    list(locked.values_list("pk"))


def _take_back(assignment: Assignment) -> None:
    """The answer; and what followed from it where it was a second look."""
    if assignment.annotation is None or assignment.annotation.withdrawn_at is not None:
        return
    if assignment.reason == reasons.RECHECK:
        second_looks.undone(assignment.example)
    forget(assignment.annotation)
    Assignment.objects.filter(pk=assignment.pk).update(state=Held.RETURNED)


def _beside_the_others(example: Example, assignment: Assignment) -> bool:
    """Whether it takes no place among those who are asked: a check, a second look, what was sent
    back though others settle it."""
    if assignment.reason == reasons.SENT_BACK:
        return example.gold is not None
    return assignment.is_check or assignment.reason == reasons.RECHECK


def _theirs_again(assignment: Assignment) -> None:
    """What was assigned to them, should they give it back."""
    if assignment.reason in (reasons.ASSIGNED, reasons.SENT_BACK):
        waiting = Example.objects.filter(pk=assignment.example_id, assignee=None)
        waiting.update(assignee=assignment.person)


@transaction.atomic
def give_back(assignment: Assignment) -> None:
    """Return an example unanswered: it is free at once, for this person too."""
    _, assignment = _locked(assignment)
    if assignment.state == Held.LEASED:
        _end(assignment, Held.RETURNED)


@transaction.atomic
def change(annotation: Annotation, answer: dict[str, Any]) -> None:
    """Replace one's own answer, by the guidelines of today; what it said before stays in the
    history."""
    project = annotation.example.project
    answer = in_labels_of_today(project, answer)
    quoting.check(project, answer, _refuse_if_gone(annotation))
    annotation.revise(answer, guidelines_version=project.guidelines_version)
    gold.settle([annotation.example_id])
    checks.follow(annotation.example)


@transaction.atomic
def forget(annotation: Annotation) -> None:
    """Take an answer back: the example is free again, for its author too.

    What a check measured stays, and nobody meets it twice.
    """
    _refuse_if_gone(annotation)
    annotation.withdraw()
    theirs = Assignment.objects.filter(annotation=annotation, is_check=False)
    theirs.update(state=Held.RETURNED)
    gold.settle([annotation.example_id])
    checks.follow(annotation.example)


def _refuse_if_gone(annotation: Annotation) -> Example:
    """Under the example's lock, so that changing and taking back come one after the other."""
    example = Example.objects.select_for_update().get(pk=annotation.example_id)
    annotation.refresh_from_db(fields=["withdrawn_at", "answer"])
    if annotation.withdrawn_at is not None:
        raise Http404
    return example


# A check is met once, whatever became of the answer to it.
_AS_IT_IS = """
SELECT a.state, a.annotation_id, EXISTS (
    SELECT 1 FROM projects_annotation n WHERE n.example_id = a.example_id
    AND n.author_id = a.person_id AND n.source = 'person' AND n.withdrawn_at IS NULL)
OR EXISTS (
    SELECT 1 FROM labeling_assignment b WHERE b.example_id = a.example_id
    AND b.person_id = a.person_id AND b.is_check AND b.state = 'submitted' AND b.id <> a.id)
FROM labeling_assignment a WHERE a.id = %s FOR UPDATE OF a
"""


def _locked(assignment: Assignment) -> tuple[Example, Assignment]:
    """Example and assignment as they are now; nobody else changes them until we are done.

    The assignment says as `answered_otherwise` whether its person has an answer to the example,
    given by another lease or by none; or by this one, unless that was taken back.
    """
    (example,) = Example.objects.raw(
        "SELECT * FROM projects_example WHERE id = %s FOR UPDATE", [assignment.example_id]
    )
    with connection.cursor() as cursor:
        cursor.execute(_AS_IT_IS, [assignment.pk])
        assignment.state, assignment.annotation_id, otherwise = cursor.fetchone()
    assignment.answered_otherwise = otherwise  # type: ignore[attr-defined]
    return example, assignment


def _end(assignment: Assignment, state: Held, **fields: object) -> None:
    ended = None if state == Held.LEASED else Now()
    Assignment.objects.filter(pk=assignment.pk).update(state=state, ended_at=ended, **fields)
    holding.count_claims([assignment.example_id])


def _someone_left(example: Example, project: Project) -> bool:
    """Whether a member who may annotate has neither answered nor skipped it."""
    done = Assignment.objects.filter(
        example=example, state__in=[Held.SUBMITTED, Held.SKIPPED]
    ).values("person_id")
    return project.members.filter(role__gte=Role.ANNOTATOR).exclude(user_id__in=done).exists()
