"""Does one thing to all examples of a filter, piece by piece, and takes it back.

What an act means is noted first, so that it stays the same while people go on working. A piece,
what its examples were before, and how far the act has come are one transaction: a worker that
dies leaves none or all of a piece.
"""

from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts import audit
from accounts.models import User
from projects import deeds, filing, searching
from projects.deeds import NotPossible as NotPossible
from projects.leases import LEASE, LeaseLost, State
from projects.models import Act, Deed, Example, Project, Role, Touched

PIECE = 1000
AT_ONCE = 500  # examples; so few are done while the person waits
MOST_NAMED = 1000
# All that is meant is noted by one statement, which nobody can breathe in: of millions it takes
# minutes. Who dies in it is missed later.
NOTING = timedelta(minutes=10)
AT_REST = (State.DONE, State.FAILED, State.CANCELLED)
NEEDS = {
    Deed.ANNOTATE: Role.REVIEWER,
    Deed.ACCEPT: Role.REVIEWER,
    Deed.SET_ASIDE: Role.REVIEWER,
    Deed.BRING_BACK: Role.REVIEWER,
    Deed.TAG: Role.REVIEWER,
    Deed.UNTAG: Role.REVIEWER,
    Deed.REVIEW: Role.REVIEWER,
    Deed.ASSIGN: Role.MANAGER,
    Deed.MEND: Role.MANAGER,
    Deed.MASK: Role.MANAGER,
    Deed.DELETE: Role.MANAGER,
    Deed.RELABEL: Role.MANAGER,
}


def may(role: Role, deed: Deed) -> bool:
    return role >= NEEDS[deed]


def may_undo(role: Role, act: Act) -> bool:
    """Personal data that was masked is shown again by owners only."""
    return role >= (Role.OWNER if act.deed == Deed.MASK else NEEDS[Deed(act.deed)])


def begin(
    project: Project, by: User, deed: Deed, filters: dict[str, Any], value: dict[str, Any]
) -> Act:
    """A queued act; the caller rings its bell. Raises NotPossible."""
    deeds.check(project, deed, value)
    meant(project, filters)  # an unknown filter is refused before anything is queued
    act = Act.objects.create(
        project=project, created_by=by, deed=deed, filters=filters, value=value
    )
    audit.note(by, f"act: {deed}", project.pk, act=str(act.pk))
    return act


def meant(project: Project, filters: dict[str, Any]) -> QuerySet[Example]:
    """The examples of a filter, or those that are named."""
    if ids := filters.get("ids"):
        return Example.objects.filter(project=project, pk__in=ids[:MOST_NAMED])
    return searching.chosen(project, filters)


def _meant_by(act: Act) -> QuerySet[Example]:
    """Those that its deed itself looks for, else those of its filter."""
    look = deeds.WAYS[Deed(act.deed)].meant
    return look(act) if look else meant(act.project, act.filters)


def few(act: Act) -> bool:
    """Whether so little is meant that nobody needs to wait for a worker."""
    if act.total is not None:
        return act.total <= AT_ONCE
    rows = _meant_by(act).order_by().values_list("pk")[: AT_ONCE + 1]
    return len(rows) <= AT_ONCE


def undo(act: Act) -> bool:
    """Queue its way back. False if it is under way, or undone already."""
    changed = Act.objects.filter(pk=act.pk, state__in=AT_REST, undone_at=None).update(
        state=State.QUEUED, undoing=True, last=0, done=0, progress=0.0, attempts=0,
        token=F("token") + 1, queued_at=Now(), enqueued_at=None, finished_at=None,
        cancel_requested=False, error="",
    )  # fmt: skip
    act.refresh_from_db()
    return changed == 1


def may_stop(act: Act) -> bool:
    """Not while labels change: answers that are left behind would name a label that is gone."""
    return act.deed != Deed.RELABEL


def cancel(act: Act) -> None:
    """Stop. What was done until then stays, and can be undone."""
    if not may_stop(act):
        return
    Act.objects.filter(pk=act.pk, state__in=[State.QUEUED, State.RUNNING]).update(
        cancel_requested=True
    )
    Act.objects.filter(pk=act.pk, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=Now()
    )
    act.refresh_from_db()


def carry_out(act: Act) -> None:
    """Do, or undo, a claimed act to its end. Ends `done` or `cancelled`."""
    try:
        if act.total is None:
            act.write(lease_until=Now() + NOTING)
            _note(act)
        while _piece(act):
            act.refresh_from_db(fields=["cancel_requested"])
            if act.cancel_requested:
                act.finish(State.CANCELLED)
                return
        undone = {"undone_at": Now()} if act.undoing else {}
        if act.deed == Deed.MASK:
            filing.forget_all(act.project)  # they hold what was masked
        act.finish(State.DONE, progress=1.0, **undone)
    except LeaseLost:
        return  # another worker goes on behind the last whole piece


@transaction.atomic
def _note(act: Act) -> None:
    """Write down which examples it means."""
    chosen = _meant_by(act).order_by("pk").values("pk")
    sql, given = chosen.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO projects_touched (act_id, example_id) SELECT %s, pk FROM ({sql}) AS m(pk)",  # noqa: S608, E501
            [act.pk, *given],
        )
        act.total = cursor.rowcount
    act.write(total=act.total, lease_until=Now() + LEASE)


@transaction.atomic
def _piece(act: Act) -> bool:
    """The next examples. False if there are none."""
    rows = list(Touched.objects.filter(act=act, pk__gt=act.last).order_by("pk")[:PIECE])
    if not rows:
        return False
    act.changed += _undone(act, rows) if act.undoing else _done(act, rows)
    act.last, act.done = rows[-1].pk, act.done + len(rows)
    act.write(
        last=act.last,
        done=act.done,
        changed=act.changed,
        progress=act.done / max(act.total or 1, 1),
    )
    act.breathe()
    return True


def _done(act: Act, rows: list[Touched]) -> int:
    before = deeds.do(act, [row.example_id for row in rows])
    changed = [row for row in rows if row.example_id in before]
    for row in changed:
        row.before = before[row.example_id]
    Touched.objects.bulk_update(changed, ["before"], batch_size=PIECE)
    return len(changed)


def _undone(act: Act, rows: list[Touched]) -> int:
    changed = {row.example_id: row.before for row in rows if row.before is not None}
    deeds.undo(act, changed)
    Touched.objects.filter(pk__in=[row.pk for row in rows]).update(before=None)
    return -len(changed)
