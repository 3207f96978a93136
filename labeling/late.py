"""An answer or a skip that arrives after its lease ended: whether it still counts."""

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.problems import Conflict
from labeling import holding, reasons, second_looks
from labeling.models import Assignment, Held
from projects import gold
from projects.models import Example, Status


def give_back_newer(example: Example, assignment: Assignment) -> None:
    """Their other lease of the same example, which is locked: its place is theirs either way.

    The queue may have leased it to them anew while their page still showed it by the older one.
    """
    theirs = Assignment.objects.filter(example=example, person=assignment.person)
    newer = theirs.filter(state=Held.LEASED).exclude(pk=assignment.pk)
    if newer.update(state=Held.RETURNED, ended_at=Now()):
        holding.count_claims([example.pk])
        example.refresh_from_db(fields=["claims"])


def refuse_if_taken(example: Example, assignment: Assignment) -> None:
    """Raises Conflict, in words, where nobody waits for it any more."""
    if _still_asked(example, assignment):
        return
    if assignment.reason == reasons.RECHECK:
        raise Conflict(
            _("Your time for this second look had run out, and it is no longer needed. Go on.")
        )
    full = example.answered + example.claims >= gold.wanted(example, assignment.project)
    if full or example.status not in (Status.UNLABELED, Status.SKIPPED):
        raise Conflict(
            _("Your time for this one had run out, and someone else has it now. Take the next one.")
        )


def _still_asked(example: Example, assignment: Assignment) -> bool:
    """Whether what takes no place among the others still waits for this person's answer."""
    if assignment.is_check:
        return True
    if example.set_aside or example.deleted_at is not None:
        return False
    if assignment.reason == reasons.RECHECK:
        return not example.claims and second_looks.wanted(example)
    return assignment.reason == reasons.SENT_BACK and example.assignee_id == assignment.person_id
