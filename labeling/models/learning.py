"""What is learned while people label: the instant model, its candidates, and rules without code."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.models import Example, Project


class Learner(models.Model):
    """A project's instant model: a head over the embeddings, trained anew as people label."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="learner")
    # Counts the trainings; a suggestion says which one made it.
    generation = models.PositiveIntegerField(default=0)
    weights = models.BinaryField(default=bytes)
    labels = models.JSONField(default=list)
    embedder = models.CharField(max_length=200, blank=True)
    learned_from = models.PositiveIntegerField(default=0)
    # How it does on answers that it did not see, and at how many answers it did how well.
    measured = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    # Where in the shuffled order the window of candidates begins.
    window = models.IntegerField(default=-(2**31))
    trained_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("instant model"), _("instant models")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.generation}"


class Candidate(models.Model):
    """One of the few examples whose turn the instant model decides, with why."""

    example = models.OneToOneField(Example, models.CASCADE, primary_key=True, related_name="+")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    rank = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    generation = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("candidate"), _("candidates")
        indexes = [models.Index(fields=["project", "rank"], name="candidates_in_turn")]

    def __str__(self) -> str:
        return f"{self.rank}: {self.reason}"


class RuleKind(models.TextChoices):
    WORDS = "words", _("words")
    PATTERN = "pattern", _("pattern")


class Rule(models.Model):
    """Words or a pattern that speak for a label, as a weak suggestion."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=7, choices=RuleKind, default=RuleKind.WORDS)
    pattern = models.CharField(max_length=500)
    label = models.CharField(max_length=200)
    enabled = models.BooleanField(default=True)
    # As last counted: how many examples it speaks of, and how often people agreed with it.
    covered = models.PositiveIntegerField(null=True)
    right = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "pattern", "label"], name="one_rule_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pattern} → {self.label}"
