"""Who labels in a project, how much, how quickly, and how far others agree with them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import User
from labeling.checks import Result
from projects.models import Project, Role

PACE_OF = 200  # the newest answers of a person, of which the median time is taken
SHARED = 5000  # the newest examples that several people answered
DAYS = 30
MOST_MAKERS = 30


def may_label(person: User, project: Project) -> bool:
    """Whether they are a member who may answer."""
    return project.members.filter(user=person, role__gte=Role.ANNOTATOR).exists()


@dataclass(frozen=True)
class Work:
    """What one person did at the desk. Answers that were taken back do not count."""

    email: str
    answers: int
    today: int
    week: int
    skipped: int
    seconds: float | None  # the median of the newest PACE_OF answers
    shown: Result  # suggestions that they saw, and how often they said the same
    hidden: Result  # suggestions that were hidden from them
    checks: Result
    same: Result  # of what others answered too: how often they said the same
    last: datetime | None
    here: bool = True  # still a member


# One pass over the leases of a project; whoever may label is there, with or without any.
_WORK = """
WITH did AS (
    SELECT person_id, count(*) FILTER (WHERE done) AS answers,
        count(*) FILTER (WHERE done AND at >= %(today)s) AS today,
        count(*) FILTER (WHERE done AND at >= %(week)s) AS week,
        count(*) FILTER (WHERE state = 'skipped') AS skipped,
        count(*) FILTER (WHERE beside = 'shown') AS shown,
        count(*) FILTER (WHERE beside = 'shown' AND accepted) AS accepted,
        count(*) FILTER (WHERE beside = 'hidden') AS hidden,
        count(*) FILTER (WHERE beside = 'hidden' AND accepted) AS alike,
        count(*) FILTER (WHERE beside = 'check') AS checks,
        count(*) FILTER (WHERE beside = 'check' AND accepted) AS checks_right,
        max(CASE WHEN state IN ('submitted', 'skipped') THEN at ELSE created_at END) AS last
    FROM (
        SELECT person_id, state, accepted, created_at, coalesce(ended_at, created_at) AS at,
            state = 'submitted' AND NOT is_check AS done,
            CASE WHEN state <> 'submitted' OR accepted IS NULL THEN ''
                WHEN is_check THEN 'check' WHEN hidden THEN 'hidden' ELSE 'shown' END AS beside
        FROM labeling_assignment
        WHERE project_id = %(project)s AND (%(person)s::uuid IS NULL OR person_id = %(person)s)
    ) leases GROUP BY 1
), members AS (
    SELECT user_id FROM projects_member
    WHERE project_id = %(project)s AND role >= %(role)s
        AND (%(person)s::uuid IS NULL OR user_id = %(person)s)
)
SELECT u.id, u.email, answers, today, week, skipped, shown, accepted, hidden, alike, checks,
    checks_right, last, members.user_id IS NOT NULL
FROM did FULL JOIN members ON members.user_id = did.person_id
JOIN accounts_user u ON u.id = coalesce(did.person_id, members.user_id)
ORDER BY answers DESC NULLS LAST, u.email
"""

_SECONDS = """
SELECT p.id, (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lately.duration_ms) / 1000 FROM (
        SELECT n.duration_ms FROM labeling_assignment a
        JOIN projects_annotation n ON n.id = a.annotation_id
        WHERE a.project_id = %s AND a.person_id = p.id AND a.state = 'submitted'
            AND NOT a.is_check AND n.duration_ms IS NOT NULL
        ORDER BY a.id DESC LIMIT %s
    ) lately
) FROM unnest(%s::uuid[]) AS p(id)
"""

# Each answer with each that someone else gave to the same example.
_SAME = """
SELECT n.author_id, count(*), count(*) FILTER (WHERE n.answer = o.answer) FROM (
    SELECT id FROM projects_example
    WHERE project_id = %s AND answered >= 2 AND deleted_at IS NULL ORDER BY id DESC LIMIT %s
) e JOIN projects_annotation n ON n.example_id = e.id
    AND n.source = 'person' AND n.withdrawn_at IS NULL AND n.author_id = ANY(%s::uuid[])
JOIN projects_annotation o ON o.example_id = e.id
    AND o.source = 'person' AND o.withdrawn_at IS NULL AND o.author_id <> n.author_id
GROUP BY 1
"""


def work(project: Project, person: User | None = None) -> list[Work]:
    """What everybody did, or one person. Three statements, however many people there are."""
    day = _midnight()
    asked = {
        "project": project.pk,
        "today": day,
        "week": day - timedelta(days=day.weekday()),
        "person": person.pk if person else None,
        "role": Role.ANNOTATOR,
    }
    rows = _asked(_WORK, asked)
    people = [row[0] for row in rows]
    seconds = dict(_asked(_SECONDS, [project.pk, PACE_OF, people])) if people else {}
    same = {of: Result(*kept) for of, *kept in _asked(_SAME, [project.pk, SHARED, people])}
    return [_work(row, seconds.get(row[0]), same.get(row[0], Result())) for row in rows]


def _work(row: tuple[Any, ...], seconds: float | None, same: Result) -> Work:
    _id, email, *counts, last, here = row
    answers, today, week, skipped, *judged = [count or 0 for count in counts]
    shown, hidden, checks = (Result(*judged[at : at + 2]) for at in (0, 2, 4))
    return Work(
        email, answers, today, week, skipped, seconds, shown, hidden, checks, same, last, here
    )


@dataclass(frozen=True)
class Maker:
    """How often people said the same as one maker of suggestions."""

    kind: str  # “version”, “instant”, “dictionary”, “rule”, “hint”
    which: str  # the id of a version; else empty, since a generation lives for seconds
    shown: Result
    hidden: Result


_MAKERS = """
SELECT split_part(suggested_by, ':', 1),
    CASE WHEN suggested_by LIKE 'version:%%' THEN split_part(suggested_by, ':', 2) ELSE '' END,
    count(*) FILTER (WHERE NOT hidden),
    count(*) FILTER (WHERE NOT hidden AND accepted), count(*) FILTER (WHERE hidden),
    count(*) FILTER (WHERE hidden AND accepted)
FROM labeling_assignment
WHERE project_id = %s AND state = 'submitted' AND accepted IS NOT NULL AND suggested_by <> ''
GROUP BY 1, 2 ORDER BY 1, 2 DESC LIMIT %s
"""


def makers(project: Project) -> list[Maker]:
    return [
        Maker(kind, which, Result(shown, same), Result(hidden, alike))
        for kind, which, shown, same, hidden, alike in _asked(_MAKERS, [project.pk, MOST_MAKERS])
    ]


# Ids sort by the time of their birth, so the newest leases are one stretch of the index. What was
# fetched before it was answered begins a little earlier.
EARLIER = timedelta(days=1)
_BY_DAY = """
SELECT (coalesce(ended_at, created_at) AT TIME ZONE %s)::date, count(*) FROM labeling_assignment
WHERE project_id = %s AND id >= %s AND state = 'submitted' AND NOT is_check
    AND (%s::uuid IS NULL OR person_id = %s) GROUP BY 1
"""


def by_day(
    project: Project, person: User | None = None, days: int = DAYS
) -> list[tuple[date, int]]:
    """Answers at the desk on each of the last days, today last."""
    today = _midnight()
    since = born(today - timedelta(days=days - 1) - EARLIER)
    zone, who = timezone.get_current_timezone_name(), person.pk if person else None
    counts = dict(_asked(_BY_DAY, [zone, project.pk, since, who, who]))
    dates = [(today - timedelta(days=back)).date() for back in range(days - 1, -1, -1)]
    return [(one, counts.get(one, 0)) for one in dates]


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def born(moment: datetime) -> UUID:
    """The least id that something born then can have."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def _asked(statement: str, given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
