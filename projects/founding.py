"""How a project comes to be, changes and goes; what its labels may be.

Knows nothing of who asks: a page and the API found projects by the same rules.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from projects import gold, palette, relabeling
from projects.models import Member, Project, Role

MOST_LABELS = 500
LONGEST_LABEL = 100


class Refused(ValueError):
    """What is asked cannot be; the message is for the person who asked."""


@transaction.atomic
def found(by: User, **fields: Any) -> Project:
    """A new project, whose owner is who made it."""
    project = Project.objects.create(created_by=by, **fields)
    _remember_guidelines(project, by)
    Member.objects.create(project=project, user=by, role=Role.OWNER)
    audit.note(by, "create project", project.pk)
    return project


@transaction.atomic
def change(project: Project, by: User | None = None, **fields: Any) -> Project:
    """Guidelines get a new version when they change; another overlap settles all gold anew.

    Only these fields are written, so that what others change meanwhile stays.
    """
    refresh(project)
    rewritten = fields.get("guidelines", project.guidelines) != project.guidelines
    resettle = any(
        fields.get(name, getattr(project, name)) != getattr(project, name)
        for name in ("overlap", "double_share")
    )
    if rewritten:
        fields["guidelines_version"] = project.guidelines_version + 1
    if "labels" in fields:
        fields["former_labels"] = _former(project, fields["labels"])
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=fields)
    if rewritten:
        _remember_guidelines(project, by)
    if resettle:
        gold.settle_all(project)
    return project


def _former(project: Project, labels: list[dict[str, Any]]) -> dict[str, str | None]:
    """Model versions may know labels that go; one whose name is given anew is here again."""
    names = {label["name"] for label in labels}
    gone = dict.fromkeys(set(project.label_names) - names)
    kept = {
        old: now if now in names else None
        for old, now in project.former_labels.items()
        if old not in names
    }
    return kept | gone


def _remember_guidelines(project: Project, by: User | None) -> None:
    """An annotation names the version that was in force: each stays readable."""
    project.guidelines_history.create(
        version=project.guidelines_version, text=project.guidelines, created_by=by
    )


def refresh(project: Project) -> None:
    """The project as it is now, and until the transaction ends nobody else changes it."""
    project.refresh_from_db(from_queryset=Project.objects.select_for_update())


def delete(project: Project, by: User) -> None:
    """Out of everyone's sight at once; the sweeper erases it some days later."""
    project.deleted_at = timezone.now()
    project.save(update_fields=["deleted_at"])
    audit.note(by, "delete project", project.pk, name=project.name)


def bring_back(project: Project, by: User) -> None:
    """Undo a deletion, as long as the sweeper has not been there."""
    project.deleted_at = None
    project.save(update_fields=["deleted_at"])
    audit.note(by, "bring back project", project.pk, name=project.name)


def labels(asked: list[dict[str, Any]], project: Project | None = None) -> list[dict[str, Any]]:
    """The labels as they are kept, each with colour and key. Raises Refused.

    A label that answers name stays: taking it away would leave them without one. What was
    taken back names nothing.
    """
    names = [label["name"] for label in asked]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(_("The label “%(name)s” is there twice.") % {"name": twice[0]})
    if project is not None:
        _refuse_to_lose(project, names)
    return palette.dressed(asked)


def _refuse_to_lose(project: Project, names: list[str]) -> None:
    if set(names) != set(project.label_names) and relabeling.at_work(project):
        raise Refused(_("Labels are being changed right now. Wait until that is done."))
    for gone in sorted(set(project.label_names) - set(names)):
        if relabeling.naming(project, gone).exists():
            raise Refused(
                _("“%(name)s” is in use. Rename, merge, split or delete it on the page “Labels”.")
                % {"name": gone}
            )


@transaction.atomic
def add_labels(project: Project, names: Iterable[str]) -> list[str]:
    """Labels beside those that are there, as many as there is room for. Returns the new ones."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    known = set(locked.label_names)
    new = [name for name in dict.fromkeys(names) if name not in known]
    new = new[: max(0, MOST_LABELS - len(known))]
    locked.labels = palette.dressed([*locked.labels, *({"name": name} for name in new)])
    locked.save(update_fields=["labels"])
    project.labels = locked.labels
    return new
