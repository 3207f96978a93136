"""Where the next example is looked for: one pool after the other, each a question to the index.

Where examples wait for several people, a person goes on in a pool from where they were last, and
begins again at its start where nothing is left behind it, or now and then: so nobody walks over all
that they answered already, and what someone gave back is found again.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from labeling import reasons
from labeling.models import Candidate
from projects.models import Example, Order, Project

# One lease in five serves a random test example, so that the protected set gets its labels.
TEST_SHARE = 0.2
# One in four goes to what is probably mislabelled, while there is any.
RECHECK_SHARE = 0.25
# One in thirty goes to what has waited the longest: no order leaves anything behind for ever.
AGE_SHARE = 1 / 30
FROM_THE_START = 0.1
FRONT = 100
PASSED_OVER = 20  # of a person's last leases, among which the last one of a pool is looked for


@dataclass(frozen=True)
class Pool:
    """Some examples in an order; `along` is the column by which a person goes on."""

    reason: str
    where: str
    order: str
    joined: str = ""
    along: str = ""
    test: bool | None = None
    whose: str = "(e.assignee_id IS NULL OR e.assignee_id = %(person)s)"
    free: str = "e.answered + e.claims < {wanted}"
    within: str = "e.project_id = %(project)s"
    # They are asked again though they skipped it: somebody wants it of them.
    again: bool = False


# By id: a range of one project, for with an equality the database would walk over all projects'
# examples in their order (see projects/leafing.py).
_BY_ID = "e.project_id, e.id"
_ONE_PROJECT = "e.project_id BETWEEN %(project)s AND %(project)s"
_BY_PLACE = "e.priority DESC, e.place"
_WAITING = "e.status = 'unlabeled' AND e.is_test = {test}"
_TURN = f"{_WAITING} AND e.priority < {FRONT}"
# A pool with a table of its own is walked in that table's order, each example looked up by its key:
# its project says nothing new, and would tempt the database to walk over all examples.
_KEYED = "true"
FEEDBACK = Pool(
    reasons.FEEDBACK,
    f"e.status = 'unlabeled' AND e.priority >= {FRONT}",
    "e.is_test, e.priority DESC, e.place",
)
ASSIGNED = Pool(
    reasons.ASSIGNED,
    "e.status = 'unlabeled' AND NOT e.set_aside",
    "e.place",
    whose="e.assignee_id = %(person)s",
    again=True,
)
# What a reviewer sent back to them, though others' answers settle it.
SENT_BACK = Pool(
    reasons.ASSIGNED,
    """e.status IN ('labeled', 'review') AND EXISTS (
        SELECT 1 FROM labeling_notice b WHERE b.example_id = e.id AND b.person_id = %(person)s
        AND b.kind = 'back' OFFSET 0)""",
    "e.place",
    whose="e.assignee_id = %(person)s",
    free="true",
)
CANDIDATES = Pool(
    reasons.NEXT,
    "e.status = 'unlabeled' AND NOT e.is_test",
    "c.rank",
    joined="JOIN labeling_candidate c ON c.example_id = e.id AND c.project_id = %(project)s",
    within=_KEYED,
)
SHUFFLED = Pool(reasons.NEXT, _TURN, _BY_PLACE, along="place", test=False)
IN_ORDER = Pool(
    reasons.IN_ORDER,
    "e.status = 'unlabeled' AND NOT e.is_test",
    _BY_ID,
    along="id",
    test=False,
    within=_ONE_PROJECT,
)
TEST = Pool(reasons.TEST, _TURN, _BY_PLACE, along="place", test=True)
DIFFERING = Pool(
    reasons.DIFFER,
    "e.status = 'unlabeled' AND e.dissent > 0 AND NOT e.set_aside",
    _BY_ID,
    within=_ONE_PROJECT,
)
# Among the oldest few, so that it costs the same however many there are.
WAITING = Pool(
    reasons.WAITS,
    "NOT e.is_test AND e.answered = 0 AND e.id = ANY(ARRAY(SELECT id FROM projects_example"
    " WHERE project_id = %(project)s AND status = 'unlabeled' ORDER BY id LIMIT 100))",
    "e.id",
)
SKIPPED = Pool(reasons.SKIPPED, "e.status = 'skipped'", _BY_ID, within=_ONE_PROJECT)
# Nobody is asked again what they settled themselves as a reviewer.
_NOT_SETTLED_BY_THEM = """NOT EXISTS (
    SELECT 1 FROM projects_annotation r WHERE r.example_id = e.id AND r.author_id = %(person)s
    AND r.source = 'review' AND r.withdrawn_at IS NULL OFFSET 0)"""
RECHECKS = Pool(
    reasons.RECHECK,
    "e.status = 'labeled' AND c.settled_at IS NULL AND e.claims = 0 AND " + _NOT_SETTLED_BY_THEM,
    "c.doubt DESC",
    joined="JOIN labeling_recheck c ON c.example_id = e.id AND c.project_id = %(project)s",
    within=_KEYED,
    free="true",
)
# Whose answer was masked nobody could give it, though somebody brought the example back.
CHECKS = Pool(
    reasons.NEXT,
    "NOT e.set_aside AND e.deleted_at IS NULL AND c.retired_at IS NULL AND e.gold = c.answer AND "
    + _NOT_SETTLED_BY_THEM,
    "e.place",
    joined="JOIN labeling_check c ON c.example_id = e.id AND c.project_id = %(project)s",
    within=_KEYED,
    whose="true",
    free="true",
)


# Most pools are empty most of the time: one question says which, before any is looked into.
_ANY = """
SELECT EXISTS (SELECT 1 FROM projects_example WHERE project_id = %(project)s AND is_test = false
               AND priority >= {front} AND status = 'unlabeled')
    OR EXISTS (SELECT 1 FROM projects_example WHERE project_id = %(project)s AND is_test = true
               AND priority >= {front} AND status = 'unlabeled'),
    EXISTS (SELECT 1 FROM projects_example WHERE project_id = %(project)s
            AND assignee_id = %(person)s),
    EXISTS (SELECT 1 FROM labeling_recheck WHERE project_id = %(project)s AND settled_at IS NULL),
    EXISTS (SELECT 1 FROM labeling_check WHERE project_id = %(project)s AND retired_at IS NULL),
    EXISTS (SELECT 1 FROM labeling_candidate WHERE project_id = %(project)s)
"""


def in_turn(person: User, project: Project) -> Iterator[Pool]:
    """The pools in the order in which this lease looks into them, but for those that are empty."""
    with connection.cursor() as cursor:
        asked = {"project": project.pk, "person": person.pk}
        cursor.execute(_ANY.format(front=FRONT), asked)
        filled = cursor.fetchone()
    pools = (FEEDBACK, ASSIGNED, RECHECKS, CHECKS, CANDIDATES)
    empty = [pool for pool, some in zip(pools, filled, strict=True) if not some]
    empty += [SENT_BACK] if ASSIGNED in empty else []
    yield from (pool for pool in _in_turn(project) if pool not in empty)


def _in_turn(project: Project) -> Iterator[Pool]:
    yield FEEDBACK
    yield ASSIGNED
    yield SENT_BACK
    if project.overlap + bool(project.double_share) > 2:  # else two who differ are for a reviewer
        yield DIFFERING
    if random.random() < project.check_share / 100:
        yield CHECKS
    if random.random() < RECHECK_SHARE:
        yield RECHECKS
    test, rest = _pass(TEST, project), [*_rest(project)]
    yield from [*test, *rest] if random.random() < TEST_SHARE else [*rest, *test]
    yield SKIPPED
    yield RECHECKS


def _rest(project: Project) -> Iterator[Pool]:
    if project.order == Order.IN_ORDER:
        yield from _pass(IN_ORDER, project)
        return
    if random.random() < AGE_SHARE:
        yield WAITING
    if project.order == Order.SMART:
        yield CANDIDATES
    yield from _pass(SHUFFLED, project)


def _pass(pool: Pool, project: Project) -> list[Pool]:
    from_the_start = replace(pool, along="")
    alone = project.overlap == 1 and not project.double_share
    if alone or random.random() < FROM_THE_START:
        return [from_the_start]
    return [pool, from_the_start]


# OFFSET keeps these questions apart, asked of one example after another until one is free: joined,
# as the database likes it in a project of which it knows little, all examples were asked first.

# Whoever answered it, skipped it or is on it does not get it again; but they do where their answer
# was taken back for them, because its label is gone. A check is met once whatever became of it.
# `claims` and the rest change in the same statement, so that a row that was picked is taken.
_PICK = """
UPDATE projects_example SET claims = claims + 1,
    status = CASE WHEN status = 'skipped' THEN 'unlabeled' ELSE status END
WHERE id = (
    SELECT e.id FROM projects_example e {joined}
    WHERE {within} AND {where} AND {free} AND {whose} {behind}
      AND NOT EXISTS (
        SELECT 1 FROM labeling_assignment a
        LEFT JOIN projects_annotation w ON w.id = a.annotation_id
        WHERE a.example_id = e.id AND a.person_id = %(person)s
        AND (a.state IN ({seen})
            OR a.state = 'submitted' AND (a.is_check OR w.withdrawn_at IS NULL)) OFFSET 0)
      AND NOT EXISTS (
        SELECT 1 FROM projects_annotation n WHERE n.example_id = e.id AND n.author_id = %(person)s
        AND n.source = 'person' AND n.withdrawn_at IS NULL OFFSET 0)
    ORDER BY {order} LIMIT 1
    FOR UPDATE OF e {others}
) RETURNING *
"""
# Where the person was last in this pool, if that was lately.
_BEHIND = """
AND e.priority = 0 AND e.{along} > (
    SELECT was.{along} FROM (
        SELECT example_id FROM labeling_assignment
        WHERE project_id = %(project)s AND person_id = %(person)s ORDER BY id DESC LIMIT {over}
    ) lately JOIN projects_example was ON was.id = lately.example_id
    WHERE was.is_test = {test} AND was.priority = 0 LIMIT 1)
"""
_WANTED = "%(overlap)s + (mod(abs(e.place::bigint), 100) < %(double)s)::int"


def pick(pool: Pool, person: User, project: Project, *, patient: bool = False) -> Example | None:
    """Take the first free example of a pool for a person; others step over it from now on.

    What somebody has at hand just now is stepped over, or waited for if one is `patient`.
    """
    wanted = _WANTED if project.double_share else "%(overlap)s"
    test = "true" if pool.test else "false"
    behind = _BEHIND.format(along=pool.along, test=test, over=PASSED_OVER) if pool.along else ""
    asked: dict[str, Any] = {
        "project": project.pk,
        "person": person.pk,
        "overlap": project.overlap,
        "double": project.double_share,
    }
    question = _PICK.format(
        joined=pool.joined,
        within=pool.within,
        where=pool.where.format(test=test),
        free=pool.free.format(wanted=wanted),
        whose=pool.whose,
        behind=behind,
        order=pool.order,
        seen="'leased'" if pool.again else "'leased', 'skipped'",
        others="" if patient else "SKIP LOCKED",
    )
    for example in Example.objects.raw(question, asked):
        return example
    return None


def as_others(project: Project) -> str:
    """The reason that a check gives: one that other examples give just now, too."""
    if project.order == Order.IN_ORDER:
        return reasons.IN_ORDER
    smart = project.order == Order.SMART and Candidate.objects.filter(project=project).exists()
    return reasons.FAR if smart else reasons.NEXT


def why(example: UUID) -> tuple[str, dict[str, Any]]:
    """What the instant model said of a candidate, as a reason and the values that stand in it."""
    said = Candidate.objects.filter(pk=example).values_list("reason", "values").first()
    if said is None:
        return reasons.NEXT, {}
    code, values = said
    return (reasons.BY_CODE[code], values) if code in reasons.BY_CODE else (reasons.NEXT, {})
