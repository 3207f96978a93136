"""What a person holds of the queue, and until when: leases."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from labeling import pace
from labeling.models import Assignment, Held
from projects.models import Annotation, AnnotationSource, Example, Project

# Whoever closed the desk may come back at once, and finds the same example.
LEAVING = timedelta(seconds=60)


def held(person: User, project: Project) -> Assignment | None:
    """What the person is on now, if anything. Leases nothing."""
    theirs = Assignment.objects.select_related("example", "example__suggestion").filter(
        person=person, project=project, state=Held.LEASED, ahead=False, expires_at__gt=Now()
    )
    theirs = theirs.filter(~_answered_otherwise(), example__set_aside=False)
    return theirs.filter(example__deleted_at=None).first()


def _answered_otherwise() -> Exists:
    """Whether who holds a lease gave an answer by another way meanwhile, such as in bulk."""
    said = Annotation.objects.filter(example=OuterRef("example"), author=OuterRef("person"))
    return Exists(said.filter(source=AnnotationSource.PERSON, withdrawn_at=None))


def renew(assignment: Assignment) -> None:
    """The page has what they hold, or they are still at work: it is theirs for a whole lease."""
    until = timezone.now() + pace.lease(assignment.project)
    _end_at(until, _both(assignment))


def leave(assignment: Assignment) -> None:
    """The desk was closed: what they hold is free soon, unless they are back before."""
    until = timezone.now() + LEAVING
    _end_at(until, _both(assignment).filter(expires_at__gt=until))


def fetched_ahead(assignment: Assignment) -> list[Assignment]:
    """What its person was to see after it, whatever its time: nothing ends by looking."""
    return list(_both(assignment).filter(ahead=True))


def hand_out(leases: list[Assignment], has: Collection[str]) -> list[Assignment]:
    """To a page that says which it has; gives those that it lacks.

    These are theirs for long enough that the page can say that they came; there may be none any
    more. The others as long at least: they are on a page that was left and opened again.
    """
    until = timezone.now() + pace.SHORTEST
    lacking = [one for one in leases if str(one.pk) not in has]
    for one in leases:
        if one in lacking or one.expires_at < until:
            Assignment.objects.filter(pk=one.pk, state=Held.LEASED).update(expires_at=until)
    return lacking


def _end_at(until: datetime, leases: QuerySet[Assignment]) -> None:
    """One after the other, in no transaction: who waits for one that an act holds keeps none."""
    for pk in list(leases.values_list("pk", flat=True)):
        leases.filter(pk=pk).update(expires_at=until)


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
    return [lease for _, lease in sorted(of(person, project).items())]


def of(person: User, project: Project) -> dict[bool, Assignment]:
    """The good leases of a person: on the desk (False) and ahead (True).

    Others end with this, so it stands in a transaction.
    """
    now = timezone.now()
    good: dict[bool, Assignment] = {}
    over: list[UUID] = []
    theirs = Assignment.objects.select_related("example").annotate(done=_answered_otherwise())
    for one in theirs.filter(person=person, project=project, state=Held.LEASED):
        gone = one.example.set_aside or one.example.deleted_at is not None
        if one.expires_at > now and not gone and not one.done:
            good[one.ahead] = one
        else:
            over.append(one.pk)
    if over:  # at once, for so their examples are locked in the order of all
        expire_among(Assignment.objects.filter(pk__in=over), wait=True)
    return good


def count_claims(examples: list[UUID]) -> None:
    """Counted anew rather than subtracted, so that nothing can drift."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE projects_example e SET claims = (SELECT count(*) FROM labeling_assignment a "
            "WHERE a.example_id = e.id AND a.state = 'leased') WHERE e.id = ANY(%s)",
            [examples],
        )


def expire_among(among: QuerySet[Assignment], *, wait: bool = False) -> int:
    """Take back leases that ran out; examples that are busy right now are left for later.

    Told to `wait`, all of them, whatever their time. Gives how many examples are free of them.
    """
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
        expire_among(Assignment.objects.all())
    gone = Q(example__set_aside=True) | Q(example__deleted_at__isnull=False)
    with transaction.atomic():
        expire_among(Assignment.objects.filter(gone), wait=True)


# In each process by itself: when it last took back what had run out in a project.
_looked: dict[UUID, float] = {}
LOOK_SECONDS = 1.0


def time_to_look(project: Project) -> bool:
    """Whether this process may look again for what ran out: a busy project is not searched anew
    for each example."""
    now = time.monotonic()
    if now - _looked.get(project.pk, 0.0) < LOOK_SECONDS:
        return False
    if len(_looked) > 1000:
        _looked.clear()
    _looked[project.pk] = now
    return True
