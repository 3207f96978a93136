"""Known-answer checks: examples with a settled answer, mixed into the queue to measure people."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.problems import Conflict
from labeling.models import Assignment, Check
from ml.measuring import wilson
from projects.models import Annotation, AnnotationSource, Example, Project

DRAWN, SIZE = 20, 50
LOOKED_AT = 20_000  # settlements, of which some are drawn


def settled(example: Example) -> bool:
    """Whether its answer is certain enough: a reviewer's, or an import's that is final."""
    if example.gold is None or example.disputed or example.set_aside or example.deleted_at:
        return False
    said = example.annotations.filter(withdrawn_at=None, answer=example.gold, hint=False)
    return said.filter(source__in=[AnnotationSource.REVIEW, AnnotationSource.IMPORT]).exists()


def on(example: Example) -> Check | None:
    """The check that is in force on it."""
    return Check.objects.filter(example=example, retired_at=None).first()


@transaction.atomic
def make(example: Example, by: User) -> Check:
    """From now on people meet it; one that was retired comes back with the answer of today."""
    example = Example.objects.select_for_update().get(pk=example.pk)
    if not settled(example):
        raise Conflict(_("Only an answer that a reviewer settled, or a final import, can check."))
    fresh = {"answer": example.gold, "created_by": by, "retired_at": None}
    check, _new = Check.objects.update_or_create(
        example=example, defaults={**fresh, "project_id": example.project_id}
    )
    audit.note(by, "check made", example.project_id, example=str(example.pk))
    return check


def retire(check: Check, by: User) -> None:
    """Nobody meets it any more; what people answered stays counted."""
    Check.objects.filter(pk=check.pk, retired_at=None).update(retired_at=timezone.now())
    audit.note(by, "check retired", check.project_id, example=str(check.example_id))


def follow(example: Example) -> None:
    """Settled anew, or not settled any more: nobody is measured by the answer of before."""
    check = on(example)
    if check is None:
        return
    example.refresh_from_db()
    if not settled(example):
        Check.objects.filter(pk=check.pk).update(retired_at=timezone.now())
    elif example.gold != check.answer:
        Check.objects.filter(pk=check.pk).update(answer=example.gold)
        met = Assignment.objects.filter(example=example, is_check=True, annotation__isnull=False)
        right = met.filter(annotation__answer=example.gold).values_list("pk", flat=True)
        met.update(accepted=Q(pk__in=list(right)))


@transaction.atomic
def draw(project: Project, by: User, count: int = DRAWN) -> int:
    """Make checks of some whose answer is settled, drawn at random, those that the fewest people
    answered first: nobody meets what they answered. Returns how many."""
    final = Annotation.objects.filter(
        example__project=project, withdrawn_at=None, hint=False,
        source__in=[AnnotationSource.REVIEW, AnnotationSource.IMPORT],
    )  # fmt: skip
    newest = final.order_by("-id").values("example_id")[:LOOKED_AT]
    free = Example.objects.filter(
        pk__in=newest, check_of=None, gold__isnull=False, disputed=False, set_aside=False,
        deleted_at=None,
    )  # fmt: skip
    said = final.filter(example=OuterRef("pk"), answer=OuterRef("gold"))
    free = free.filter(Exists(said))
    drawn = list(free.order_by("answered", "?")[:count])
    made = [Check(example=one, project=project, answer=one.gold, created_by=by) for one in drawn]
    Check.objects.bulk_create(made, ignore_conflicts=True)
    audit.note(by, "checks drawn", project.pk, count=len(made))
    return len(made)


@dataclass(frozen=True)
class Result:
    """How people did: of so many who met it, so many were right, and the 95 % interval."""

    met: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        return self.right / self.met if self.met else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.met)


# By the index of who saw an example: there are few checks, and many leases.
_RESULTS = """
SELECT a.{by}, count(*), count(*) FILTER (WHERE a.accepted)
FROM labeling_check c JOIN labeling_assignment a ON a.example_id = c.example_id
WHERE c.project_id = %s AND a.is_check AND a.state = 'submitted' AND a.accepted IS NOT NULL
GROUP BY 1
"""


def by_example(project: Project) -> dict[Any, Result]:
    return _results(project, "example_id")


def by_person(project: Project) -> dict[Any, Result]:
    return _results(project, "person_id")


def _results(project: Project, by: str) -> dict[Any, Result]:
    with connection.cursor() as cursor:
        cursor.execute(_RESULTS.format(by=by), [project.pk])
        return {of: Result(met, right) for of, met, right in cursor.fetchall()}


def leaf(project: Project, *, before: int | None = None) -> tuple[list[Check], int | None]:
    """The newest checks that are in force, or those before one; and where the next page begins."""
    found = project.checks.filter(retired_at=None).select_related("example").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    shown = list(found[: SIZE + 1])
    return shown[:SIZE], shown[SIZE - 1].pk if len(shown) > SIZE else None
