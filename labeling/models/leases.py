"""Who holds which example, and what was suggested for it."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
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
    project = models.ForeignKey(Project, models.CASCADE, related_name="assignments", db_index=False)
    example = models.ForeignKey(Example, models.CASCADE, related_name="assignments", db_index=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    state = models.CharField(max_length=9, choices=Held, default=Held.LEASED)
    # Why this one comes now: words for a person, with the values that stand in them.
    reason = models.CharField(max_length=300)
    reason_values = models.JSONField(default=dict)
    # Fetched while the person is still at the one before; it is theirs, and not yet on the desk.
    ahead = models.BooleanField(default=False)
    is_check = models.BooleanField(default=False)
    # What was suggested when it was leased, by what (“version:…”, “instant:12”, “rule:…”), whether
    # it was hidden to see what people say without it, and whether the answer was the same.
    suggestion = models.JSONField(null=True)
    suggested_by = models.CharField(max_length=50, blank=True)
    hidden = models.BooleanField(default=False)
    accepted = models.BooleanField(null=True)
    # Of the guidelines, when it was handed out; leases of earlier releases do not say.
    guidelines_version = models.PositiveIntegerField(null=True)
    skip_reason = models.CharField(max_length=1000, blank=True)
    annotation = models.OneToOneField(Annotation, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # When it was answered, skipped or given back; leases of earlier releases do not say.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("assignment"), _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person", "ahead"],
                condition=Q(state="leased"),
                name="one_lease_and_one_ahead",
            )
        ]
        indexes = [
            models.Index(fields=["example", "person"], name="seen_by"),
            models.Index(fields=["project", "person", "-id"], name="work_of"),
            models.Index(fields=["project", "-id"], name="work_in_project"),
            models.Index(fields=["expires_at"], condition=Q(state="leased"), name="running_out"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.example_id}"


class Suggestion(models.Model):
    """A model version's answer for an example. It is named by its id: models live higher up."""

    example = models.OneToOneField(Example, models.CASCADE, related_name="suggestion")
    # The example's, so that a list of one project reads an index of its own.
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    answer = models.JSONField()
    confidence = models.FloatField()
    scores = models.JSONField(default=dict)
    model_version = models.UUIDField()
    # It came with a caller's word on it, which the desk shows beside it: no other replaces it.
    fed_back = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("suggestion"), _("suggestions")
        indexes = [
            models.Index(fields=["project", "confidence", "example"], name="suggested_by_sureness"),
            models.Index(
                F("project"),
                KeyTextTransform("label", "answer"),
                F("example"),
                name="suggested_by_label",
            ),
            models.Index(
                fields=["project", "example"], include=["confidence"], name="suggested_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.answer)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.project_id = self.example.project_id
        super().save(*args, **kwargs)
