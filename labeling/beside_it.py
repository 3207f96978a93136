"""What helps to answer an example: guidelines, similar ones, trusted examples, its history."""

from typing import Any

from accounts.models import User
from labeling import reasons, written
from labeling.models import Assignment
from projects import alike, gold
from projects.models import Annotation, Example, Project

NEAR, LOOKED_AT = 6, 24
OF_LABEL, WALKED = 3, 2000
HISTORY = 50


def guidelines(person: User, project: Project) -> dict[str, Any]:
    """Which version is in force since when, and whether it is new to this person."""
    return {
        "version": project.guidelines_history.order_by("-version").first(),
        "is_new": are_new(person, project),
        "html": written.as_html(project.guidelines),
    }


def are_new(person: User, project: Project) -> bool:
    """Whether the guidelines changed since this person was handed out what they answered last."""
    if project.guidelines_version == 1:
        return False
    last = (
        Assignment.objects.filter(project=project, person=person, annotation__isnull=False)
        .order_by("-id")
        .values_list("annotation__guidelines_version", flat=True)
        .first()
    )
    return last is not None and last < project.guidelines_version


def similar(example: Example) -> list[tuple[Example, float]]:
    """The nearest by meaning that have a trusted answer; none of the protected test set."""
    found = alike.nearest(example, LOOKED_AT)
    return [(one, cosine) for one, cosine in found if one.gold and not one.is_test][:NEAR]


def of_label(project: Project, name: str) -> list[Example]:
    """A few with a trusted answer that names the label, among the latest that have any."""
    latest = project.examples.filter(gold__isnull=False, is_test=False, deleted_at=None)
    walked = latest.order_by("-id").values("pk")[:WALKED]
    named = project.examples.filter(pk__in=walked)
    return list(named.filter(gold__contains=project.kind.answer.naming(name))[:OF_LABEL])


def not_blind(assignment: Assignment) -> bool:
    """Whether nothing is measured by what this person says without knowing what others said."""
    alone = gold.wanted(assignment.example, assignment.project) == 1
    return alone and not assignment.is_check and assignment.reason != reasons.RECHECK


def history(example: Example, person: User | None) -> list[Annotation]:
    """Who answered what, the latest first; with a person, only what they said themselves.

    Whoever has still to answer is not to know what others said.
    """
    said = example.annotations.select_related("author").order_by("-id")
    return list((said if person is None else said.filter(author=person))[:HISTORY])
