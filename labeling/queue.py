"""Which example a person sees next. Knows nothing of models or training."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from labeling import holding, pace, pools, reasons, suggesting, talking
from labeling.models import Assignment, Suggestion
from labeling.pools import FRONT
from ml import splitting
from ml.task import DataError
from projects import gold, relabeling
from projects.models import Example, Project, Source

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
    held = holding.of(person, project) if holding.one_at_a_time(person, project) else {}
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
    holding.one_at_a_time(person, project)
    held = holding.of(person, project)
    if False not in held:
        return None
    return held[True] if True in held else _leased(person, project, ahead=True)


def _to_the_desk(assignment: Assignment) -> Assignment:
    assignment.ahead = False
    assignment.expires_at = timezone.now() + pace.lease(assignment.project)
    assignment.guidelines_version = assignment.project.guidelines_version
    assignment.save(update_fields=["ahead", "expires_at", "guidelines_version"])
    return assignment


def _leased(person: User, project: Project, *, ahead: bool) -> Assignment | None:
    leases = Assignment.objects.filter(project=project)
    looked = holding.time_to_look(project)
    if looked:
        holding.expire_among(leases)
    found = _found(person, project)
    if found is None and not looked and holding.expire_among(leases):
        found = _found(person, project)
    return _lease_of(found, person, project, ahead=ahead)


def _found(person: User, project: Project, *, patient: bool = False) -> Found:
    for pool in pools.in_turn(person, project):
        example = pools.pick(pool, person, project, patient=patient)
        if example is not None:
            return example, pool
    return None


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
        guidelines_version=project.guidelines_version,
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
