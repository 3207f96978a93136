"""When a project will be labelled, from what is left and the pace of the last seven days."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from django.db import connection
from django.utils import timezone

from labeling import team
from projects import tally
from projects.models import Project, Status
from projects.tally import Counts

DAYS = 7
Z80 = 1.2816  # so many deviations to either side hold four in five
FARTHEST = 3650  # days: who needs longer is told so, not given a date

_LATELY = """
SELECT floor(extract(epoch FROM now() - coalesce(ended_at, created_at)) / 86400)::int, count(*)
FROM labeling_assignment
WHERE project_id = %s AND id >= %s AND state = 'submitted' AND NOT is_check GROUP BY 1
"""


@dataclass(frozen=True)
class Forecast:
    """`soonest` and `latest` hold four in five; None: not within years, or not at all."""

    left: int  # answers
    a_day: float
    soonest: date | None
    latest: date | None


def of(project: Project) -> Forecast:
    left = answers(project, tally.of(project)).left
    since = team.born(timezone.now() - timedelta(days=DAYS) - team.EARLIER)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [project.pk, since])
        lately = dict(cursor.fetchall())
    days = [float(lately.get(back, 0)) for back in range(DAYS)]
    pace = fmean(days)
    off = Z80 * stdev(days) / math.sqrt(DAYS)
    return Forecast(left, pace, _when(left, pace + off), _when(left, pace - off))


@dataclass(frozen=True)
class Answers:
    """So many are still wanted, so many were given, of so many in all."""

    left: int
    given: int
    whole: int


def answers(project: Project, counts: Counts) -> Answers:
    """Of the share that is answered twice, as many as there are on average."""
    each = project.overlap + project.double_share / 100
    left = round(counts.by_status[Status.UNLABELED] * each) - counts.begun
    given = round(counts.by_status[Status.LABELED] * each) + counts.begun
    return Answers(max(0, left), given, round(counts.examples * each))


def _when(left: int, a_day: float) -> date | None:
    days = math.ceil(left / a_day) if a_day > 0 else FARTHEST + 1
    return timezone.localdate() + timedelta(days=days) if days <= FARTHEST else None
