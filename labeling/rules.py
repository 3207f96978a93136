"""Rules that people wrote: kept, tried on a sample, counted over the project, and asked at a lease.

They are weak suggestions, for as long as no model says anything of an example.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.problems import Conflict
from labeling.models import Rule
from ml import rules as machine
from projects import giving_way, tally
from projects.models import DELETED, Example, Project

MOST = 200  # rules of a project
TRIED, SHOWN = 2000, 5  # examples on which a rule is tried; of those that it speaks of
PIECE = 2000  # examples that are counted at a time
KEPT_SECONDS = 24 * 3600


def serves(project: Project) -> bool:
    """Whether answers are made of labels."""
    return project.kind.answer.labelled


def of(project: Project) -> list[Rule]:
    """The surest first; those that nobody has counted yet at the top."""
    found = list(project.rules.select_related("created_by").order_by("-created_at")[:MOST])
    return sorted(found, key=lambda one: (one.covered is not None, -plain(one).sureness))


def plain(rule: Rule) -> machine.Rule:
    return machine.Rule(rule.kind, rule.pattern, rule.label, rule.right, rule.wrong)


def check(project: Project, kind: str, written: str, label: str) -> None:
    """Raises Conflict with a sentence for whoever wrote it."""
    if label not in project.label_names:
        raise Conflict(_("There is no label of this name any more."))
    try:
        machine.check(kind, written)
    except machine.RuleError as problem:
        raise Conflict(_sentence(problem)) from None


def _sentence(problem: machine.RuleError) -> str:
    said = {
        "empty": _("Write at least one word."),
        "long": _("A rule has at most %(most)s characters.") % {"most": machine.LONGEST},
        "everywhere": _("This pattern fits every text: it says nothing."),
    }
    unreadable = _("This pattern cannot be read: %(why)s.") % {"why": problem.detail}
    return said.get(problem.code, unreadable)


def add(project: Project, by: User, kind: str, written: str, label: str) -> Rule:
    """A rule, in force at once; one that is there already is in force again. Raises Conflict."""
    check(project, kind, written, label)
    if project.rules.count() >= MOST:
        raise Conflict(
            _("A project has at most %(most)s rules. Delete one first.") % {"most": MOST}
        )
    rule, new = Rule.objects.get_or_create(
        project=project, kind=kind, pattern=written.strip(), label=label,
        defaults={"created_by": by},
    )  # fmt: skip
    if not new:
        enable(rule, by, on=True)
    audit.note(by, "add rule", project.pk, rule=str(rule.pk), label=label)
    return rule


def enable(rule: Rule, by: User, *, on: bool) -> None:
    """A rule that rests suggests nothing, and keeps its figures."""
    Rule.objects.filter(pk=rule.pk).update(enabled=on)
    audit.note(by, "enable rule" if on else "rest rule", rule.project_id, rule=str(rule.pk))


def delete(rule: Rule, by: User) -> None:
    audit.note(by, "delete rule", rule.project_id, rule=str(rule.pk), label=rule.label)
    rule.delete()


@dataclass(frozen=True)
class Trial:
    """A rule on a sample: of so many examples it speaks of some, and was right about so many."""

    looked_at: int
    covered: int
    right: int
    wrong: int
    examples: list[Example]


def tried(project: Project, rule: machine.Rule) -> Trial:
    """On the next examples in shuffled order, as good as any draw, and on labelled ones."""
    rows = Example.objects.filter(project=project, is_test=False)
    sample = list(rows.filter(status="unlabeled").order_by("-priority", "place")[:TRIED])
    labelled = rows.filter(status="labeled").order_by("-id")[:TRIED]
    covered = [one for one in sample if rule.speaks(project.kind.text_of(one.data))]
    right, wrong = _judged(project, rule, ((one.data, one.gold) for one in labelled))
    return Trial(len(sample), len(covered), right, wrong, covered[:SHOWN])


def _judged(
    project: Project, rule: machine.Rule, rows: Iterable[tuple[Any, Any]]
) -> tuple[int, int]:
    right = wrong = 0
    for data, gold in rows:
        text = project.kind.text_of(data)
        if gold is not None and rule.speaks(text):
            yes, no = machine.judged(rule, text, gold)
            right, wrong = right + yes, wrong + no
    return right, wrong


def suggest(example: Example, project: Project) -> tuple[dict[str, Any], str] | None:
    """What the rules in force say of an example, and the surest of those that speak."""
    if not serves(project):
        return None
    text = project.kind.text_of(example.data)
    found = [rule for rule in project.rules.filter(enabled=True)[:MOST] if plain(rule).speaks(text)]
    shape = project.kind.answer
    said = machine.suggestion(map(plain, found), text, project.label_names, shape.column)
    if said is None:
        return None
    surest = max(found, key=lambda rule: plain(rule).sureness)
    scores = {label: round(score, 4) for label, score in said["scores"].items()}
    return (
        {**said, "confidence": round(said["confidence"], 4), "scores": scores},
        f"rule:{surest.pk}",
    )


@dataclass(frozen=True)
class Count:
    """How far a count over a whole project is; kept in the cache while it goes on."""

    after: UUID | None
    done: int
    found: dict[str, list[int]]  # rule → covered, right, wrong


def counting(project: Project) -> float | None:
    """The share that is counted, from 0 to 1; None while nothing is being counted."""
    now = _now(project)
    return None if now is None else min(1.0, now.done / max(tally.of(project).examples, 1))


def begin(project: Project) -> None:
    """Count anew from the start, whether or not a count is under way."""
    _remember(project, Count(None, 0, {}))


def cancel(project: Project) -> None:
    """The figures stay those of before."""
    cache.delete(_key(project))


def count(project: Project, seconds: float) -> bool:
    """Go on counting for so long. True if some examples are left."""
    now, end = _now(project), time.monotonic() + seconds
    rules = {str(one.pk): plain(one) for one in project.rules.all()[:MOST]}
    pace = giving_way.Pace(PIECE)
    while now is not None:
        with pace.slice() as did:
            following = _piece(project, rules, now, pace.rows())
            did(following.done - now.done)
        if following.done == now.done:
            _keep(rules, following)
            cancel(project)
            return False
        if _now(project) is None:
            return False  # cancelled
        now = following
        _remember(project, now)
        if time.monotonic() >= end:
            return True
    return False


def _piece(project: Project, rules: dict[str, machine.Rule], now: Count, most: int) -> Count:
    """The next examples. Of the protected test set only that a rule speaks of them is counted."""
    rows = Example.objects.filter(project=project).exclude(status=DELETED).order_by("pk")
    if now.after is not None:
        rows = rows.filter(pk__gt=now.after)
    part = list(rows.values_list("pk", "data", "gold", "is_test")[:most])
    found = {pk: [*now.found.get(pk, [0, 0, 0])] for pk in rules}
    for _pk, data, gold, is_test in part:
        text = project.kind.text_of(data)
        for pk, rule in rules.items():
            if not rule.speaks(text):
                continue
            yes, no = (0, 0) if gold is None or is_test else machine.judged(rule, text, gold)
            found[pk] = [was + more for was, more in zip(found[pk], (1, yes, no), strict=True)]
    last = part[-1][0] if part else now.after
    return replace(now, after=last, done=now.done + len(part), found=found)


def _keep(rules: dict[str, machine.Rule], done: Count) -> None:
    for pk in rules:
        covered, right, wrong = done.found.get(pk, [0, 0, 0])
        figures = {"covered": covered, "right": right, "wrong": wrong}
        Rule.objects.filter(pk=pk).update(**figures, measured_at=Now())


def _now(project: Project) -> Count | None:
    kept = cache.get(_key(project))
    return None if kept is None else Count(*kept)


def _remember(project: Project, now: Count) -> None:
    cache.set(_key(project), (now.after, now.done, now.found), KEPT_SECONDS)


def _key(project: Project) -> str:
    return f"rules:{project.pk}"
