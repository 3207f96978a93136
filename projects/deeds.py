"""What an act does to some examples, and the way back. Each gives back what they were before.

All of it runs inside the act's transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from projects import bulk, gold, indexing, mending, relabeling, sharing
from projects.models import (
    Act,
    Annotation,
    AnnotationSource,
    Deed,
    Entry,
    Example,
    Member,
    Project,
    Status,
    Tag,
    Tagged,
)  # fmt: skip

Before = dict[UUID, dict[str, Any]]
LONGEST_TAG = 60


@dataclass(frozen=True)
class Way:
    """There, back, and whether what is asked for makes sense (else the reason)."""

    do: Callable[[Act, list[UUID]], Before]
    undo: Callable[[Act, Before], object]
    check: Callable[[Project, dict[str, Any]], str] = lambda project, value: ""
    meant: Callable[[Act], QuerySet[Example]] | None = None  # where no filter says it


class NotPossible(ValueError):
    """What is asked cannot be done; the message says why."""


def check(project: Project, deed: Deed, value: dict[str, Any]) -> None:
    """Raises NotPossible."""
    if reason := WAYS[deed].check(project, value):
        raise NotPossible(reason)


def do(act: Act, examples: list[UUID]) -> Before:
    return WAYS[Deed(act.deed)].do(act, examples)


def undo(act: Act, before: Before) -> None:
    if before:
        WAYS[Deed(act.deed)].undo(act, before)


def _locked(act: Act, examples: list[UUID], **having: Any) -> list[Example]:
    """Those of them that the deed still concerns."""
    found = Example.objects.select_for_update().filter(pk__in=examples, project=act.project)
    return list(found.filter(**having).order_by("pk"))


def _set(examples: list[UUID], **fields: Any) -> None:
    Example.objects.filter(pk__in=examples).update(**fields)
    gold.settle(examples)


def _set_aside(act: Act, examples: list[UUID]) -> Before:
    meant = _locked(act, examples, set_aside=False, deleted_at=None)
    _set([one.pk for one in meant], set_aside=True)
    return {one.pk: {"status": one.status} for one in meant}


def _not_aside(act: Act, before: Before) -> None:
    _set(list(before), set_aside=False)
    _skipped_again(before)


def _skipped_again(before: Before) -> None:
    """That people skipped it follows from no annotation: it must be remembered."""
    skipped = [pk for pk, was in before.items() if was.get("status") == Status.SKIPPED]
    waiting = Example.objects.filter(pk__in=skipped, status=Status.UNLABELED)
    waiting.update(status=Status.SKIPPED)


def _bring_back(act: Act, examples: list[UUID]) -> Before:
    away = Q(set_aside=True) | Q(deleted_at__isnull=False)
    found = [one for one in _locked(act, examples) if one.set_aside or one.deleted_at]
    before = {one.pk: {"aside": one.set_aside, "deleted": bool(one.deleted_at)} for one in found}
    Example.objects.filter(away, pk__in=list(before)).update(set_aside=False, deleted_at=None)
    gold.settle(list(before))
    indexing.again([pk for pk, was in before.items() if was["deleted"]])
    return before


def _away_again(act: Act, before: Before) -> None:
    _set([pk for pk, was in before.items() if was["aside"]], set_aside=True)
    _gone([pk for pk, was in before.items() if was["deleted"]])


def _gone(examples: list[UUID]) -> None:
    _set(examples, deleted_at=timezone.now())
    Entry.objects.filter(pk__in=examples).delete()


def _review(act: Act, examples: list[UUID]) -> Before:
    """What has an answer: somebody settles it, and until then it stays as it is."""
    open_to_all = {"set_aside": False, "deleted_at": None, "disputed": False}
    meant = _locked(act, examples, **open_to_all, gold__isnull=False)
    _set([one.pk for one in meant], disputed=True)
    return {one.pk: {} for one in meant}


def _not_reviewed(act: Act, before: Before) -> None:
    """Those that nobody settled since."""
    waiting = Example.objects.filter(pk__in=list(before), disputed=True)
    _set(list(waiting.values_list("pk", flat=True)), disputed=False)


def _delete(act: Act, examples: list[UUID]) -> Before:
    meant = _locked(act, examples, deleted_at=None)
    _gone([one.pk for one in meant])
    return {one.pk: {"status": one.status} for one in meant}


def _not_deleted(act: Act, before: Before) -> None:
    _set(list(before), deleted_at=None)
    _skipped_again(before)
    indexing.again(list(before))


def _tag(act: Act, examples: list[UUID]) -> Before:
    tag, _ = Tag.objects.get_or_create(project=act.project, name=act.value["tag"])
    have = set(
        Tagged.objects.filter(tag=tag, example__in=examples).values_list("example_id", flat=True)
    )
    missing = [one.pk for one in _locked(act, examples) if one.pk not in have]
    Tagged.objects.bulk_create(
        [Tagged(tag=tag, example_id=pk) for pk in missing], ignore_conflicts=True
    )
    return {pk: {} for pk in missing}


def _untag(act: Act, examples: list[UUID]) -> Before:
    tagged = Tagged.objects.filter(
        tag__project=act.project, tag__name=act.value["tag"], example__in=examples
    )
    had = list(tagged.values_list("example_id", flat=True))
    tagged.delete()
    return {pk: {} for pk in had}


def _tag_missing(project: Project, value: dict[str, Any]) -> str:
    named = isinstance(value.get("tag"), str) and value["tag"].strip() == value["tag"] != ""
    return "" if named and len(value["tag"]) <= LONGEST_TAG else "tag"


def _assign(act: Act, examples: list[UUID]) -> Before:
    """To nobody, to one, or dealt in turn to several, by their shares."""
    people = _assignees(act.value)
    dealing = sharing.turns(sharing.weights(people, _shares(act.value)) if people else {None: 1})
    turns = {pk: dealing[(act.done + at) % len(dealing)] for at, pk in enumerate(examples)}
    done = _done_with(examples, people)
    dealt = {
        pk: next(one for one in [turn, *people, None] if (pk, one) not in done)
        for pk, turn in turns.items()
    }
    before = {
        one.pk: {"person": _said(one.assignee_id), "to": _said(dealt[one.pk])}
        for one in _locked(act, examples)
        if one.assignee_id != dealt[one.pk]
    }
    for person in set(dealt.values()):
        theirs = [pk for pk in before if dealt[pk] == person]
        Example.objects.filter(pk__in=theirs).update(assignee=person)
    return before


def _done_with(examples: list[UUID], people: list[UUID]) -> set[tuple[UUID, UUID | None]]:
    """Who has answered which: nobody is asked again, and others would wait for them in vain."""
    said = Annotation.objects.filter(
        example__in=examples, author__in=people, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    return set(said.values_list("example_id", "author_id"))


def _assignees(value: dict[str, Any]) -> list[UUID]:
    """Those whom an act names, each once."""
    named = [*value.get("people", []), value.get("person")]
    return list(dict.fromkeys(UUID(str(one)) for one in named if one))


def _shares(value: dict[str, Any]) -> dict[UUID, int]:
    """In percent, of those who have one."""
    return {UUID(one): int(share) for one, share in value.get("shares", {}).items()}


def _said(person: UUID | None) -> str | None:
    return str(person) if person else None


def _assign_as_before(act: Act, before: Before) -> None:
    wanted = {was["person"] for was in before.values() if was["person"]}
    may = Member.may_label(act.project).filter(user_id__in=wanted)
    there = set(map(str, may.values_list("user_id", flat=True)))
    now = act.value.get("person")  # acts of old say it once for all
    for person, to in {(was["person"], was.get("to", now)) for was in before.values()}:
        those = [
            pk for pk, was in before.items() if (was["person"], was.get("to", now)) == (person, to)
        ]
        unchanged = Example.objects.filter(pk__in=those, assignee=to)
        back = UUID(person) if person and person in there else None
        done = {pk for pk, _one in _done_with(those, [back])} if back else set()
        unchanged.exclude(pk__in=done).update(assignee=back)
        unchanged.filter(pk__in=done).update(assignee=None)


def _cannot_be_dealt(project: Project, value: dict[str, Any]) -> str:
    """To who is not there, or may not label; or in shares that make no sense."""
    try:
        people = _assignees(value)
    except ValueError:
        return "person"
    here = Member.may_label(project).filter(user_id__in=people).count()
    if here != len(people):
        return "person"
    return "" if not people or sharing.weights(people, _shares(value)) else "share"


WAYS: dict[Deed, Way] = {
    Deed.SET_ASIDE: Way(_set_aside, _not_aside),
    Deed.BRING_BACK: Way(_bring_back, _away_again),
    Deed.DELETE: Way(_delete, _not_deleted),
    Deed.REVIEW: Way(_review, _not_reviewed),
    Deed.TAG: Way(_tag, lambda act, before: _untag(act, list(before)), _tag_missing),
    Deed.UNTAG: Way(_untag, lambda act, before: _tag(act, list(before)), _tag_missing),
    Deed.ASSIGN: Way(_assign, _assign_as_before, _cannot_be_dealt),
    Deed.ANNOTATE: Way(bulk.annotate, bulk.withdraw, bulk.refused),
    Deed.ACCEPT: Way(bulk.accept, bulk.withdraw),
    Deed.MEND: Way(mending.mend, mending.put_back, mending.refused),
    Deed.MASK: Way(mending.mask, mending.put_back, mending.refused),
    Deed.RELABEL: Way(
        relabeling.carry_over, relabeling.put_back, relabeling.refused, relabeling.meant
    ),
}
