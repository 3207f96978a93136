"""A person's own work: how often they were right lately, and what came back to them."""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.problems import Conflict
from labeling import answering
from labeling.models import Assignment, Held, Notice, NoticeKind
from projects.models import Project

LOOKED_AT = 500  # of their newest answers
RETURNED = 20
NEWEST = 20

# Their newest answers to what others answered too, or a reviewer settled, and whether they say
# what counts now.
_STREAK = """
SELECT n.answer = e.gold FROM (
    SELECT id, annotation_id, example_id FROM labeling_assignment
    WHERE project_id = %s AND person_id = %s AND state = 'submitted' AND NOT is_check
    ORDER BY id DESC LIMIT %s
) a JOIN projects_annotation n ON n.id = a.annotation_id
JOIN projects_example e ON e.id = a.example_id
WHERE e.gold IS NOT NULL AND (e.answered >= 2 OR EXISTS (
    SELECT 1 FROM projects_annotation r
    WHERE r.example_id = e.id AND r.source = 'review' AND r.withdrawn_at IS NULL))
ORDER BY a.id DESC
"""


@dataclass(frozen=True)
class Streak:
    """Of their newest answers that can be judged, so many count, and so many without a break."""

    judged: int
    right: int
    row: int

    @property
    def share(self) -> float | None:
        return self.right / self.judged if self.judged else None


def streak(project: Project, person: User) -> Streak:
    with connection.cursor() as cursor:
        cursor.execute(_STREAK, [project.pk, person.pk, LOOKED_AT])
        right = [row[0] for row in cursor.fetchall()]
    row = right.index(False) if False in right else len(right)
    return Streak(len(right), sum(right), row)


def answered(project: Project, person: User) -> list[Assignment]:
    """Their newest answers and skips, each of which can be brought back to the desk.

    Which of them were checks is told to nobody: those cannot be brought back, and are not here.
    """
    done = Assignment.objects.filter(
        project=project, person=person, state__in=[Held.SUBMITTED, Held.SKIPPED], is_check=False
    )
    newest = done.select_related("example", "annotation").order_by("-id")[:NEWEST]
    return [one for one in newest if one.annotation is None or one.annotation.withdrawn_at is None]


def bring_back(assignment: Assignment) -> None:
    """One of those is on the desk again. Raises Conflict where it cannot be."""
    if assignment.is_check:
        raise Conflict(_("This can no longer be undone."))
    answering.undo(assignment)


def returned(project: Project, person: User) -> list[Notice]:
    """What reviewers sent back to them, the newest first."""
    back = Notice.objects.filter(person=person, project=project, kind=NoticeKind.BACK)
    return list(back.select_related("by", "comment", "example").order_by("-id")[:RETURNED])
