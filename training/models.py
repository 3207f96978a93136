"""Fine-tunes: the frozen data, the run that learns from it, and the model version it leaves."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.leases import Leased
from projects.models import Example, Project


class Snapshot(models.Model):
    """Gold answers frozen in a file, named by its content, with their split."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="snapshots")
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=500)
    counts = models.JSONField(default=dict)
    labels = models.JSONField(default=list)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("snapshot"), _("snapshots")
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="one_snapshot_a_content")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def file(self) -> Path:
        return Path(settings.FILES / self.path)


class SnapshotRow(models.Model):
    """Which example is in which snapshot: what a model learned from, and who learned from a row."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="rows")
    example = models.ForeignKey(Example, models.CASCADE, related_name="snapshot_rows")
    split = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.example_id}: {self.split}"


class Run(Leased):
    """One fine-tune. The row is the truth; Celery carries its id, the trainer its folder."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="runs")
    # Frozen when the run first starts, unless it was asked for a particular one.
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="runs")
    base_model = models.CharField(max_length=200, blank=True)
    effort = models.CharField(max_length=8, default="balanced")
    method = models.CharField(max_length=10, default="auto")
    hyperparameters = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=50, blank=True)
    eta_seconds = models.FloatField(null=True)
    device = models.CharField(max_length=50, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    notes = models.JSONField(default=list)
    # The same notes, and the error, as codes with values: what training/wording.py puts in words.
    notes_said = models.JSONField(default=list)
    error_said = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    baseline = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error_title = models.CharField(max_length=300, blank=True)
    error_hint = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("run"), _("runs")

    def __str__(self) -> str:
        return f"Run {self.id}"

    @property
    def folder(self) -> Path:
        return Path(settings.FILES / "runs" / str(self.id))


class Measurement(models.Model):
    """One point of a run's history. A resumed run measures a step again: the later one stays."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="history")
    step = models.PositiveIntegerField()
    epoch = models.FloatField(null=True)
    name = models.CharField(max_length=50)
    value = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "step", "name"], name="one_value_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.name}[{self.step}] = {self.value}"


class TestAnswer(models.Model):
    """What a run answered to an example of the protected test set, beside the gold it had then."""

    __test__ = False  # for pytest, which would take it for a test by its name

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, models.CASCADE, related_name="test_answers")
    example = models.ForeignKey(Example, models.CASCADE, related_name="test_answers")
    gold = models.JSONField()
    predicted = models.JSONField()
    confidence = models.FloatField()
    scores = models.JSONField(default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("test answer"), _("test answers")
        constraints = [
            models.UniqueConstraint(fields=["run", "example"], name="one_answer_a_test_example")
        ]

    def __str__(self) -> str:
        return f"{self.gold} → {self.predicted}"


class ModelVersion(models.Model):
    """What a successful run left: a bundle with a number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="model_versions")
    run = models.OneToOneField(Run, models.PROTECT, related_name="model_version")
    number = models.PositiveIntegerField()
    method = models.CharField(max_length=20)
    base_model = models.CharField(max_length=200, blank=True)
    labels = models.JSONField(default=list)
    metrics = models.JSONField(default=dict)
    artifacts = models.JSONField(default=list)
    # What it brought over the version before: kept, because a project's home shows it each time.
    comparison = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("model version"), _("model versions")
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def folder(self) -> Path:
        """The bundle, as `ml.predicting.Served.load` reads it."""
        return self.run.folder / "bundle"


class Suggesting(models.Model):
    """How far the newest version of a project has answered what waits for people."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="suggesting")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="+")
    # The training of the instant model whose window was looked at last.
    generation = models.PositiveIntegerField(null=True)
    # The walk through the project, oldest first: behind which example it goes on, how many it has
    # looked at, and how many waited when it began.
    behind = models.UUIDField(default=UUID(int=0))
    looked_at = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    rests = models.BooleanField(default=False)
    # Why the version cannot answer, if it cannot.
    problem = models.TextField(blank=True)
    tried_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("suggesting"), _("suggesting")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.made}"
