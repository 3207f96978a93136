"""People at work: who holds which example, and what a model suggests for it."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.models import Annotation, Example, Project

# Leases expire rather than being released: people close laptops without saying goodbye.
LEASE = timedelta(minutes=15)


class Held(models.TextChoices):
    LEASED = "leased"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"
    RETURNED = "returned"
    EXPIRED = "expired"


class Assignment(models.Model):
    """A person's lease of an example."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="assignments")
    example = models.ForeignKey(Example, models.CASCADE, related_name="assignments")
    person = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    state = models.CharField(max_length=9, choices=Held, default=Held.LEASED)
    reason = models.CharField(max_length=300)
    skip_reason = models.CharField(max_length=1000, blank=True)
    annotation = models.OneToOneField(Annotation, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("assignment"), _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person"], condition=Q(state="leased"), name="one_lease_a_person"
            )
        ]
        indexes = [
            models.Index(fields=["example", "person"], name="seen_by"),
            models.Index(fields=["expires_at"], condition=Q(state="leased"), name="running_out"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.example_id}"


class Suggestion(models.Model):
    """A model's answer for an example. `model_version` is its id: models live in a higher room."""

    example = models.OneToOneField(Example, models.CASCADE, related_name="suggestion")
    answer = models.JSONField()
    confidence = models.FloatField()
    scores = models.JSONField(default=dict)
    model_version = models.UUIDField()
    created_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("suggestion"), _("suggestions")

    def __str__(self) -> str:
        return str(self.answer)
