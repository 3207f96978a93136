"""How many examples a project has, by status and label: kept by the database, never recounted.

Each statement that changes examples leaves the differences as new rows (triggers of migration
0005), so that people who label at once never wait for one another's count. `fold` adds the rows
up now and then; the sum is exact before and after.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum

from projects.models import Project, Status, Tally

FIRST_MODEL = 40  # labelled examples, from which a first model is worth its minutes
FOLD_FROM = 50  # rows of a project, below which adding up is not worth it


@dataclass(frozen=True)
class Counts:
    """Examples by status, and those with a gold answer by the label that it names."""

    by_status: dict[str, int]
    by_label: dict[str, int]

    @property
    def examples(self) -> int:
        return sum(self.by_status.values())

    @property
    def gold(self) -> int:
        return sum(self.by_label.values())


def of(project: Project) -> Counts:
    """Exact at once."""
    statuses: Counter[str] = Counter({status.value: 0 for status in Status})
    labels: Counter[str] = Counter(dict.fromkeys(project.label_names, 0))
    rows = Tally.objects.filter(project=project).order_by().values_list("status", "label")
    for status, label, count in rows.annotate(Sum("count")):
        statuses[status] += count
        if label is not None:
            labels[label] += count
    return Counts(dict(statuses), dict(labels))


def fold() -> None:
    """Add up the rows of projects that have many of them."""
    crowded = (
        "SELECT project_id FROM projects_tally GROUP BY project_id HAVING count(*) > %s LIMIT 500"
    )
    with connection.cursor() as cursor:
        cursor.execute(crowded, [FOLD_FROM])
        projects = [row[0] for row in cursor.fetchall()]
        for project in projects:
            with transaction.atomic():
                cursor.execute(_FOLD, [project])


_FOLD = """
WITH gone AS (DELETE FROM projects_tally WHERE project_id = %s RETURNING *)
INSERT INTO projects_tally (project_id, status, label, count)
SELECT project_id, status, label, sum(count) FROM gone
GROUP BY project_id, status, label HAVING sum(count) <> 0
"""
