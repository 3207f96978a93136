"""A reviewer looks again: at disagreements, flags, probable errors, or a sample of someone's work.

What they settle is gold, whatever others said. What they send back is its author's to do anew.
"""

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Mod
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.problems import Conflict
from labeling import answering, checks, team
from labeling.models import Comment, Notice, NoticeKind, Recheck, Said, Settlement
from projects import gold, health, quoting, relabeling
from projects.models import Annotation, AnnotationSource, Deed, Example, Project, Status

MOST = 100
SAMPLED = 2000  # of the newest answers, among which a sample is drawn


class Pile(models.TextChoices):
    """What a reviewer can look through."""

    DIFFER = "differ", _("Disagreements")
    LOW = "low", _("Low agreement")
    FLAGS = "flags", _("Flags")
    SUSPECTS = "suspects", _("Probably mislabelled")
    SAMPLE = "sample", _("A sample")


class Overtaken(Conflict):
    """Another reviewer was quicker."""


COUNTED = (Pile.DIFFER, Pile.LOW, Pile.FLAGS, Pile.SUSPECTS)


def waiting(
    project: Project, pile: Pile = Pile.DIFFER, *, after: UUID | None = None, by: UUID | None = None
) -> Example | None:
    """The next of a pile; `by`: of a sample, whose answers."""
    found = _PILES[pile](project, by)
    if after is not None:
        found = found.filter(pk__gt=after)
    return found.order_by("pk").first()


def why(example: Example) -> str:
    """What brought an example without a caller's word into the first pile."""
    if example.gold is None:
        return str(_("People answered differently."))
    sent = example.touches.filter(before__isnull=False, act__deed=Deed.REVIEW, act__undone_at=None)
    at = sent.order_by("-id").values_list("act__created_at", flat=True).first()
    looked = Recheck.objects.filter(example=example, settled_at__isnull=False).first()
    if looked and looked.settled_at and (at is None or looked.settled_at > at):
        return str(_("Whoever looked a second time said something else."))
    return str(_("It waits for a reviewer.") if at is None else _("Somebody sent it to review."))


def _differ(project: Project, by: UUID | None) -> QuerySet[Example]:
    return Example.objects.filter(project=project, status=Status.REVIEW)


def _low(project: Project, by: UUID | None) -> QuerySet[Example]:
    """A majority stands, and somebody said otherwise; until a reviewer looked."""
    reviewed = Annotation.objects.filter(
        example=OuterRef("pk"), source=AnnotationSource.REVIEW, withdrawn_at=None
    )
    settled = _there(project).filter(dissent__gt=0, status=Status.LABELED)
    return settled.filter(~Exists(reviewed))


def _flags(project: Project, by: UUID | None) -> QuerySet[Example]:
    flagged = Comment.objects.filter(project=project, kind=Said.FLAG, closed_at=None)
    return _there(project).filter(pk__in=flagged.values("example_id"))


def _suspects(project: Project, by: UUID | None) -> QuerySet[Example]:
    open_ones = Recheck.objects.filter(project=project, settled_at=None)
    return _there(project).filter(pk__in=open_ones.values("example_id"))


def _sample(project: Project, by: UUID | None) -> QuerySet[Example]:
    """One in five of the newest answers, by a place that nobody chose."""
    said = Annotation.objects.filter(
        example__project=project, source=AnnotationSource.PERSON, withdrawn_at=None
    )
    newest = (said if by is None else said.filter(author_id=by)).order_by("-id")
    reviewed = Annotation.objects.filter(source=AnnotationSource.REVIEW, withdrawn_at=None)
    ids = newest.values("example_id")[:SAMPLED]
    labelled = _there(project).filter(status=Status.LABELED, pk__in=ids)
    labelled = labelled.annotate(drawn=Mod("place", 5)).filter(drawn=0)
    return labelled.exclude(pk__in=reviewed.filter(example__project=project).values("example_id"))


def _there(project: Project) -> QuerySet[Example]:
    return Example.objects.filter(project=project, set_aside=False, deleted_at=None)


_PILES = {
    Pile.DIFFER: _differ,
    Pile.LOW: _low,
    Pile.FLAGS: _flags,
    Pile.SUSPECTS: _suspects,
    Pile.SAMPLE: _sample,
}


def counts(project: Project) -> dict[str, int]:
    """How many wait in each pile but the sample, counted up to MOST; one question for all."""
    first, *others = (
        _PILES[pile](project, None)
        .order_by()
        .annotate(pile=Value(pile.value))
        .values("pile")[:MOST]
        for pile in COUNTED
    )
    waiting = Counter(row["pile"] for row in first.union(*others, all=True))
    return {pile.value: waiting[pile.value] for pile in COUNTED}


@transaction.atomic
def settle(
    example: Example, answer: dict[str, Any], reviewer: User, *, seen: str = ""
) -> Annotation:
    """The reviewer's answer is gold. One that they gave before goes into the history.

    Raises Overtaken if it was settled since it was `seen` with another mark, and Conflict if its
    text is another one by now.
    """
    answer = answering.in_labels_of_today(example.project, answer)
    now = Example.objects.select_for_update().get(pk=example.pk)
    if seen not in ("", mark(example)):
        raise Overtaken(_("Someone settled this one meanwhile; their answer stays."))
    quoting.check(example.project, answer, now)
    theirs = example.annotations.filter(source=AnnotationSource.REVIEW, author=reviewer)
    former = list(theirs.filter(withdrawn_at=None))
    for one in former:
        one.withdraw()
    annotation = Annotation.record(
        example,
        answer,
        reviewer,
        AnnotationSource.REVIEW,
        guidelines_version=example.project.guidelines_version,
    )
    Example.objects.filter(pk=example.pk).update(disputed=False)
    flags, recheck = _close(example, reviewer)
    ended = Settlement.objects.create(
        annotation=annotation, disputed=now.disputed, flags=flags, recheck=recheck
    )
    _ended_before(former, ended)
    gold.settle([example.pk], locked=True)
    checks.follow(example)
    health.settled(example)
    return annotation


def mark(example: Example) -> str:
    """Another after each settlement: two reviewers at one example do not overwrite one another."""
    reviews = example.annotations.filter(source=AnnotationSource.REVIEW).order_by("-id")
    return str(reviews.values_list("pk", flat=True).first() or "none")


def _ended_before(former: list[Annotation], ended: Settlement) -> None:
    """What they settled before ended something, too: taken back is all of it at once."""
    for one in Settlement.objects.filter(annotation__in=former):
        ended.disputed, ended.recheck = ended.disputed or one.disputed, ended.recheck or one.recheck
        ended.flags = [*one.flags, *ended.flags]
    ended.save()


@transaction.atomic
def undo(annotation: Annotation, reviewer: User) -> None:
    """Take one's own settlement back: what others said counts again, and so does what had brought
    the example into review, unless another reviewer settled it as well."""
    if annotation.author_id != reviewer.pk or annotation.source != AnnotationSource.REVIEW:
        raise Conflict(_("Only who settled an example can take that back."))
    example = Example.objects.select_for_update().get(pk=annotation.example_id)
    others = example.annotations.filter(source=AnnotationSource.REVIEW, withdrawn_at=None)
    if not others.exclude(pk=annotation.pk).exists():
        _reopen(example, annotation)
    answering.forget(annotation)


def _reopen(example: Example, annotation: Annotation) -> None:
    for ended in Settlement.objects.filter(annotation=annotation):
        if ended.disputed:
            Example.objects.filter(pk=example.pk).update(disputed=True)
        if ended.recheck:
            Recheck.objects.filter(example=example).update(settled_at=None)
        closed = Comment.objects.filter(example=example, pk__in=ended.flags)
        closed.filter(closed_by=annotation.author_id).update(closed_at=None, closed_by=None)


@transaction.atomic
def send_back(annotation: Annotation, reviewer: User, text: str) -> None:
    """Ask its author to answer anew, and say why. What they said stays in the history."""
    if annotation.source != AnnotationSource.PERSON:
        raise Conflict(_("Only what somebody answered at the desk can be sent back."))
    relabeling.hold(annotation.example.project)  # everybody locks the project before its examples
    example = Example.objects.select_for_update().get(pk=annotation.example_id)
    author = annotation.author
    if author is None or not team.may_label(author, example.project):
        raise Conflict(_("Who gave this answer no longer labels in this project."))
    answering.forget(annotation)
    Example.objects.filter(pk=example.pk).update(assignee=author, disputed=False)
    _close(example, reviewer)
    said = Comment.objects.create(
        project_id=example.project_id, example=example, author=reviewer, kind=Said.BACK, text=text
    )
    Notice.objects.create(
        person=author, project_id=example.project_id, example=example, comment=said,
        kind=NoticeKind.BACK, by=reviewer,
    )  # fmt: skip
    gold.settle([example.pk], locked=True)


def _close(example: Example, reviewer: User) -> tuple[list[str], bool]:
    """What it waited for. The flags, and whether a second look was wanted."""
    now = timezone.now()
    open_flags = example.comments.filter(kind=Said.FLAG, closed_at=None)
    flags = [str(pk) for pk in open_flags.values_list("pk", flat=True)]
    open_flags.update(closed_at=now, closed_by=reviewer)
    rechecks = Recheck.objects.filter(example=example, settled_at=None)
    return flags, rechecks.update(settled_at=now) > 0


def answers(example: Example) -> list[Annotation]:
    """What was said of it so far, oldest first."""
    live = example.annotations.filter(withdrawn_at=None).exclude(source=AnnotationSource.CHECK)
    return list(live.select_related("author").order_by("created_at")[:MOST])
