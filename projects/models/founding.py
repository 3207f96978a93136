"""A project, its members and whom it invited."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from ml.task import Task
from ml.tasks import TASKS


def new_salt() -> str:
    return secrets.token_hex(8)


class Role(models.IntegerChoices):
    """What a member may do; a higher role may all that a lower one may."""

    VIEWER = 10, _("viewer")
    ANNOTATOR = 20, _("annotator")
    REVIEWER = 30, _("reviewer")
    MANAGER = 40, _("manager")
    OWNER = 50, _("owner")

    @property
    def word(self) -> str:
        """Its name in the API, the same in every language."""
        return self.name.lower()


class Order(models.TextChoices):
    """Which example comes next."""

    SMART = "smart", _("smart")
    RANDOM = "random", _("random")
    IN_ORDER = "in_order", _("in order")


class Project(models.Model):
    """One thing to be learnt: its task, its labels and how people are to answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    task = models.CharField(max_length=50)
    labels = models.JSONField(default=list)
    # Names that labels had → what they are called now; null where they are gone. Model versions
    # keep the labels that they learned.
    former_labels = models.JSONField(default=dict, db_default={})
    guidelines = models.TextField(blank=True)
    guidelines_version = models.PositiveIntegerField(default=1)
    overlap = models.PositiveSmallIntegerField(default=1)
    order = models.CharField(max_length=8, choices=Order, default=Order.SMART)
    # In percent: of the examples, those that one person more answers, to measure agreement; of the
    # leases, those that are known-answer checks; of the suggestions, those that are hidden.
    double_share = models.PositiveSmallIntegerField(default=0, db_default=0)
    check_share = models.PositiveSmallIntegerField(default=5, db_default=5)
    hidden_share = models.PositiveSmallIntegerField(default=10, db_default=10)
    # The desk's own deeds whose letter is not the usual one: name → letter. See palette.
    desk_keys = models.JSONField(default=dict, db_default={})
    # Decides, with an example's content, what is test. It never changes.
    salt = models.CharField(max_length=16, default=new_salt, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("project"), _("projects")

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> Task:
        return TASKS[self.task]

    @property
    def label_names(self) -> list[str]:
        return [label["name"] for label in self.labels]


class Guidelines(models.Model):
    """What a project's guidelines said, version by version: an annotation names its own."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="guidelines_history")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("guidelines"), _("guidelines")
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="each_version_once")
        ]

    def __str__(self) -> str:
        return self.text


class Member(models.Model):
    """A person in a project, with a role."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("member"), _("members")
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_role_each")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @classmethod
    def may_label(cls, project: Project) -> models.QuerySet["Member"]:
        """Those who can be asked for answers."""
        return cls.objects.filter(project=project, role__gte=Role.ANNOTATOR)


def in_two_weeks() -> Any:
    return timezone.now() + timedelta(days=14)


class Invitation(models.Model):
    """A place kept in a project for an e-mail address that has no account yet."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.PositiveSmallIntegerField(choices=Role)
    hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_two_weeks)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Its link, for whoever just made it: only a hash of it is kept.
    link = ""

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")

    def __str__(self) -> str:
        return self.email

    @property
    def open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()
