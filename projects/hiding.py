"""Masks what stands beside a text that is masked, and brings it back: answers, other columns, and
what a caller or a file said of it.

Answers of earlier, and those that were taken back, are shown in the history: they quote as well.
"""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.utils import timezone

from projects import meta
from projects.models import Annotation, Example, Project, Revision

Way = Callable[[str], str]
NAMES = {"label", "labels"}  # of an answer: what they hold are labels, and nobody's words
# Of an example's origin, what may quote its text; and what in it is as it is.
QUOTING: dict[str, Collection[str]] = {
    meta.NAME: (),
    "said_by": {*NAMES, "by", "source"},
    "predicted": NAMES,
    "answer": NAMES,
    "comment": (),
    "reason": (),
}


def hide(project: Project, examples: Collection[UUID], way: Way) -> dict[UUID, dict[str, Any]]:
    """Example → what its answers were, where they quoted what `way` masks."""
    before: dict[UUID, dict[str, Any]] = {}
    if project.kind.answer.in_bulk or project.kind.answer.written:
        return before  # such answers quote nothing of what stands in their example
    for one in Annotation.objects.filter(example__in=examples):
        if (masked := _masked(one.answer, way)) != one.answer:
            was = before.setdefault(one.example_id, {"answers": {}, "revisions": {}})
            was["answers"][str(one.pk)] = [one.answer, masked]
            Annotation.objects.filter(pk=one.pk).update(answer=masked)
    told = Revision.objects.filter(annotation__example__in=examples).select_related("annotation")
    for each in told:
        if (masked := _masked(each.answer, way)) != each.answer:
            was = before.setdefault(each.annotation.example_id, {"answers": {}, "revisions": {}})
            was["revisions"][str(each.pk)] = [each.answer, masked]
            Revision.objects.filter(pk=each.pk).update(answer=masked)
    return before


def hide_origin(project: Project, one: Example, way: Way) -> dict[str, Any]:
    """The same of its origin: other columns of its file, and what callers and files said of it."""
    kept = {name: one.origin[name] for name in QUOTING if name in one.origin}
    masked = {name: _masked(was, way, but=QUOTING[name]) for name, was in kept.items()}
    if isinstance(why := kept.get("reason"), str):
        masked["reason"] = way(_saying(project, why, kept, masked))
    hidden = {name: [was, masked[name]] for name, was in kept.items() if masked[name] != was}
    if not hidden:
        return {}
    one.origin = {**one.origin, **masked}
    _say_why(one, *hidden.get("reason", ("", "")))
    return {"origin": hidden}


def _saying(project: Project, why: str, kept: dict[str, Any], masked: dict[str, Any]) -> str:
    """Why it came, of masked answers: it cuts them, and half an address is not found in it."""
    for name in ("predicted", "answer"):
        if kept.get(name) != masked.get(name):
            was, now = map(project.kind.answer.described, (kept[name], masked[name]))
            why = why.replace(was, now)
    return why


def show_origin(one: Example, before: dict[str, Any]) -> None:
    """But for what was said anew since."""
    if meta.NAME in before:  # acts of old knew other columns only
        one.origin = {**one.origin, meta.NAME: before[meta.NAME]}
    hidden = before.get("origin", {})
    back = {name: was for name, (was, now) in hidden.items() if one.origin.get(name) == now}
    one.origin = {**one.origin, **back}
    if "reason" in back:
        _say_why(one, *reversed(hidden["reason"]))


def _say_why(one: Example, was: str, now: str) -> None:
    """Leases say why their example comes, too."""
    if was != now:
        one.assignments.filter(reason=was).update(reason=now)


def withdraw(examples: Collection[UUID]) -> dict[UUID, list[str]]:
    """Take back the answers to these; which ones, by example."""
    taken: dict[UUID, list[str]] = {}
    live = Annotation.objects.filter(example__in=examples, withdrawn_at=None)
    for pk, example in live.values_list("pk", "example_id"):
        taken.setdefault(example, []).append(str(pk))
    live.update(withdrawn_at=timezone.now())
    return taken


def show(before: dict[str, Any]) -> None:
    """An example's answers as they were, but for what was said anew since."""
    for pk, (answer, masked) in before.get("answers", {}).items():
        Annotation.objects.filter(pk=pk, answer=masked).update(answer=answer)
    for pk, (answer, masked) in before.get("revisions", {}).items():
        Revision.objects.filter(pk=pk, answer=masked).update(answer=answer)
    Annotation.objects.filter(pk__in=before.get("taken", [])).update(withdrawn_at=None)


def _masked(value: Any, way: Way, *, but: Collection[str] = NAMES) -> Any:
    if isinstance(value, str):
        return way(value)
    if isinstance(value, list):
        return [_masked(one, way, but=but) for one in value]
    if isinstance(value, dict):
        return {
            name: one if name in but else _masked(one, way, but=but) for name, one in value.items()
        }
    return value
