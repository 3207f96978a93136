"""A change of labels is asked for, carried out and taken back: the list of labels itself.

The answers follow piece by piece: see relabeling.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from projects import acting, founding, palette, relabeling
from projects.models import (
    Act,
    Annotation,
    AnnotationSource,
    Deed,
    Example,
    Project,
    SavedFilter,
    Status,
)
from projects.relabeling import DELETE, MERGE, RENAME, SPLIT, Change

SHOWN = 20
NAMING = ("label", "suggested")  # filters whose value is a label


@dataclass(frozen=True)
class Touched:
    """What a change of a label would touch."""

    answers: int
    examples: int
    test: int  # of the examples, those of the protected test set
    back: int  # examples that wait for people again, if what names the label is taken back


def touched(project: Project, label: str) -> Touched:
    """Counted, not guessed; what people say meanwhile comes on top."""
    theirs = relabeling.naming(project, label)
    here = theirs.filter(example=OuterRef("pk"))
    examples = Example.objects.filter(Exists(here), project=project, deleted_at=None)
    # A settled answer of another label stays, whatever is taken back beside it.
    settled = Q(source=AnnotationSource.REVIEW) | Q(source=AnnotationSource.IMPORT, hint=False)
    other = Annotation.objects.filter(settled, example=OuterRef("pk"), withdrawn_at=None)
    other = other.exclude(answer__contains=project.kind.answer.naming(label))
    votes = here.exclude(source=AnnotationSource.CHECK)
    back = examples.filter(
        Exists(votes), ~Exists(other), status__in=(Status.LABELED, Status.REVIEW)
    )
    return Touched(
        theirs.count(), examples.count(), examples.filter(is_test=True).count(), back.count()
    )


def recent(project: Project) -> list[Act]:
    """The newest changes of labels."""
    found = project.acts.filter(deed=Deed.RELABEL).select_related("created_by")
    return list(found.order_by("-id")[:SHOWN])


def last(project: Project) -> Act | None:
    """The one change that can be taken back: those before it would not find their labels."""
    stands = project.acts.filter(deed=Deed.RELABEL, undone_at=None, value__back=False)
    return stands.order_by("-id").first()


def check(project: Project, change: Change) -> None:
    """Raises founding.Refused."""
    names = project.label_names
    if relabeling.at_work(project):
        raise founding.Refused(_("Labels are being changed right now. Wait until that is done."))
    if relabeling.unfinished(project):
        raise founding.Refused(
            _("The last change of labels was interrupted. Let it go on, or take it back, first.")
        )
    if change.label not in names:
        raise founding.Refused(_("There is no label of this name any more."))
    if not all(0 < len(name) <= founding.LONGEST_LABEL for name in change.into):
        raise founding.Refused(_("A name has at least one character and at most 100."))
    reason = _REASONS[change.how](change, names)
    if reason:
        raise founding.Refused(reason)


def _rename(change: Change, names: list[str]) -> str:
    if change.into[0] == change.label:
        return _("This is its name already.")
    taken = change.into[0] in names
    return _("There is a label of this name already. Merge the two instead.") if taken else ""


def _merge(change: Change, names: list[str]) -> str:
    fits = change.into[0] in names and change.into[0] != change.label
    return "" if fits else _("Choose another label of this project.")


def _split(change: Change, names: list[str]) -> str:
    if len(set(change.into)) < 2:
        return _("Name at least two labels, one a line.")
    if len(names) + len(change.into) > founding.MOST_LABELS:
        return _("A project can have %(most)s labels at most.") % {"most": founding.MOST_LABELS}
    taken = [name for name in change.into if name in names and name != change.label]
    return _("The label “%(name)s” is there twice.") % {"name": taken[0]} if taken else ""


def _delete(change: Change, names: list[str]) -> str:
    return "" if len(names) > 1 else _("A project needs at least one label.")


_REASONS = {RENAME: _rename, MERGE: _merge, SPLIT: _split, DELETE: _delete}


@transaction.atomic
def begin(project: Project, by: User, change: Change, *, back: bool = False) -> Act:
    """The labels change at once; the act that brings the answers after them is queued.

    Raises founding.Refused. The caller rings the act's bell.
    """
    founding.refresh(project)
    check(project, change)
    was = {"labels": project.labels, "former": project.former_labels}
    project.labels = change.labels(project.labels)
    project.former_labels = change.former(project.former_labels, project.label_names)
    project.save(update_fields=["labels", "former_labels"])
    value = {
        "how": change.how,
        "label": change.label,
        "into": list(change.into),
        "rest": change.rest,
        "names": project.label_names,
        "was": was,
        "back": back,
        "filters": _filters(project, change),
    }
    audit.note(
        by, f"{change.how} label", project.pk, label=change.label, into=", ".join(change.into)
    )
    return acting.begin(project, by, Deed.RELABEL, {}, value)


def _filters(project: Project, change: Change) -> list[str]:
    """Saved filters go on to mean the same. Returns those that say another label now."""
    now = change.names[change.label]
    if now is None:
        return []
    named = Q(filters__label=change.label) | Q(filters__suggested=change.label)
    found = list(SavedFilter.objects.filter(named, project=project))
    _say(found, change.label, now)
    return [str(one.pk) for one in found]


def _say(filters: list[SavedFilter], was: str, now: str) -> None:
    for one in filters:
        for name in NAMING:
            if one.filters.get(name) == was:
                one.filters[name] = now
        one.save(update_fields=["filters"])


@transaction.atomic
def take_back(act: Act, by: User) -> Act:
    """The labels are as before at once; the act whose bell is to be rung brings the answers back.

    A new name is taken back by the old one, so that what was said since goes along. Raises
    founding.Refused.
    """
    project, change = act.project, relabeling.of(act)
    founding.refresh(project)
    latest = last(project)
    if latest is None or latest.pk != act.pk:
        raise founding.Refused(_("Labels were changed again since. Take that back first."))
    if act.state not in acting.AT_REST:
        raise founding.Refused(_("Labels are being changed right now. Wait until that is done."))
    if change.how == RENAME:
        Act.objects.filter(pk=act.pk).update(undone_at=Now())
        return begin(project, by, Change(RENAME, change.into[0], (change.label,)), back=True)
    project.labels = _labels_before(project, act)
    names = project.label_names
    project.former_labels = {
        old: now for old, now in act.value["was"]["former"].items() if old not in names
    }
    project.save(update_fields=["labels", "former_labels"])
    renamed = SavedFilter.objects.filter(project=project, pk__in=act.value["filters"])
    _say(list(renamed), change.into[0] if change.into else change.label, change.label)
    audit.note(by, "take back change of label", project.pk, label=change.label)
    acting.undo(act)
    return act


def _labels_before(project: Project, act: Act) -> list[dict[str, Any]]:
    """Labels that came with the change go, unless someone has used them since."""
    was, names = act.value["was"]["labels"], act.value["names"]
    before = {label["name"] for label in was}
    came = {name for name in names if name not in before}
    unused = {name for name in came if not relabeling.naming(project, name).exists()}
    found = [label for label in project.labels if label["name"] not in unused]
    here = {label["name"] for label in found}
    for at, label in enumerate(was):
        if label["name"] not in names and label["name"] not in here:
            found.insert(min(at, len(found)), _with_a_free_key(label, found))
    return palette.dressed(found)


def _with_a_free_key(label: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, Any]:
    """Its own, unless another label has come to it meanwhile."""
    taken = any(one.get("hotkey") == label.get("hotkey") for one in others)
    return {**label, "hotkey": ""} if taken else label
