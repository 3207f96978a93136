"""What follows a change of labels at the desk: checks, rechecks and rules that name the label."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from labeling.models import Check, Recheck, Rule
from projects.models import Project
from projects.relabeling import Change

Kept = dict[str, Any]


def touched(project: Project, label: str) -> dict[str, int]:
    """How many there are."""
    naming = project.kind.answer.naming(label)
    checks = Check.objects.filter(project=project, retired_at=None, answer__contains=naming)
    return {
        "checks": checks.count(),
        "rules": project.rules.filter(label=label).count(),
        "rechecks": _open(project, label).count(),
    }


def follow(project: Project, change: Change) -> Kept:
    """They name the new label; where there is none, they rest. What is needed to go back."""
    return {
        "rechecks": _rechecks(project, change),
        "checks": _checks(project, change),
        "rules": _rules(project, change),
    }


def go_back(project: Project, kept: Kept) -> None:
    """What rested works again, and what was renamed has its name again."""
    for pk, (was, said) in kept.get("checks", {}).items():
        check = Check.objects.filter(pk=pk, project=project, answer=was if said is None else said)
        # One that was made anew, or retired by somebody, stays as it is.
        check.update(retired_at=None) if said is None else check.update(answer=was)
    for pk, (label, enabled) in kept.get("rules", {}).items():
        Rule.objects.filter(pk=pk, project=project).update(label=label, enabled=enabled)
    _rechecks_back(project, kept.get("rechecks", {}))


def _checks(project: Project, change: Change) -> dict[str, Any]:
    naming = project.kind.answer.naming(change.label)
    found = Check.objects.filter(project=project, retired_at=None, answer__contains=naming)
    kept = {}
    for check in found:
        said = _said(project, change, check.answer)
        # With its label some of what it asks is gone: it would call right answers wrong.
        kept[str(check.pk)] = [check.answer, said]
        fresh = {"retired_at": timezone.now()} if said is None else {"answer": said}
        Check.objects.filter(pk=check.pk).update(**fresh)
    return kept


def _rechecks(project: Project, change: Change) -> dict[str, Any]:
    """Nobody is asked again what another label would be that is the same now, or gone.

    By example, what each was; and what it expects now, nothing where it went.
    """
    kept = {}
    for one in _open(project, change.label).select_related("example"):
        gold = _said(project, change, one.example.gold or {}) if one.example.gold else None
        expected = _said(project, change, one.expected)
        if gold is None or expected is None or gold == expected:
            expected = None
            one.delete()
        else:
            Recheck.objects.filter(pk=one.pk).update(expected=expected)
        was = {"doubt": one.doubt, "expected": one.expected, "run": one.run and str(one.run)}
        kept[str(one.example_id)] = [was, expected]
    return kept


def _rechecks_back(project: Project, kept: dict[str, Any]) -> None:
    """But for examples that are gone, and those that a later run doubts by itself."""
    there = set(project.examples.filter(pk__in=list(kept)).values_list("pk", flat=True))
    for example in there:
        was, said = kept[str(example)]
        if said is None:
            Recheck.objects.get_or_create(example_id=example, defaults=was | {"project": project})
        else:
            same = Recheck.objects.filter(example=example, settled_at=None, expected=said)
            same.update(expected=was["expected"])


def _open(project: Project, label: str) -> QuerySet[Recheck]:
    naming = project.kind.answer.naming(label)
    said = Q(expected__contains=naming) | Q(example__gold__contains=naming)
    return Recheck.objects.filter(said, project=project, settled_at=None)


def _rules(project: Project, change: Change) -> dict[str, Any]:
    """Where the same rule speaks for the new label already, the old one rests."""
    found = Rule.objects.filter(project=project, label=change.label)
    kept = {str(pk): [change.label, on] for pk, on in found.values_list("pk", "enabled")}
    now = change.names[change.label]
    if now is not None:
        same = Rule.objects.filter(
            project=project, kind=OuterRef("kind"), pattern=OuterRef("pattern"), label=now
        )
        Rule.objects.filter(~Exists(same), pk__in=list(kept)).update(label=now)
    found.update(enabled=False)  # those that still name the old one
    return kept


def _said(project: Project, change: Change, answer: dict[str, Any]) -> dict[str, Any] | None:
    return project.kind.answer.renamed(answer, change.names, project.label_names)
