"""Who waits for an example or a lease keeps none that others wait for: nobody waits in a ring."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from labeling import holding, queue
from labeling.models import Assignment, Held
from tests.cast import eventually
from tests.labeling.team import filled

pytestmark = pytest.mark.django_db(transaction=True)
WAITS_FOR_US = """
SELECT EXISTS (SELECT 1 FROM pg_locks
WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))
"""


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_US)
        return cursor.fetchone()[0]


def locked(row, **how):
    return list(type(row).objects.select_for_update(**how).filter(pk=row.pk))


def free_while_waiting(deed, held, other):
    """Whether `other` is free while the deed waits for `held`, which is locked here."""

    def do():
        try:
            deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            locked(held)
            doing = pool.submit(do)
            eventually(lambda: somebody_waits() or doing.done())
            assert not doing.done()
            free = locked(other, skip_locked=True)
        doing.result(timeout=30)
    return bool(free)


def test_two_who_come_back_at_once_wait_in_turn(project, member):
    """Their leases of the same two examples ran out, and one had them the other way round."""
    first, second = sorted(filled(project, 2), key=lambda one: one.pk)
    for ahead, one in enumerate((second, first)):
        now = timezone.now()
        Assignment.objects.create(
            project=project, example=one, person=member, ahead=bool(ahead), expires_at=now
        )
    assert free_while_waiting(lambda: queue.next_for(member, project), first, second)
    assert Assignment.objects.filter(state=Held.EXPIRED).count() == 2


def test_who_renews_or_leaves_or_is_handed_two_keeps_none_while_waiting(project, member):
    """Acts lock the leases of many, in an order of their own."""
    filled(project, 2)
    leases = [queue.next_for(member, project), queue.ahead_for(member, project)]
    deeds = {
        "renew": lambda: holding.renew(leases[0]),
        "leave": lambda: holding.leave(leases[0]),
        "hand out": lambda: holding.hand_out(leases, has=()),
    }
    for held, other in (leases, reversed(leases)):
        for name, deed in deeds.items():
            holding.renew(leases[0])
            assert free_while_waiting(deed, held, other), name
