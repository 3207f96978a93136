"""Whether an answer can be about some data: passages quote the text in which they are marked."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.problems import Conflict
from ml.answers import AnswerError
from projects.models import Example, Project


def fits(project: Project, answer: dict[str, Any], data: dict[str, Any] | None) -> bool:
    """Whether it could be said of this data, be its labels those of today or not.

    A text may have changed since: then its passages lie elsewhere, or quote what is not there.
    """
    shape = project.kind.answer
    if shape.in_bulk:
        return True  # such answers say nothing of what stands in their example
    try:
        shape.parse(answer, shape.named_in(answer), data)
    except AnswerError:
        return False
    return True


def check(project: Project, answer: dict[str, Any], example: Example) -> None:
    """Raises Conflict where it is not about the text of today.

    For who holds the example: its text may have changed while they waited for it.
    """
    if not fits(project, answer, example.data):
        raise Conflict(
            _("The text of this one has just changed, and your answer does not fit it any more.")
        )
