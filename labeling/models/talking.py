"""What people say to one another about an example, and the bell that tells them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.models import Example, Project


class Said(models.TextChoices):
    COMMENT = "comment", _("comment")
    FLAG = "flag", _("flag")
    BACK = "back", _("sent back")


class Comment(models.Model):
    """A remark on an example; a flag is one that asks someone to look."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="comments", db_index=False)
    example = models.ForeignKey(Example, models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=7, choices=Said, default=Said.COMMENT)
    text = models.TextField(blank=True)
    mentions = models.ManyToManyField(User, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # A flag is open until somebody says that it is dealt with.
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("comment"), _("comments")
        ordering: ClassVar = ["id"]
        indexes = [
            models.Index(
                fields=["project", "id"],
                name="flags_open",
                condition=Q(kind="flag", closed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.text


class NoticeKind(models.TextChoices):
    MENTION = "mention", _("mentioned you")
    REPLY = "reply", _("answered where you wrote")
    BACK = "back", _("sent back your answer")


class Notice(models.Model):
    """Something a person should hear of: the bell counts those they have not read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="notices", db_index=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    example = models.ForeignKey(Example, models.CASCADE, null=True, related_name="+")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=7, choices=NoticeKind)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_of"),
            models.Index(fields=["person"], name="notices_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
