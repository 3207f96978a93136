"""Which example a person sees next. Knows nothing of models or training."""

import random
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import User
from labeling.models import LEASE, Assignment, Held, Suggestion
from ml import splitting
from ml.task import DataError
from projects import gold
from projects.models import Example, Project, Source, Status

# One lease in five serves a random test example, so that the protected set gets its labels.
TEST_SHARE = 0.2
FRONT = 100
REASON_TEST = _("Part of the protected test set, so it comes without a suggestion.")
REASON_NEXT = _("Next in the shuffled order.")
REASON_SKIPPED = _("Others skipped this one.")
REASON_FEEDBACK = _("A caller's feedback brought it here.")

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
    one_at_a_time(person, project)
    kept = held(person, project)
    if kept is not None:
        return kept
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


def one_at_a_time(person: User, project: Project) -> None:
    """The same person asking twice at once gets the same example twice, not two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{person.pk} {project.pk}"]
        )


def held(person: User, project: Project) -> Assignment | None:
    """What the person is on now, if anything. Leases nothing."""
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


def count_claims(examples: list[UUID]) -> None:
    """Counted anew rather than subtracted, so that nothing can drift."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE projects_example e SET claims = (SELECT count(*) FROM labeling_assignment a "
            "WHERE a.example_id = e.id AND a.state = 'leased') WHERE e.id = ANY(%s)",
            [examples],
        )


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
        count_claims(examples)


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


@transaction.atomic
def calm(example: Example) -> None:
    """Undo a `put`: out of the front and of review. What people answered since then stays."""
    example = Example.objects.select_for_update().get(pk=example.pk)
    example.priority, example.disputed = 0, False
    example.save(update_fields=["priority", "disputed"])
    gold.settle([example.pk])


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
