"""Files on their way in and out."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.leases import Leased, State
from projects.models.founding import Project


class Existing(models.TextChoices):
    """What becomes of a row whose data is an example already."""

    KEEP = "keep", _("keep both: a new answer stands beside the old ones")
    UPDATE = "update", _("update: the file's answer takes the place of earlier imported ones")
    SKIP = "skip", _("skip: the row is passed over, its answer, too")


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
    existing = models.CharField(max_length=6, choices=Existing, default=Existing.KEEP)
    # Whether its other columns are kept beside the data: see meta.py.
    with_meta = models.BooleanField(default=True, db_default=True)
    # How the file is to be read where a person knows better: see ml/reading.
    options = models.JSONField(default=dict)
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
    # {"url"} or {"s3", …} where the worker fetches the file first. No secret stays in it.
    fetched = models.JSONField(default=dict)
    # Uploads that were sent together.
    together = models.UUIDField(null=True, db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = _("upload"), _("uploads")

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Any:
        return settings.FILES / self.path

    @cached_property
    def meets_deleted(self) -> bool:
        """Whether the project had deleted examples when the import began: asked once."""
        return bool(self.project.examples.filter(deleted_at__isnull=False).exists())

    @classmethod
    def at_work(cls) -> bool:
        """Whether some file is being imported right now."""
        live = cls.objects.filter(state=State.RUNNING, dry_run=False, lease_until__gt=Now())
        return live.exists()


class Export(Leased):
    """A file that a worker writes, to be fetched for some days."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="exports")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    filters = models.JSONField(default=dict)
    path = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=255)
    rows = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("export"), _("exports")

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Any:
        return settings.FILES / self.path
