"""One answer, or the suggested ones, given to many examples at once; and a sample seen before."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.ids import new_id
from accounts.models import User
from ml.answers import AnswerError
from ml.measuring import wilson
from projects import gold, quoting, relabeling
from projects.models import Act, Annotation, AnnotationSource, Deed, Example, Member, Project

Before = dict[UUID, dict[str, Any]]
SAMPLE = 10  # examples that are seen before many are labelled
DRAWN = 1000  # among which those are looked for
DRAWN_FROM = 100_000  # of those that are meant, the first
LABELLING = (Deed.ANNOTATE, Deed.ACCEPT)


def open_to_all(found: QuerySet[Example], by: User | None) -> QuerySet[Example]:
    """Those that one person may label at once: only what nobody has settled, and never the
    protected test set, for a glance is no measure."""
    own = Annotation.objects.filter(
        example=OuterRef("pk"), author=by, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    free = found.filter(is_test=False, deleted_at=None, set_aside=False, gold__isnull=True)
    return free.filter(~Exists(own))


def annotate(act: Act, examples: list[UUID]) -> Before:
    """In the labels of today; nobody where its label went while the act waited."""
    return _label(act, examples, lambda one: relabeling.as_now(act.project, act.value["answer"]))


def accept(act: Act, examples: list[UUID]) -> Before:
    """Each as a model version suggests it, in the labels of today."""

    def suggested(one: Example) -> dict[str, Any] | None:
        said = suggestions.get(one.pk)
        return None if said is None else _suggested(act.project, one, said)

    suggestions = dict(
        Example.objects.filter(pk__in=examples, suggestion__isnull=False).values_list(
            "pk", "suggestion__answer"
        )
    )
    return _label(act, examples, suggested)


def _suggested(project: Project, one: Example, said: dict[str, Any]) -> dict[str, Any] | None:
    """None where its label is gone, or the text has changed since and it does not fit it."""
    return relabeling.as_now(project, said) if quoting.fits(project, said, one.data) else None


def _label(
    act: Act, examples: list[UUID], answer: Callable[[Example], dict[str, Any] | None]
) -> Before:
    without = set(act.value.get("without", []))
    relabeling.hold(act.project)
    found = Example.objects.filter(pk__in=examples, project=act.project)
    list(found.select_for_update().order_by("pk").values_list("pk"))
    free = [one for one in open_to_all(found, act.created_by) if str(one.pk) not in without]
    said = {one.pk: answer(one) for one in free}
    new = {pk: new_id() for pk, given in said.items() if given is not None}
    Annotation.objects.bulk_create(
        [
            Annotation(
                id=pk, example_id=example, author=act.created_by, source=AnnotationSource.PERSON,
                answer=said[example], guidelines_version=act.project.guidelines_version,
            )
            for example, pk in new.items()
        ]
    )  # fmt: skip
    by = act.created_by_id
    theirs = {one.pk for one in free if by and one.pk in new and one.assignee_id == by}
    Example.objects.filter(pk__in=theirs).update(assignee=None)  # they were to answer, and did
    gold.settle(list(new))
    return {
        example: {"annotation": str(pk), "answer": said[example], "theirs": example in theirs}
        for example, pk in new.items()
    }


def withdraw(act: Act, before: Before) -> None:
    """But for what was changed since. Who was to answer is to answer again."""
    given = {UUID(was["annotation"]): was for was in before.values()}
    back = []
    for annotation in Annotation.objects.filter(pk__in=list(given), withdrawn_at=None):
        was = given[annotation.pk]
        said = was.get("answer", act.value.get("answer"))
        if annotation.answer in (said, relabeling.as_now(act.project, said)):
            annotation.withdraw()
            back += [annotation.example_id] if was.get("theirs") else []
    if Member.may_label(act.project).filter(user=act.created_by).exists():
        Example.objects.filter(pk__in=back, assignee=None).update(assignee=act.created_by)
    gold.settle(list(before))


def refused(project: Project, value: dict[str, Any]) -> str:
    try:
        if not project.kind.answer.in_bulk:
            raise AnswerError("answer-single")
        project.kind.answer.parse(value.get("answer"), project.label_names)
    except AnswerError as problem:
        return str(problem)
    return ""


@dataclass(frozen=True)
class Seen:
    """One of a sample, with the answer that it would get."""

    example: Example
    answer: dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """Some of those that would be labelled; `of` is how many that would be, or at least so many."""

    seen: list[Seen]
    of: int

    @property
    def whole(self) -> bool:
        return self.of < DRAWN_FROM


def sample(
    project: Project, by: User, deed: Deed, meant: QuerySet[Example], answer: dict[str, Any] | None
) -> Sample:
    """Drawn at random from all that the deed would label.

    A suggestion that is about another text labels nothing: others are drawn in its place.
    """
    free = open_to_all(meant, by)
    if deed == Deed.ACCEPT:
        free = free.filter(suggestion__isnull=False)
    among = free.order_by().values("pk")[:DRAWN_FROM]
    drawn = Example.objects.filter(pk__in=among).select_related("suggestion").order_by("?")
    fitting = (
        Seen(one, said)
        for one in drawn[:DRAWN].iterator(chunk_size=SAMPLE)
        if (said := answer or _suggested(project, one, one.suggestion.answer)) is not None
    )
    return Sample(list(islice(fitting, SAMPLE)), among.count())


def expected(wrong: int, seen: int, of: int) -> tuple[int, int]:
    """How many of all would be wrong, at least and at most, if so many of a sample are (95 %)."""
    low, high = wilson(wrong, seen)
    unseen = max(0, of - seen)
    return max(wrong, round(low * of)), min(wrong + unseen, round(high * of))
