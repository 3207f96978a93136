"""The data: projects, members, uploads, examples and the answers people gave."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from ml.task import Task
from ml.tasks import TASKS
from projects.leases import Leased


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


class Project(models.Model):
    """One thing to be learnt: its task, its labels and how people are to answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    task = models.CharField(max_length=50)
    labels = models.JSONField(default=list)
    guidelines = models.TextField(blank=True)
    guidelines_version = models.PositiveIntegerField(default=1)
    overlap = models.PositiveSmallIntegerField(default=1)
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


class Upload(Leased):
    """A file on its way into the project."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="uploads")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=500, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    answers = models.CharField(max_length=5, default="final")
    dry_run = models.BooleanField(default=False)
    detected = models.JSONField(default=dict)
    rows_read = models.PositiveIntegerField(default=0)
    examples_created = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    # The same as a code and values, so that pages can say it in their reader's language.
    error_said = models.JSONField(default=dict)
    # Label → rows: what a dry run met in the label column and the project does not have.
    new_labels = models.JSONField(default=dict)
    # {"slug", "language"} where the file is a sample that the worker fetches first.
    sample = models.JSONField(default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("upload"), _("uploads")

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Any:
        return settings.FILES / self.path


class Status(models.TextChoices):
    UNLABELED = "unlabeled"
    LABELED = "labeled"
    REVIEW = "review"
    SKIPPED = "skipped"
    SET_ASIDE = "set_aside"


class Source(models.TextChoices):
    UPLOAD = "upload"
    FEEDBACK = "feedback"
    AUGMENTATION = "augmentation"


class Example(models.Model):
    """One unit of data. `gold`, `status` and `answered` follow from annotations: see gold.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="examples")
    data = models.JSONField()
    digest = models.BinaryField(max_length=32)
    is_test = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source, default=Source.UPLOAD)
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="examples")
    row = models.PositiveIntegerField(null=True)
    origin = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.UNLABELED)
    gold = models.JSONField(null=True)
    set_aside = models.BooleanField(default=False)
    # A caller said that the gold answer is wrong: it stays gold until someone settles it.
    disputed = models.BooleanField(default=False)
    answered = models.PositiveSmallIntegerField(default=0)
    claims = models.PositiveSmallIntegerField(default=0)
    priority = models.SmallIntegerField(default=0)
    # Where it stands in the shuffled order in which people see examples.
    place = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("example"), _("examples")
        constraints = [models.UniqueConstraint(fields=["project", "digest"], name="unique_by_data")]
        indexes = [
            models.Index(
                fields=["project", "is_test", "-priority", "place"],
                name="waiting_for_people",
                condition=Q(status="unlabeled"),
            ),
            models.Index(fields=["project", "status", "id"], name="examples_by_status"),
            models.Index(fields=["project", "id"], name="examples_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AnnotationSource(models.TextChoices):
    PERSON = "person"
    IMPORT = "import"
    REVIEW = "review"
    CALLER = "caller"


class Annotation(models.Model):
    """An answer kept, with its author and source. Taking it back leaves it in the history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    example = models.ForeignKey(Example, models.CASCADE, related_name="annotations")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="annotations")
    source = models.CharField(max_length=6, choices=AnnotationSource)
    answer = models.JSONField()
    hint = models.BooleanField(default=False)
    duration_ms = models.PositiveIntegerField(null=True)
    guidelines_version = models.PositiveIntegerField(default=1)
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("annotation"), _("annotations")
        constraints = [
            models.UniqueConstraint(
                fields=["example", "author"],
                condition=Q(source="person", withdrawn_at=None),
                name="one_answer_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.answer}"

    @classmethod
    def record(
        cls, example: Example, answer: dict[str, Any], author: User | None, source: str, **more: Any
    ) -> "Annotation":
        """Keep a checked answer. The caller settles the example's gold in the same transaction."""
        return cls.objects.create(
            example=example, answer=answer, author=author, source=source, **more
        )

    def revise(self, answer: dict[str, Any]) -> None:
        self._remember()
        self.answer = answer
        self.save(update_fields=["answer", "updated_at"])

    def withdraw(self) -> None:
        self._remember()
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at", "updated_at"])

    def _remember(self) -> None:
        Revision.objects.create(annotation=self, answer=self.answer)


class Revision(models.Model):
    """What an annotation said before it was changed or taken back."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="history")
    answer = models.JSONField()
    until = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.answer)


class Tally(models.Model):
    """A difference in the number of examples with a status and a label. See tally.py."""

    # Examples of a project that is being deleted leave differences behind: no constraint.
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_constraint=False, db_index=True
    )
    status = models.CharField(max_length=9, choices=Status)
    label = models.TextField(null=True)  # noqa: DJ001  (no gold is not a label without letters)
    count = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.status}, {self.label}: {self.count:+}"
