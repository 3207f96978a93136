"""How many examples a project has, by status and label: kept by the database, never recounted.

Each statement that changes examples leaves the differences as new rows (triggers of migrations
0005, 0011 and 0019), so that people who label at once never wait for one another's count. `fold`
adds the rows up now and then; the sum is exact before and after.
"""

from collections import Counter
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum

from projects.models import DELETED, Project, Status, Tally

OF_SEVERAL = ""  # the status of rows that count labels of answers with several
BEGUN = "begun"  # the status of rows that count answers to what still waits for more of them
FIRST_MODEL = 40  # labelled examples, from which a first model is worth its minutes
FOLD_FROM = 50  # rows of a project, below which adding up is not worth it


@dataclass(frozen=True)
class Counts:
    """Examples by status, and those with a gold answer by the label that it names.

    `begun` are answers, to examples that wait for more of them.
    """

    by_status: dict[str, int]
    by_label: dict[str, int]
    gold: int
    begun: int = 0

    @property
    def examples(self) -> int:
        return sum(self.by_status.values())


def of(project: Project) -> Counts:
    """Exact at once."""
    statuses: Counter[str] = Counter({status.value: 0 for status in Status})
    labels: Counter[str] = Counter(dict.fromkeys(project.label_names, 0))
    gold = begun = 0
    kept = Tally.objects.filter(project=project).exclude(status=DELETED).order_by()
    for status, label, count in kept.values_list("status", "label").annotate(Sum("count")):
        if status == BEGUN:
            begun += count
            continue
        if label:  # one label, or one of several
            labels[label] += count
        if status != OF_SEVERAL:
            statuses[status] += count
            gold += count if label is not None else 0
    here = set(project.label_names)  # rows of a label that is gone may still add up to nothing
    counted = {label: count for label, count in labels.items() if count or label in here}
    return Counts(dict(statuses), counted, gold, begun)


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
