"""Examples, the answers people gave, and how many there are."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.models.founding import Project
from projects.models.uploads import Upload


class Status(models.TextChoices):
    UNLABELED = "unlabeled"
    LABELED = "labeled"
    REVIEW = "review"
    SKIPPED = "skipped"
    SET_ASIDE = "set_aside"


# An example that was deleted has this status until it is cleared away. No list offers it.
DELETED = "deleted"


class Source(models.TextChoices):
    UPLOAD = "upload"
    FEEDBACK = "feedback"
    AUGMENTATION = "augmentation"


class Example(models.Model):
    """One unit of data. `gold`, `status` and `answered` follow from annotations: see gold.py."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Every index begins with the project, so the key needs none of its own.
    project = models.ForeignKey(Project, models.CASCADE, related_name="examples", db_index=False)
    data = models.JSONField()
    digest = models.BinaryField(max_length=32)
    is_test = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source, default=Source.UPLOAD)
    upload = models.ForeignKey(
        Upload, models.SET_NULL, null=True, related_name="examples", db_index=False
    )
    row = models.PositiveIntegerField(null=True)
    origin = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.UNLABELED)
    gold = models.JSONField(null=True)
    set_aside = models.BooleanField(default=False)
    # A caller, a second look or who sent it to review doubts the gold answer: it stays gold until
    # a reviewer settles it.
    disputed = models.BooleanField(default=False)
    answered = models.PositiveSmallIntegerField(default=0)
    claims = models.PositiveSmallIntegerField(default=0)
    # The share of people, in percent, who did not answer as most did.
    dissent = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Whom it waits for, where a manager named someone; else anyone.
    assignee = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    deleted_at = models.DateTimeField(null=True)
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
            # In the order of the upload, without the test rows that wait among them.
            models.Index(
                fields=["project", "id"],
                name="waiting_in_order",
                condition=Q(status="unlabeled", is_test=False),
            ),
            models.Index(fields=["project", "status", "id"], name="examples_by_status"),
            models.Index(fields=["project", "id"], name="examples_in_order"),
            models.Index(fields=["upload", "id"], name="examples_by_upload"),
            models.Index(
                F("project"),
                KeyTextTransform("label", "gold"),
                F("id"),
                name="examples_by_label",
                condition=Q(gold__isnull=False),
            ),
            models.Index(
                fields=["project", "source", "id"],
                name="examples_not_uploaded",
                condition=~Q(source="upload"),
            ),
            models.Index(
                fields=["project", "id"], name="examples_disputed", condition=Q(dissent__gt=0)
            ),
            models.Index(
                fields=["project", "dissent", "id"],
                name="examples_by_dissent",
                condition=Q(dissent__gt=0),
            ),
            models.Index(
                fields=["project", "id"],
                name="examples_differing",
                condition=Q(status="unlabeled", dissent__gt=0),
            ),
            models.Index(
                fields=["project", "-id"],
                name="examples_answered_twice",
                condition=Q(answered__gte=2),
            ),
            models.Index(
                fields=["assignee", "project", "place"],
                name="examples_assigned",
                condition=Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["deleted_at"],
                name="examples_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AnnotationSource(models.TextChoices):
    PERSON = "person"
    IMPORT = "import"
    REVIEW = "review"
    CALLER = "caller"
    CHECK = "check"  # said to a known-answer check: it measures a person and is no vote


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
        indexes = [
            models.Index(
                fields=["author", "example"],
                name="answers_by_person",
                condition=Q(source="person", withdrawn_at=None),
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

    def revise(self, answer: dict[str, Any], **more: Any) -> None:
        self._remember()
        self.answer = answer
        for name, value in more.items():
            setattr(self, name, value)
        self.save(update_fields=["answer", "updated_at", *more])

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
