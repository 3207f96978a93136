"""How long people need for one example, and so how long a lease lasts."""

import time
from datetime import timedelta
from uuid import UUID

from django.db import connection

from labeling.models import LEASE
from projects.models import Project

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(minutes=60)
TIMES = 20  # so many times the median: a long text, a telephone call
LOOKED_AT, ENOUGH = 200, 20  # answers
KEPT_SECONDS, MOST_KEPT = 300, 1000

_MEDIAN = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms), count(*) FROM (
    SELECT n.duration_ms FROM labeling_assignment a
    JOIN projects_annotation n ON n.id = a.annotation_id
    WHERE a.project_id = %s AND a.state = 'submitted' AND n.duration_ms IS NOT NULL
    ORDER BY a.id DESC LIMIT %s
) lately
"""


# In each process by itself: labelling goes on while no other server but the database answers.
_kept: dict[UUID, tuple[float, timedelta]] = {}


def lease(project: Project) -> timedelta:
    """From the project's own median time; before enough was answered, as projects have it."""
    until, kept = _kept.get(project.pk, (0.0, LEASE))
    if time.monotonic() > until:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        kept = _counted(project)
        _kept[project.pk] = time.monotonic() + KEPT_SECONDS, kept
    return kept


def _counted(project: Project) -> timedelta:
    with connection.cursor() as cursor:
        cursor.execute(_MEDIAN, [project.pk, LOOKED_AT])
        median, count = cursor.fetchone()
    if count < ENOUGH:
        return LEASE
    return min(LONGEST, max(SHORTEST, timedelta(milliseconds=TIMES * float(median))))
