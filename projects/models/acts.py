"""What is done to many examples at once, and how it is taken back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.leases import Leased
from projects.models.examples import Example
from projects.models.founding import Project


class Deed(models.TextChoices):
    """What can be done to all examples of a filter."""

    ANNOTATE = "annotate", _("label")
    ACCEPT = "accept", _("label as suggested")
    SET_ASIDE = "set_aside", _("set aside")
    BRING_BACK = "bring_back", _("bring back")
    TAG = "tag", _("tag")
    UNTAG = "untag", _("take a tag away")
    ASSIGN = "assign", _("assign")
    MEND = "mend", _("mend the text")
    MASK = "mask", _("mask personal data")
    DELETE = "delete", _("delete")
    REVIEW = "review", _("send to review")
    RELABEL = "relabel", _("change labels")


class Act(Leased):
    """A deed on all examples of a filter. What each was before is kept, so it can be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="acts")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    deed = models.CharField(max_length=10, choices=Deed)
    filters = models.JSONField(default=dict)
    value = models.JSONField(default=dict)
    # The examples it meant when it began; how many of them it has come to; how many it changed.
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    undoing = models.BooleanField(default=False)
    undone_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("act"), _("acts")
        indexes = [models.Index(fields=["project", "-id"], name="acts_of_a_project")]

    def __str__(self) -> str:
        return f"{self.deed} {self.total}"


class Touched(models.Model):
    """An example that an act means. `before` is what it was; None where nothing was changed."""

    id = models.BigAutoField(primary_key=True)
    act = models.ForeignKey(Act, models.CASCADE, related_name="touched")
    example = models.ForeignKey(Example, models.CASCADE, related_name="touches")
    before = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["act", "id"], name="touched_in_order")]

    def __str__(self) -> str:
        return f"{self.act_id} {self.example_id}"


class Tag(models.Model):
    """A word that people put on examples, for themselves: no model learns it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class Tagged(models.Model):
    """A tag on an example."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+", db_index=False)
    example = models.ForeignKey(Example, models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "example"], name="tagged_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} {self.example_id}"


class SavedFilter(models.Model):
    """A filter with a name, for everyone in the project."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="saved_filters")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=80)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="filter_name_once")]

    def __str__(self) -> str:
        return self.name


class Erasure(Leased):
    """A record that someone's rows were removed everywhere. It holds nothing of what they said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="erasures")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    # Emptied once it is done: the filter may name the person.
    filters = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("erasure"), _("erasures")

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d} {self.reason}"
