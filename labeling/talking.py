"""What people say to one another about an example.

Who is named by @ hears of it, and so do those who wrote of the same example before.
"""

import re

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from labeling import reasons
from labeling.models import Comment, Notice, NoticeKind, Said
from projects.models import Example

LONGEST = 5000
SHOWN = 100
# @ada, or @ada@example.org; a full stop behind the name ends the sentence.
NAMED = re.compile(r"(?<![\w.@])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")


def cleaned(text: str, longest: int = LONGEST) -> str:
    """As it can be kept: PostgreSQL takes no NUL, which people paste without seeing it."""
    return text.replace("\0", "").strip()[:longest]


def comment(example: Example, by: User, text: str) -> Comment:
    """A remark. Members whom it names are told."""
    return _say(example, by, text, Said.COMMENT)


def flag(example: Example, by: User, text: str = "") -> Comment:
    """Ask someone to look at it."""
    return _say(example, by, text, Said.FLAG)


def flagged(example: Example) -> bool:
    """Whether a flag on it is open."""
    return example.comments.filter(kind=Said.FLAG, closed_at=None).exists()


def sent_back(example: Example, person: User) -> tuple[str, dict[str, str]]:
    """Why it is theirs again: what a reviewer wrote to them last, or that a manager assigned it."""
    theirs = _sent_back_to(example, person).order_by("-id")
    why = theirs.values_list("comment__text", flat=True).first()
    return (reasons.SENT_BACK, {"why": why[:200]}) if why else (reasons.ASSIGNED, {})


def close(flag: Comment, by: User) -> None:
    """Someone looked, and it is dealt with."""
    still = Comment.objects.filter(pk=flag.pk, kind=Said.FLAG, closed_at=None)
    still.update(closed_at=timezone.now(), closed_by=by)


def _sent_back_to(example: Example, person: User) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person, example=example, kind=NoticeKind.BACK)


def about(example: Example, asked: User | None = None, most: int = SHOWN) -> list[Comment]:
    """The latest remarks, the oldest of them first.

    Who is still `asked` does not see what reviewers wrote to others: it says what is right.
    """
    said = example.comments.select_related("author", "closed_by").order_by("-id")
    if asked is not None:
        theirs = Q(author=asked) | Q(pk__in=_sent_back_to(example, asked).values("comment_id"))
        said = said.filter(theirs | ~Q(kind=Said.BACK))
    return list(said[:most])[::-1]


@transaction.atomic
def _say(example: Example, by: User, text: str, kind: Said) -> Comment:
    said = Comment.objects.create(
        project_id=example.project_id,
        example=example,
        author=by,
        kind=kind,
        text=cleaned(text),
    )
    named = [person for person in _named(example, said.text) if person.pk != by.pk]
    said.mentions.set(named)
    _tell(said, named, NoticeKind.MENTION)
    if kind == Said.COMMENT:
        _tell(said, [one for one in _before(said) if one not in named], NoticeKind.REPLY)
    return said


def _tell(said: Comment, people: list[User], kind: NoticeKind) -> None:
    Notice.objects.bulk_create(
        Notice(
            person=person,
            project_id=said.project_id,
            example_id=said.example_id,
            comment=said,
            kind=kind,
            by_id=said.author_id,
        )
        for person in people
    )


def _before(said: Comment) -> list[User]:
    """The other members who wrote of the same example."""
    others = Comment.objects.filter(example_id=said.example_id).exclude(author=said.author)
    members = User.objects.filter(memberships__project_id=said.project_id)
    return list(members.filter(pk__in=others.values("author_id")))


def _named(example: Example, text: str) -> list[User]:
    """The members whose e-mail, or the part of it before the @, stands in the text."""
    words = {word.rstrip(".-").lower() for word in NAMED.findall(text)}
    if not words:
        return []
    members = User.objects.filter(memberships__project_id=example.project_id)
    return [one for one in members if {one.email.lower(), _local(one.email)} & words]


def _local(email: str) -> str:
    return email.partition("@")[0].lower()
