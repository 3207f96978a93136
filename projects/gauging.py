"""How many examples a filter means: exactly where that is known or quick, else about so many."""

from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from projects import searching, tally
from projects.models import DELETED, Project
from projects.tally import Counts

MOST = 100_000  # examples that are counted one by one
PATIENCE = 500  # milliseconds


@dataclass(frozen=True)
class Gauge:
    """So many examples; `exact` is False where that is the database's estimate."""

    count: int
    exact: bool = True


def kept(project: Project, asked: searching.Asked, counts: Counts) -> Gauge | None:
    """What the counts that are kept say, if the filter is one of theirs."""
    if not asked:
        return Gauge(counts.examples)
    if asked.keys() == {"status"} and asked["status"] != DELETED:
        return Gauge(counts.by_status.get(asked["status"], 0))
    return Gauge(counts.by_label.get(asked["label"], 0)) if asked.keys() == {"label"} else None


def gauged(project: Project, asked: searching.Asked) -> Gauge:
    """Never takes long: what is not counted in half a second is estimated."""
    if (known := kept(project, asked, tally.of(project))) is not None:
        return known
    counted = _counted(project, asked)
    if counted is not None and counted <= MOST:
        return Gauge(counted)
    return Gauge(_rounded(max(_estimate(project, asked), counted or 0)), exact=False)


def _counted(project: Project, asked: searching.Asked) -> int | None:
    """At most one more than MOST; None where it would take too long."""
    some = searching.chosen(project, asked).order_by().values("pk")[: MOST + 1]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE)])
            count = some.count()
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
            return count
    except OperationalError:
        return None


def _estimate(project: Project, asked: searching.Asked) -> int:
    """As many as the database expects, of what the project has."""
    told = searching.chosen(project, asked).order_by().values("pk").explain(format="json")
    rows = told.partition('"Plan Rows":')[2].partition(",")[0].strip()
    return min(int(rows) if rows.isdigit() else 0, tally.of(project).examples)


def _rounded(count: int) -> int:
    """To three digits: more would promise what nobody knows."""
    digits = max(len(str(count)) - 3, 0)
    return round(count, -digits)
