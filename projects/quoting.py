"""Whether an answer can be about some data: passages quote the text in which they are marked."""

from typing import Any

from ml.answers import AnswerError
from projects.models import Project


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
