"""All that happened to an example: who said, changed, took back what; what was done to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from labeling import asking, skipping, talking
from labeling.models import Assignment, Held, Notice, NoticeKind, Said
from ml.answers import Choice, Choices
from projects import blind, showing
from projects.models import Annotation, AnnotationSource, Deed, Example, Project, Role

MOST = 200  # of each kind
AT_ONCE = timedelta(seconds=5)  # between two steps of one transaction


class What(TextChoices):
    """What can have happened."""

    PERSON = "person", _("answered")
    IMPORT = "import", _("imported")
    REVIEW = "review", _("settled by a reviewer")
    CALLER = "caller", _("said by a caller")
    CHECK = "check", _("answered a known-answer check")
    CHANGED = "changed", _("changed the answer")
    WITHDRAWN = "withdrawn", _("taken back")
    SKIPPED = "skipped", _("skipped")
    COMMENT = "comment", _("wrote")
    FLAG = "flag", _("flagged")
    BACK = "back", _("sent back")
    CLOSED = "closed", _("dealt with the flag")
    ACT = "act", _("with others:")


@dataclass(frozen=True)
class Event:
    """One thing that happened; `own` is a settlement that its reader can take back."""

    at: datetime
    what: What
    who: str
    answer: str = ""
    labels: tuple[dict[str, Any], ...] = ()  # where the answer is nothing but labels
    text: str = ""
    act: Any = None
    own: Annotation | None = None
    guidelines: int = 0  # the version that the answer was given under, where that says something


def of(example: Example, reader: User, role: Role) -> list[Event]:
    """Oldest first. Which examples are checks is told to nobody who may meet them."""
    hidden = blind.is_for(example, reader, role)
    events = [
        *_answers(example, reader, role, hidden=hidden),
        *_skips(example),
        *_remarks(example, reader if hidden else None),
        *_acts(example, hidden=hidden),
    ]
    return sorted(events, key=lambda one: one.at)


def _answers(example: Example, reader: User, role: Role, *, hidden: bool) -> Iterator[Event]:
    kept = example.annotations.select_related("author", "upload").prefetch_related("history")
    others, backs = _changed_by(example), _sent_back(example)
    said = list(kept.order_by("id")[:MOST])
    for one in blind.visible(said, reader) if hidden else said:
        if one.source != AnnotationSource.CHECK or role >= Role.REVIEWER:
            yield from _course(example.project, one, reader, others, backs)


def _changed_by(example: Example) -> dict[int, str]:
    """Revision → who changed the label that the answer named: its author did not."""
    acts = example.touches.filter(before__isnull=False, act__deed=Deed.RELABEL)
    return {
        revision: _email(touched.act.created_by)
        for touched in acts.select_related("act__created_by").order_by("-id")[:MOST]
        for _answer, revision in (touched.before or {"answers": {}})["answers"].values()
    }


def _sent_back(example: Example) -> list[Notice]:
    """What reviewers sent back: they took those answers, not their authors."""
    told = Notice.objects.filter(example=example, kind=NoticeKind.BACK)
    return list(told.select_related("by").order_by("-id")[:MOST])


def _course(
    project: Project, one: Annotation, reader: User, others: dict[int, str], backs: list[Notice]
) -> Iterator[Event]:
    """What was said first, each change, and the end of it."""
    former = sorted(one.history.all(), key=lambda kept: kept.until)
    changes = former[:-1] if one.withdrawn_at else former
    times = [one.created_at, *(change.until for change in changes)]
    answers = [*(kept.answer for kept in changes), one.answer]
    who = one.author.email if one.author else one.upload.name if one.upload else ""
    by = [who, *(others.get(change.pk, who) for change in changes)]
    mine = one.source == AnnotationSource.REVIEW and one.author_id == reader.pk
    for place, (at, answer) in enumerate(zip(times, answers, strict=True)):
        what = What.CHANGED if place else What(one.source)
        own = one if mine and place == len(changes) and one.withdrawn_at is None else None
        said, labels = asking.summary(project, answer), _labels(project, answer)
        number = under(project, one) if place == len(changes) else 0
        yield Event(at, what, by[place], said, labels, own=own, guidelines=number)
    if one.withdrawn_at:
        said = asking.summary(project, one.answer)
        who = _taken_by(one, backs) or (others.get(former[-1].pk, who) if former else who)
        yield Event(one.withdrawn_at, What.WITHDRAWN, who, said, _labels(project, one.answer))


def under(project: Project, one: Annotation) -> int:
    """The version of the guidelines that an answer was given under; 0 where there was but one, or
    where nobody of the project gave it. Of an answer that was changed, only the last is known."""
    by_us = one.source not in (AnnotationSource.IMPORT, AnnotationSource.CALLER)
    return one.guidelines_version if by_us and project.guidelines_version > 1 else 0


def _taken_by(one: Annotation, backs: list[Notice]) -> str:
    """Who sent it back, and told its author a moment later; else nobody."""
    end = one.withdrawn_at or one.created_at
    for told in backs:
        if told.person_id == one.author_id and end <= told.created_at < end + AT_ONCE:
            return _email(told.by)
    return ""


def _labels(project: Project, answer: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    if not isinstance(project.kind.answer, Choice | Choices):
        return ()
    return tuple(showing.labels(project, answer))


def _skips(example: Example) -> Iterator[Event]:
    skipped = Assignment.objects.filter(example=example, state=Held.SKIPPED)
    for one in skipped.select_related("person").order_by("-id")[:MOST]:
        at, why = one.ended_at or one.created_at, skipping.in_words(one.skip_reason)
        yield Event(at, What.SKIPPED, one.person.email, text=why)


def _remarks(example: Example, asked: User | None) -> Iterator[Event]:
    for one in talking.about(example, asked, MOST):
        yield Event(one.created_at, What(one.kind), _email(one.author), text=one.text)
        if one.kind == Said.FLAG and one.closed_at:
            yield Event(one.closed_at, What.CLOSED, _email(one.closed_by))


def _acts(example: Example, *, hidden: bool) -> Iterator[Event]:
    touched = example.touches.filter(before__isnull=False).select_related("act__created_by")
    for one in touched.order_by("-id")[:MOST]:
        if hidden and blind.tells(one.act):
            continue
        name = str(Deed(one.act.deed).label)
        yield Event(one.act.created_at, What.ACT, _email(one.act.created_by), name, act=one.act)


def by(annotation: Annotation) -> str:
    """Who said it, or where it comes from."""
    if annotation.author is not None:
        return str(annotation.author.email)
    if annotation.source in (AnnotationSource.IMPORT, AnnotationSource.CALLER):
        return str(What(annotation.source).label)
    return gettext("someone whose account is gone")


def _email(person: User | None) -> str:
    return person.email if person else ""
