"""What people are measured by, what is asked of a second one, and what a reviewer ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.models import Annotation, Example, Project


class Check(models.Model):
    """A known-answer check: an example with a settled answer, mixed into the queue."""

    example = models.OneToOneField(Example, models.CASCADE, related_name="check_of")
    project = models.ForeignKey(Project, models.CASCADE, related_name="checks")
    answer = models.JSONField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("known-answer check"), _("known-answer checks")

    def __str__(self) -> str:
        return str(self.answer)


class Recheck(models.Model):
    """An answer that is probably wrong, for someone else than who gave it. `run` is an id."""

    example = models.OneToOneField(Example, models.CASCADE, related_name="recheck")
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    # The most suspect first: the confidence in the answer, in thousandths.
    doubt = models.PositiveSmallIntegerField()
    expected = models.JSONField()
    run = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("recheck"), _("rechecks")
        indexes = [
            models.Index(
                fields=["project", "-doubt"], name="rechecks_open", condition=Q(settled_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.example_id}: {self.doubt}"


class Settlement(models.Model):
    """What a reviewer's answer ended: taken back, the example is in review for it again."""

    annotation = models.OneToOneField(Annotation, models.CASCADE, related_name="settlement")
    disputed = models.BooleanField(default=False)
    flags = models.JSONField(default=list)  # ids of comments
    recheck = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("settlement"), _("settlements")

    def __str__(self) -> str:
        return str(self.annotation_id)
