"""Labels get another name, become one, become several or go: in the answers too, and back.

A model version keeps the labels that it learned; `as_now` says its answers in those of today.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from ml.answers import AnswerError
from projects import gold, palette
from projects.leases import BUSY, State
from projects.models import Act, Annotation, AnnotationSource, Deed, Example, Project, Revision

RENAME, MERGE, SPLIT, DELETE = HOWS = ("rename", "merge", "split", "delete")
Labels = list[dict[str, Any]]
Former = dict[str, str | None]
Before = dict[UUID, dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """What becomes of one label."""

    how: str
    label: str
    into: tuple[str, ...] = ()
    rest: bool = True  # where the label goes, whatever else an answer says stays

    @property
    def names(self) -> Mapping[str, str | None]:
        """What it is called from now on; None where people must say anew."""
        return {self.label: self.into[0] if self.how in (RENAME, MERGE) else None}

    @property
    def keeps_rest(self) -> bool:
        """Who split a label wants every answer that names it looked at again."""
        return self.rest and self.how == DELETE

    def labels(self, now: Labels) -> Labels:
        """The project's labels after it. Keys and colours stay with their labels."""
        at = next(at for at, label in enumerate(now) if label["name"] == self.label)
        into = self.into if self.how in (RENAME, SPLIT) else ()
        made = [
            now[at] | {"name": name} if not n else {"name": name} for n, name in enumerate(into)
        ]
        return palette.dressed([*now[:at], *made, *now[at + 1 :]])

    def former(self, former: Former, names: list[str]) -> Former:
        """The names that are gone after it; `names` are those of the labels after it."""
        found = {old: self.names.get(now, now) if now else None for old, now in former.items()}
        found |= self.names
        return {old: now for old, now in found.items() if old not in names}


def of(act: Act) -> Change:
    said = act.value
    return Change(said["how"], said["label"], tuple(said["into"]), said["rest"])


def unfinished(project: Project) -> Act | None:
    """A change whose answers are still on their way from one label to another, or got stuck."""
    meant = project.acts.filter(deed=Deed.RELABEL).exclude(state=State.DONE)
    return meant.order_by("-id").first()


def at_work(project: Project) -> bool:
    """Whether a change is on its way."""
    return project.acts.filter(deed=Deed.RELABEL, state__in=BUSY).exists()


def hold(project: Project) -> None:
    """The labels as they are now; they stay until the transaction ends. Many hold them at once.

    Whoever keeps an answer holds them first, so that no change of labels passes it by.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT labels, former_labels FROM projects_project WHERE id = %s FOR KEY SHARE",
            [project.pk],
        )
        labels, names = cursor.fetchone()
    project.labels, project.former_labels = json.loads(labels), json.loads(names)


def taken(project: Project, parse: Callable[[list[str]], dict[str, Any]]) -> dict[str, Any]:
    """What `parse` makes of an answer by the labels that it is given, in those of today.

    A page, an outbox, a model or a file may still say a label of earlier. Raises AnswerError.
    """
    labels, names = project.label_names, former(project)
    try:
        return parse(labels)
    except AnswerError as problem:
        if not names:
            raise
        try:
            answer = parse([*labels, *names])
        except AnswerError:
            raise problem from None
    shape = project.kind.answer
    gone = [label for label in shape.labels_of(answer) if names.get(label, label) is None]
    if gone:
        raise AnswerError("label-gone", given=gone[0])
    return shape.renamed(answer, names, labels) or answer


def as_now(project: Project, answer: dict[str, Any]) -> dict[str, Any] | None:
    """What was said in labels of earlier, in those of today; None where one is gone."""
    if not project.former_labels:
        return answer
    labels = project.label_names
    return project.kind.answer.renamed(answer, former(project), labels)


def former(project: Project) -> Former:
    """Names of earlier → names of today. One that was given anew means what it means now."""
    labels = project.label_names
    return {
        old: now if now in labels else None
        for old, now in project.former_labels.items()
        if old not in labels
    }


def renamed(project: Project) -> dict[str, str]:
    """Names of earlier that still mean a label."""
    return {old: now for old, now in former(project).items() if now is not None}


def naming(project: Project, label: str) -> QuerySet[Annotation]:
    """Answers that count and name the label."""
    return Annotation.objects.filter(
        example__project=project,
        withdrawn_at=None,
        answer__contains=project.kind.answer.naming(label),
    )


def meant(act: Act) -> QuerySet[Example]:
    """Examples with an answer that names the label."""
    theirs = naming(act.project, act.value["label"]).filter(example=OuterRef("pk"))
    return Example.objects.filter(Exists(theirs), project=act.project)


def refused(project: Project, value: dict[str, Any]) -> str:
    """Only the page of the labels asks for it."""
    return "" if value.get("how") in HOWS else "value"


def carry_over(act: Act, examples: list[UUID]) -> Before:
    """Change the answers to these examples, or take them back so that people say anew."""
    change, labels, now = of(act), act.value["names"], timezone.now()
    locked = Example.objects.select_for_update().filter(pk__in=examples, project=act.project)
    list(locked.order_by("pk").values_list("pk"))
    theirs = list(naming(act.project, change.label).filter(example__in=examples))
    noted = Revision.objects.bulk_create(
        [Revision(annotation=one, answer=one.answer) for one in theirs]
    )
    before: Before = {}
    for one, revision in zip(theirs, noted, strict=True):
        answers = before.setdefault(one.example_id, {"answers": {}})["answers"]
        answers[str(one.pk)] = [one.answer, revision.pk]
        said = _said(act.project, change, one.answer, labels)
        one.withdrawn_at = now if said is None else None
        one.answer = one.answer if said is None else said
        one.updated_at = now
    Annotation.objects.bulk_update(theirs, ["answer", "withdrawn_at", "updated_at"], batch_size=500)
    gold.settle(list(before), locked=True)
    return before


def put_back(act: Act, before: Before) -> None:
    """As it was, but for what people changed or said anew since."""
    change, labels = of(act), act.value["names"]
    was = {UUID(pk): two for one in before.values() for pk, two in one["answers"].items()}
    list(Example.objects.select_for_update().filter(pk__in=list(before)).order_by("pk"))
    back = []
    anew = _answered_anew(was)
    for one in Annotation.objects.filter(pk__in=list(was)):
        answer = was[one.pk][0]
        said = _said(act.project, change, answer, labels)
        gone = said is None and one.withdrawn_at is not None and one.pk not in anew
        if gone or (said is not None and one.withdrawn_at is None and one.answer == said):
            one.answer, one.withdrawn_at = answer, None
            back.append(one)
    Annotation.objects.bulk_update(back, ["answer", "withdrawn_at"], batch_size=500)
    Revision.objects.filter(pk__in=[was[one.pk][1] for one in back]).delete()
    gold.settle(list(before), locked=True)


def _answered_anew(was: Mapping[UUID, Any]) -> set[UUID]:
    """Those whose author has said something else about the example since."""
    newer = Annotation.objects.filter(
        example=OuterRef("example"), author=OuterRef("author"), source=AnnotationSource.PERSON,
        withdrawn_at=None,
    )  # fmt: skip
    theirs = Annotation.objects.filter(Exists(newer), pk__in=list(was), source="person")
    return set(theirs.exclude(withdrawn_at=None).values_list("pk", flat=True))


def _said(
    project: Project, change: Change, answer: dict[str, Any], labels: list[str]
) -> dict[str, Any] | None:
    shape = project.kind.answer
    return shape.renamed(answer, change.names, labels, rest=change.keeps_rest)
