"""When a project will be labelled, from what is left and the pace of the last seven days."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from projects import tally
from projects.models import Project, Status

DAYS = 7
Z80 = 1.2816  # so many deviations to either side hold four in five
FARTHEST = 3650  # days: who needs longer is told so, not given a date

_LATELY = """
SELECT floor(extract(epoch FROM now() - created_at) / 86400)::int, count(*)
FROM labeling_assignment
WHERE project_id = %s AND state = 'submitted' AND NOT is_check
    AND created_at > now() - make_interval(days => %s) GROUP BY 1
"""


@dataclass(frozen=True)
class Forecast:
    """`soonest` and `latest` hold four in five; None: not within years, or not at all."""

    left: int  # answers
    a_day: float
    soonest: date | None
    latest: date | None


def of(project: Project) -> Forecast:
    left = _left(project)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, [project.pk, DAYS])
        lately = dict(cursor.fetchall())
    days = [float(lately.get(back, 0)) for back in range(DAYS)]
    pace = fmean(days)
    off = Z80 * stdev(days) / math.sqrt(DAYS)
    return Forecast(left, pace, _when(left, pace + off), _when(left, pace - off))


def _left(project: Project) -> int:
    """Answers that are still wanted."""
    waiting = tally.of(project).by_status[Status.UNLABELED]
    wanted = round(waiting * (project.overlap + project.double_share / 100))
    several = project.overlap > 1 or project.double_share
    return max(0, wanted - _begun(project)) if several else wanted


def _begun(project: Project) -> int:
    """Answers to what is not labelled yet."""
    begun = project.examples.filter(status=Status.UNLABELED, answered__gt=0)
    return int(begun.aggregate(sum=Sum("answered"))["sum"] or 0)


def _when(left: int, a_day: float) -> date | None:
    days = math.ceil(left / a_day) if a_day > 0 else FARTHEST + 1
    return timezone.localdate() + timedelta(days=days) if days <= FARTHEST else None
