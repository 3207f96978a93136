"""What the studio found out about examples by itself, in the background."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex

from projects.leases import Leased
from projects.models.examples import Example
from projects.models.founding import Project

DIMENSIONS = 384


class Stage(models.IntegerChoices):
    """What is still to be done about an example, in this order."""

    INDEX = 1
    INSPECT = 2
    EMBED = 3


class Due(models.Model):
    """An example that waits for a stage. New examples come in by a trigger: none is forgotten."""

    project_id = models.UUIDField()
    example_id = models.UUIDField()
    stage = models.PositiveSmallIntegerField(choices=Stage)

    class Meta:
        indexes = [models.Index(fields=["stage", "project_id", "id"], name="what_is_due")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.example_id}"


class Entry(models.Model):
    """What an example is found by: its words, its language, its length."""

    example = models.OneToOneField(Example, models.CASCADE, primary_key=True, related_name="entry")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    words = SearchVectorField()
    language = models.CharField(max_length=8, default="")
    characters = models.PositiveIntegerField()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="entries_by_word", fastupdate=False),
            models.Index(
                fields=["project", "example"], include=["characters"], name="entries_in_order"
            ),
            models.Index(fields=["project", "language", "example"], name="entries_by_language"),
            models.Index(fields=["project", "characters", "example"], name="entries_in_length"),
        ]

    def __str__(self) -> str:
        return str(self.example_id)


class Embedding(models.Model):
    """An example as a point: near means alike. `x` and `y` are its place on the map, 0 to 1."""

    example = models.OneToOneField(
        Example, models.CASCADE, primary_key=True, related_name="embedding"
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    model = models.CharField(max_length=60)
    vector = HalfVectorField(dimensions=DIMENSIONS)
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)

    class Meta:
        indexes = [
            HnswIndex(
                fields=["vector"],
                name="embeddings_by_nearness",
                m=16,
                ef_construction=64,
                opclasses=["halfvec_cosine_ops"],
            ),
            models.Index(fields=["project", "example"], name="embeddings_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.example_id)


class Kind(models.TextChoices):
    """What can be wrong with an example, or worth a look."""

    EMPTY = "empty", _("nothing to read")
    REPEAT = "repeat", _("nearly repeats another")
    MEANING = "meaning", _("says the same in other words")
    CONTRADICTION = "contradiction", _("alike, but answered differently")
    SHORT = "short", _("very short")
    LONG = "long", _("longer than the model reads")
    HTML = "html", _("remains of HTML")
    MOJIBAKE = "mojibake", _("broken characters")
    WIDTH = "width", _("full-width or half-width forms")
    BLANKS = "blanks", _("odd blanks")
    SCRIPT = "script", _("traditional and simplified mixed")
    LANGUAGE = "language", _("in another language")
    PERSONAL = "personal", _("personal data")
    OUTLIER = "outlier", _("unlike all others")


class Finding(models.Model):
    """Something about an example that a person may want to look at."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    example = models.ForeignKey(Example, models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=13, choices=Kind)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "example"], name="found_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.example_id}"


class Inspection(Leased):
    """A look at the whole of a project: what repeats, what stands apart, and the map."""

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="inspection"
    )
    # When it was last looked at whole, and how many examples there were.
    looked_at = models.DateTimeField(null=True)
    examples = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=20, blank=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("inspection"), _("inspections")

    def __str__(self) -> str:
        return str(self.project_id)
