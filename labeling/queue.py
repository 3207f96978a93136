"""Which example a person sees next. Knows nothing of models or training."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from labeling import pace, pools, reasons, suggesting, talking
from labeling.models import Assignment, Held, Suggestion
from labeling.pools import FRONT
from ml import splitting
from ml.task import DataError
from projects import gold, relabeling
from projects.models import Example, Project, Source

# Whoever closed the desk may come back at once, and finds the same example.
LEAVING = timedelta(seconds=60)
Found = tuple[Example, pools.Pool] | None


def next_for(person: User, project: Project) -> Assignment | None:
    """Lease the next example to a person: what they hold, feedback, a share of test, the rest.

    None when nothing is left for this person. Two people never get the same example beyond
    `overlap`: the row is claimed while it is picked, and others step over locked rows. Where all
    that is left is locked, such as by who is just answering, they wait for it.
    """
    return _next(person, project) or _next(person, project, patient=True)


@transaction.atomic
def _next(person: User, project: Project, *, patient: bool = False) -> Assignment | None:
    held = _of(person, project) if one_at_a_time(person, project) else {}
    if False in held:
        return held[False]
    if True in held:
        return _to_the_desk(held[True])
    if patient:  # in a transaction that holds no other example: nobody waits for each other
        return _lease_of(_found(person, project, patient=True), person, project)
    return _leased(person, project, ahead=False)


@transaction.atomic
def ahead_for(person: User, project: Project) -> Assignment | None:
    """Lease the example after the one that the person is on, so that it can be fetched early.

    None when there is none, or when they are on none.
    """
    one_at_a_time(person, project)
    held = _of(person, project)
    if False not in held:
        return None
    return held[True] if True in held else _leased(person, project, ahead=True)


def held(person: User, project: Project) -> Assignment | None:
    """What the person is on now, if anything. Leases nothing."""
    theirs = Assignment.objects.select_related("example", "example__suggestion").filter(
        person=person, project=project, state=Held.LEASED, ahead=False, expires_at__gt=Now()
    )
    return theirs.filter(example__set_aside=False, example__deleted_at=None).first()


def renew(assignment: Assignment) -> None:
    """The person is still at work: what they hold stays theirs for a whole lease from now."""
    until = timezone.now() + pace.lease(assignment.project)
    _both(assignment).update(expires_at=until)


def leave(assignment: Assignment) -> None:
    """The desk was closed: what they hold is free soon, unless they are back before."""
    _both(assignment).filter(expires_at__gt=timezone.now() + LEAVING).update(
        expires_at=timezone.now() + LEAVING
    )


def _both(assignment: Assignment) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        person_id=assignment.person_id, project_id=assignment.project_id, state=Held.LEASED
    )


def one_at_a_time(person: User, project: Project) -> bool:
    """The same person asking twice at once gets the same example twice, not two.

    Returns whether they have a lease, be it good or not.

    And pools are read in the order of an index, never sorted, whatever the database believes of
    how many examples there are. The project is held before any example is: whoever changes it locks
    in the same order.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off; "
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)); "
            "SELECT 1 FROM projects_project WHERE id = %s FOR KEY SHARE; "
            "SELECT EXISTS (SELECT 1 FROM labeling_assignment WHERE project_id = %s "
            "AND person_id = %s AND state = 'leased')",
            [f"{person.pk} {project.pk}", project.pk, project.pk, person.pk],
        )
        while cursor.nextset():  # of several statements at once, the last one tells
            pass
        return bool(cursor.fetchone()[0])


def both(person: User, project: Project) -> list[Assignment]:
    """What the person is on, and what was fetched ahead for them."""
    return [lease for _, lease in sorted(_of(person, project).items())]


def _of(person: User, project: Project) -> dict[bool, Assignment]:
    """The leases that the person has: on the desk (False) and ahead (True). Others run out."""
    now, good = timezone.now(), {}
    theirs = Assignment.objects.select_related("example")
    for one in theirs.filter(person=person, project=project, state=Held.LEASED):
        if one.expires_at > now and not one.example.set_aside and one.example.deleted_at is None:
            good[one.ahead] = one
        else:
            _expire(Assignment.objects.filter(pk=one.pk), wait=True)
    return good


def _to_the_desk(assignment: Assignment) -> Assignment:
    assignment.ahead = False
    assignment.expires_at = timezone.now() + pace.lease(assignment.project)
    assignment.save(update_fields=["ahead", "expires_at"])
    return assignment


def _leased(person: User, project: Project, *, ahead: bool) -> Assignment | None:
    looked = _time_to_look(project)
    if looked:
        _expire(Assignment.objects.filter(project=project))
    found = _found(person, project)
    if found is None and not looked and _expire(Assignment.objects.filter(project=project)):
        found = _found(person, project)
    return _lease_of(found, person, project, ahead=ahead)


def _found(person: User, project: Project, *, patient: bool = False) -> Found:
    for pool in pools.in_turn(person, project):
        example = pools.pick(pool, person, project, patient=patient)
        if example is not None:
            return example, pool
    return None


# In each process by itself: when it last took back what had run out in a project.
_looked: dict[UUID, float] = {}
LOOK_SECONDS = 1.0


def _time_to_look(project: Project) -> bool:
    now = time.monotonic()
    if now - _looked.get(project.pk, 0.0) < LOOK_SECONDS:
        return False
    if len(_looked) > 1000:
        _looked.clear()
    _looked[project.pk] = now
    return True


def _lease_of(
    found: Found, person: User, project: Project, *, ahead: bool = False
) -> Assignment | None:
    if found is None:
        return None
    example, pool = found
    example.project = project
    reason, values = _why(example, pool, person)
    is_check = pool is pools.CHECKS
    # Nor is a second look led to what the first one said.
    alone = is_check or pool is pools.RECHECKS
    return Assignment.objects.create(
        project=project,
        example=example,
        person=person,
        reason=reason,
        reason_values=values,
        ahead=ahead,
        is_check=is_check,
        expires_at=timezone.now() + pace.lease(project),
        **({} if alone else suggesting.at_lease(example)),
    )


def _why(example: Example, pool: pools.Pool, person: User) -> tuple[str, dict[str, Any]]:
    if example.priority >= FRONT:
        return str(example.origin.get("reason") or reasons.FEEDBACK), {}
    if pool is pools.CANDIDATES:
        return pools.why(example.pk)
    if pool is pools.CHECKS:
        return pools.as_others(example.project), {}
    if pool in (pools.ASSIGNED, pools.SENT_BACK):
        return talking.sent_back(example, person)
    if pool.reason == reasons.NEXT and example.answered:
        return reasons.SECOND, {}
    return pool.reason, {}


def count_claims(examples: list[UUID]) -> None:
    """Counted anew rather than subtracted, so that nothing can drift."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE projects_example e SET claims = (SELECT count(*) FROM labeling_assignment a "
            "WHERE a.example_id = e.id AND a.state = 'leased') WHERE e.id = ANY(%s)",
            [examples],
        )


def _expire(among: QuerySet[Assignment], *, wait: bool = False) -> int:
    """Take back leases that ran out; examples that are busy right now are left for later."""
    over = among.filter(state=Held.LEASED)
    if not wait:
        over = over.filter(expires_at__lte=Now())
    late = list(over.values_list("example_id", flat=True)[:500])
    if not late:
        return 0
    examples = list(
        Example.objects.select_for_update(skip_locked=not wait)
        .filter(pk__in=late)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    over.filter(example_id__in=examples).update(state=Held.EXPIRED, ended_at=Now())
    count_claims(examples)
    return len(examples)


def expire() -> None:
    """The sweep over all projects: what ran out, and what nobody is to label any more.

    One after the other: who waits for an example holds none.
    """
    with transaction.atomic():
        _expire(Assignment.objects.all())
    gone = Q(example__set_aside=True) | Q(example__deleted_at__isnull=False)
    with transaction.atomic():
        _expire(Assignment.objects.filter(gone), wait=True)


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
    relabeling.hold(project)
    example = _put_new(project, data, origin | {"reason": reason})
    example.priority = FRONT
    example.origin = {**example.origin, **origin, "reason": reason}
    example.disputed = example.disputed or example.gold is not None
    deleted, example.deleted_at = example.deleted_at, None  # callers ask about it: it is wanted
    example.save(update_fields=["priority", "origin", "disputed", "deleted_at"])
    if example.disputed or deleted:
        gold.settle([example.pk])
    if answer is not None and model_version is not None and not example.is_test:
        Suggestion.objects.update_or_create(
            example=example,
            defaults={
                "answer": answer,
                "confidence": confidence or 0.0,
                "scores": scores or {},
                "model_version": model_version,
                "fed_back": True,
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
