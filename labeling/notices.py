"""What the bell tells a person: where they were named, where someone wrote, what came back."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from labeling.models import Notice
from projects import access

SIZE = 30
MOST = 100  # so many of the unread are counted


def of(person: User) -> QuerySet[Notice]:
    """Theirs, in the projects where they still are."""
    return Notice.objects.filter(person=person, project__in=access.visible(person))


def unread(person: User) -> int:
    """How many they have not read, counted up to MOST."""
    return len(of(person).filter(read_at=None).order_by().values_list("pk")[:MOST])


def leaf(person: User, *, before: UUID | None = None) -> tuple[list[Notice], UUID | None]:
    """Their newest notices, or those before one; and from which on the next page goes."""
    found = of(person).select_related("project", "by", "comment", "example").order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    shown = list(found[: SIZE + 1])
    return shown[:SIZE], shown[SIZE - 1].pk if len(shown) > SIZE else None


def read(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def read_all(person: User) -> None:
    Notice.objects.filter(person=person, read_at=None).update(read_at=timezone.now())
