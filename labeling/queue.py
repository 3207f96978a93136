"""Which example a person sees next. Knows nothing of models or training."""

import random
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from accounts.problems import Conflict
from labeling.models import LEASE, Assignment, Held, Suggestion
from ml import splitting
from ml.task import DataError
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Project, Role, Source, Status

# One lease in five serves a random test example, so that the protected set gets its labels.
TEST_SHARE = 0.2
FRONT = 100
REASON_HELD = "You were on this one."
REASON_TEST = "Part of the protected test set, so it comes without a suggestion."
REASON_NEXT = "Next in the shuffled order."
REASON_SKIPPED = "Others skipped this one."
REASON_FEEDBACK = "A caller's feedback brought it here."

_FREE = """
SELECT e.id FROM projects_example e
WHERE e.project_id = %(project)s AND e.status = %(status)s AND e.is_test = %(test)s
  AND e.priority >= %(front)s AND e.answered + e.claims < %(overlap)s
  AND NOT EXISTS (
    SELECT 1 FROM labeling_assignment a WHERE a.example_id = e.id AND a.person_id = %(person)s
    AND a.state IN ('submitted', 'skipped', 'leased'))
ORDER BY e.priority DESC, e.place LIMIT 1
FOR UPDATE OF e SKIP LOCKED
"""


@transaction.atomic
def next_for(person: User, project: Project) -> Assignment | None:
    """Lease the next example to a person: what they hold, feedback, a share of test, the rest.

    None when nothing is left for this person. Two people never get the same example beyond
    `overlap`: the row is locked while it is claimed, and others step over locked rows.
    """
    _one_at_a_time(person, project)
    held = _held(person, project)
    if held is not None:
        return held
    _expire(Assignment.objects.filter(project=project, person=person), wait=True)
    _expire(Assignment.objects.filter(project=project))
    for status, test, front, reason in _in_turn():
        example = _free(person, project, status=status, test=test, front=front)
        if example is not None:
            return _lease(example, person, _reason(example, reason))
    return None


def _in_turn() -> list[tuple[str, bool, int, str]]:
    """The places to look in, in order."""
    rest = (Status.UNLABELED, False, -FRONT, REASON_NEXT)
    test = (Status.UNLABELED, True, -FRONT, REASON_TEST)
    turn = [test, rest] if random.random() < TEST_SHARE else [rest, test]
    return [
        (Status.UNLABELED, False, FRONT, REASON_FEEDBACK),
        (Status.UNLABELED, True, FRONT, REASON_FEEDBACK),
        *turn,
        (Status.SKIPPED, False, -FRONT, REASON_SKIPPED),
        (Status.SKIPPED, True, -FRONT, REASON_SKIPPED),
    ]


def _one_at_a_time(person: User, project: Project) -> None:
    """The same person asking twice at once gets the same example twice, not two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{person.pk} {project.pk}"]
        )


def _held(person: User, project: Project) -> Assignment | None:
    return (
        Assignment.objects.select_related("example", "example__suggestion")
        .filter(person=person, project=project, state=Held.LEASED, expires_at__gt=Now())
        .first()
    )


def _free(person: User, project: Project, *, status: str, test: bool, front: int) -> Example | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _FREE,
            {
                "project": project.pk,
                "person": person.pk,
                "overlap": project.overlap,
                "status": status,
                "test": test,
                "front": front,
            },
        )
        row = cursor.fetchone()
    return Example.objects.select_related("suggestion").get(pk=row[0]) if row else None


def _lease(example: Example, person: User, reason: str) -> Assignment:
    assignment = Assignment.objects.create(
        project_id=example.project_id,
        example=example,
        person=person,
        reason=reason,
        expires_at=timezone.now() + LEASE,
    )
    Example.objects.filter(pk=example.pk).update(claims=F("claims") + 1, status=Status.UNLABELED)
    return assignment


def _reason(example: Example, reason: str) -> str:
    return str(example.origin.get("reason") or reason) if example.priority >= FRONT else reason


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
    if kept is None or kept.withdrawn_at is not None or kept.answer != answer:
        raise Conflict(
            "You answered this one already. Change the annotation instead of sending another."
        )
    return kept


def _refuse_if_taken(example: Example, assignment: Assignment) -> None:
    answered = example.annotations.filter(
        author=assignment.person, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    if answered.exists():
        raise Conflict("You answered this one already.")
    full = example.answered + example.claims >= assignment.project.overlap
    if full or example.status not in (Status.UNLABELED, Status.SKIPPED):
        raise Conflict(
            "Your time for this one had run out, and someone else has it now. "
            "Your answer was not needed; take the next one."
        )


@transaction.atomic
def skip(assignment: Assignment, reason: str) -> None:
    """Hide the example from this person; `skipped` once nobody is left to ask."""
    example, assignment = _locked(assignment)
    if assignment.state == Held.SUBMITTED:
        raise Conflict("You answered this one already. Take the annotation back first.")
    _end(assignment, Held.SKIPPED, skip_reason=reason)
    if not _someone_left(example, assignment.project):
        Example.objects.filter(pk=example.pk, status=Status.UNLABELED).update(status=Status.SKIPPED)


@transaction.atomic
def give_back(assignment: Assignment) -> None:
    """Return an example unanswered: it is free at once, for this person too."""
    _, assignment = _locked(assignment)
    if assignment.state == Held.LEASED:
        _end(assignment, Held.RETURNED)


@transaction.atomic
def forget(annotation: Annotation) -> None:
    """Take an answer back: the example is free again, for its author too."""
    Example.objects.select_for_update().get(pk=annotation.example_id)
    annotation.withdraw()
    Assignment.objects.filter(annotation=annotation).update(state=Held.RETURNED)
    gold.settle([annotation.example_id])


def _locked(assignment: Assignment) -> tuple[Example, Assignment]:
    """Example and assignment as they are now; nobody else changes them until we are done."""
    example = Example.objects.select_for_update().get(pk=assignment.example_id)
    locked = Assignment.objects.select_for_update(of=["self"]).select_related(
        "project", "annotation", "person"
    )
    return example, locked.get(pk=assignment.pk)


def _end(assignment: Assignment, state: Held, **fields: object) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(state=state, **fields)
    _count_claims([assignment.example_id])


def _count_claims(examples: list[UUID]) -> None:
    """Counted anew rather than subtracted, so that nothing can drift."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE projects_example e SET claims = (SELECT count(*) FROM labeling_assignment a "
            "WHERE a.example_id = e.id AND a.state = 'leased') WHERE e.id = ANY(%s)",
            [examples],
        )


def _someone_left(example: Example, project: Project) -> bool:
    """Whether a member who may annotate has neither answered nor skipped it."""
    done = Assignment.objects.filter(
        example=example, state__in=[Held.SUBMITTED, Held.SKIPPED]
    ).values("person_id")
    return project.members.filter(role__gte=Role.ANNOTATOR).exclude(user_id__in=done).exists()


def _expire(among: QuerySet[Assignment], *, wait: bool = False) -> None:
    """Take back leases that ran out; examples that are busy right now are left for later."""
    over = among.filter(state=Held.LEASED, expires_at__lte=Now())
    examples = list(
        Example.objects.select_for_update(skip_locked=not wait)
        .filter(pk__in=over.values("example_id"))
        .order_by("pk")
        .values_list("pk", flat=True)[:500]
    )
    if examples:
        over.filter(example_id__in=examples).update(state=Held.EXPIRED)
        _count_claims(examples)


@transaction.atomic
def expire() -> None:
    """The sweep over all projects."""
    _expire(Assignment.objects.all())


@transaction.atomic
def put(
    project: Project,
    data: dict[str, Any],
    *,
    reason: str,
    origin: dict[str, Any],
    answer: dict[str, Any] | None = None,
    confidence: float | None = None,
    scores: dict[str, float] | None = None,
    model_version: UUID | None = None,
) -> Example:
    """Bring data to the front of the queue, with why, and what the model said about it.

    Data that is an example already makes no second one: unlabelled, it moves to the front;
    labelled, it goes to review, and its gold stays until someone settles it.
    """
    example = _put_new(project, data, origin | {"reason": reason})
    example.priority = FRONT
    example.origin = {**example.origin, **origin, "reason": reason}
    example.disputed = example.disputed or example.gold is not None
    example.save(update_fields=["priority", "origin", "disputed"])
    if example.disputed:
        gold.settle([example.pk])
    if answer is not None and model_version is not None and not example.is_test:
        Suggestion.objects.update_or_create(
            example=example,
            defaults={
                "answer": answer,
                "confidence": confidence or 0.0,
                "scores": scores or {},
                "model_version": model_version,
            },
        )
    return example


def _put_new(project: Project, data: dict[str, Any], origin: dict[str, Any]) -> Example:
    """The example with this data, made if it is not there. Feedback never enters the test set."""
    try:
        data = project.kind.parse_data(data)
    except DataError as problem:
        raise ValueError(str(problem)) from problem
    digest = splitting.digest(data)
    Example.objects.bulk_create(
        [
            Example(
                project=project,
                data=data,
                digest=digest,
                source=Source.FEEDBACK,
                origin=origin,
                priority=FRONT,
                place=int.from_bytes(digest[:4], "big", signed=True),
            )
        ],
        ignore_conflicts=True,
    )
    return Example.objects.select_for_update().get(project=project, digest=digest)
