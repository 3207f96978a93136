"""Filters as people see them: what can be chosen, and what it is in words."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError as Invalid
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from projects import noting, remarks, searching
from projects.blind import keeps_from, telling
from projects.models import (
    DELETED,
    Kind,
    Member,
    Project,
    Role,
    SavedFilter,
    Source,
    Status,
    Tag,
    Upload,
)  # fmt: skip

LONGEST = 200
SHOWN = 60  # characters of a value that is not here any more
MOST_OFFERED = 100
STATUSES = {
    Status.UNLABELED: _("waits for people"),
    Status.LABELED: _("labelled"),
    Status.REVIEW: _("to be reviewed"),
    Status.SKIPPED: _("skipped"),
    Status.SET_ASIDE: _("set aside"),
}
SOURCES = {
    Source.UPLOAD: _("upload"),
    Source.FEEDBACK: _("feedback"),
    Source.AUGMENTATION: _("augmentation"),
}
ORDERS = {
    "id": _("oldest first"),
    "-id": _("newest first"),
    "length": _("shortest first"),
    "-length": _("longest first"),
    "unsure": _("least sure first"),
    "-unsure": _("surest first"),
    "-disagreed": _("most disagreement first"),
}

GONE = _("Not here any more, or not told to you: %(what)s. Choose the filters anew.")


@dataclass(frozen=True)
class Chip:
    """A filter in words, with the address of the same list without it."""

    said: str
    without: str


class Gone(ValueError):
    """A filter says what is not here any more; the message names it."""


def asked(project: Project, given: Any, role: Role) -> dict[str, str]:
    """The filters that mean something here. Raises Gone where one of them does not.

    Without that one, the others would mean more than anybody asked for: in the end, everything.
    """
    found, gone = told(project, given, role)
    if gone:
        raise Gone(str(GONE) % {"what": ", ".join(gone)})
    return found


def told(project: Project, given: Any, role: Role) -> tuple[dict[str, str], list[str]]:
    """The filters that mean something here to this role, and in words those that do not."""
    found: dict[str, str] = {}
    gone: list[str] = []
    for name in searching.FILTERS:
        longest = searching.LONGEST_REGION if name == "region" else LONGEST
        value = str(given.get(name, "")).replace("\0", "").strip()[:longest]
        if value and _means_something(project, name, value, role):
            found[name] = value
        elif value:
            gone.append(f"“{value[:SHOWN]}”")
    return found, gone


def _means_something(project: Project, name: str, value: str, role: Role) -> bool:
    try:
        if keeps_from(role):
            searching.refuse_what_tells(project, {name: value})
        searching.chosen(project, {name: value})
    except (ValidationError, Invalid):
        return False
    return True


def chips(project: Project, chosen: dict[str, str], kept: dict[str, str]) -> list[Chip]:
    return [
        Chip(
            in_words(project, name, value), urlencode({n: v for n, v in kept.items() if n != name})
        )
        for name, value in chosen.items()
    ]


def in_words(project: Project, name: str, value: str) -> str:
    known: dict[str, dict[Any, Any]] = {
        "status": {**STATUSES, DELETED: _("deleted")},
        "source": SOURCES,
        "finding": dict(Kind.choices),
    }
    if name in known:
        return str(known[name].get(value, value))
    said = SAID.get(name)
    return str(said) % {"value": _named(project, name, value)} if said else value


SAID = {
    "upload": _("from %(value)s"),
    "annotator": _("answered by %(value)s"),
    "assignee": _("assigned to %(value)s"),
    "tag": _("tag: %(value)s"),
    "language": _("language: %(value)s"),
    "shorter": _("under %(value)s characters"),
    "longer": _("over %(value)s characters"),
    "unsure": _("model under %(value)s %% sure"),
    "sure": _("model at least %(value)s %% sure"),
    "suggested": _("model says “%(value)s”"),
    "disagreed": _("at least %(value)s %% disagree"),
    "region": _("a region of the map"),
    "act": _("changed by one act"),
    "like": _("like one example"),
}


def _named(project: Project, name: str, value: str) -> str:
    if name == "upload":
        found = Upload.objects.filter(project=project, pk=UUID(value)).first()
        return found.name if found else value
    if name in {"annotator", "assignee"}:
        return person(project, value)
    if name == "language":
        return remarks.language(value)
    return value


def person(project: Project, value: str) -> str:
    found = Member.objects.filter(project=project, user_id=UUID(value)).select_related("user")
    member = found.first()
    return member.user.email if member else str(_("someone who left"))


def _languages(project: Project) -> dict[str, str]:
    """Code → name, as far as the texts have been looked at, the most frequent first."""
    noted = noting.of(project.pk).get("languages", {})
    codes = sorted((code for code in noted if code), key=lambda code: -noted[code])
    return {code: remarks.language(code) for code in codes}


def offered(project: Project, role: Role) -> dict[str, Any]:
    """What the form of the filters can be chosen from."""
    people = project.members.select_related("user").order_by("user__email")[:MOST_OFFERED]
    return {
        "statuses": {**STATUSES, DELETED: _("deleted")},
        "sources": SOURCES,
        "orders": ORDERS,
        "kinds": dict(Kind.choices),
        "people": [member.user for member in people],
        "labellers": [member.user for member in people if member.role >= Role.ANNOTATOR],
        "languages": _languages(project),
        "tags": [tag.name for tag in Tag.objects.filter(project=project).order_by("name")[:100]],
        "files": project.uploads.filter(dry_run=False).order_by("-id")[:MOST_OFFERED],
        "saved": [
            {"pk": one.pk, "name": one.name, "query": urlencode(one.filters)}
            for one in _saved(project, role)
        ],
    }


def _saved(project: Project, role: Role) -> list[SavedFilter]:
    """The filters with names, but for those that would be refused."""
    found = SavedFilter.objects.filter(project=project).order_by("name")[:MOST_OFFERED]
    acts = {one.pk: UUID(one.filters["act"]) for one in found if one.filters.get("act")}
    kept_back = telling(project, acts.values()) if acts and keeps_from(role) else set()
    return [one for one in found if acts.get(one.pk) not in kept_back]
