"""Published addresses, what answers there, and what callers made of the answers."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id
from accounts.models import User
from projects.models import Example, Project
from training.models import ModelVersion


class Endpoints(models.QuerySet["Endpoint"]):
    """Endpoints, as sentences."""

    def open(self) -> "Endpoints":
        return self.filter(withdrawn_at=None)

    def with_releases(self) -> "Endpoints":
        """With `current`: the releases that answer now, and what the predictor says of them."""
        now = Release.objects.filter(ended_at=None).select_related("model_version", "readiness")
        return self.prefetch_related(models.Prefetch("releases", now, to_attr="current"))


class Endpoint(models.Model):
    """A published address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="endpoints")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # It answers no longer; what it answered stays on record.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = Endpoints.as_manager()
    current: list["Release"]

    class Meta:
        verbose_name, verbose_name_plural = _("endpoint"), _("endpoints")

    def __str__(self) -> str:
        return self.slug

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"{settings.PREDICTOR_URL}/endpoints/{self.slug}"

    def running(self, mode: str) -> "Release | None":
        """The release that answers in this mode now."""
        return self.releases.filter(mode=mode, ended_at=None).first()


class Mode(models.TextChoices):
    LIVE = "live", _("Live")
    CANARY = "canary", _("Canary")
    SHADOW = "shadow", _("Shadow")


class Standing(models.TextChoices):
    """What the predictor says of a release."""

    STARTING = "starting"
    LIVE = "live"
    DAMAGED = "damaged"
    ENDED = "ended"


class Release(models.Model):
    """Which model version answers at an endpoint, and for what share of the traffic."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="releases")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="releases")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.LIVE)
    traffic = models.PositiveSmallIntegerField(default=100)
    # The check made at publishing: the served artifact against the evaluated model.
    parity = models.JSONField(default=dict)
    # The release that a roll back returns to.
    before = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("release"), _("releases")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "mode"], condition=Q(ended_at=None), name="one_release_a_mode"
            )
        ]

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.model_version} ({self.mode})"

    def end(self) -> None:
        self.ended_at = timezone.now()
        self.save(update_fields=["ended_at"])

    @property
    def state(self) -> Standing:
        """What the predictor says of it. Silence is `starting`."""
        if self.ended_at is not None:
            return Standing.ENDED
        said = getattr(self, "readiness", None)
        if said is None or said.at < timezone.now() - Readiness.FRESH:
            return Standing.STARTING
        return Standing.DAMAGED if said.problem else Standing.LIVE


class Readiness(models.Model):
    """The predictor's own word on a release, renewed as long as it lives: loaded, or why not."""

    # Older than this, nobody can say whether it still answers.
    FRESH = timedelta(seconds=30)

    release = models.OneToOneField(Release, models.CASCADE, primary_key=True)
    problem = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("readiness"), _("readiness")

    def __str__(self) -> str:
        return self.problem or "loaded"


class Key(models.Model):
    """What a caller proves itself with, at one endpoint. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="keys")
    name = models.CharField(max_length=200)
    hash = models.BinaryField(max_length=32, unique=True)
    # The studio's own, for the playground: neither listed nor changed by people.
    internal = models.BooleanField(default=False)
    rate_per_minute = models.PositiveIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("key"), _("keys")

    def __str__(self) -> str:
        return self.name


class Prediction(models.Model):
    """A recorded answer of an endpoint. Written before the caller gets it.

    Most rows of the studio are these, so only what is asked for by itself has an index.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="predictions", db_index=False
    )
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="predictions")
    release = models.ForeignKey(Release, models.CASCADE, related_name="predictions", db_index=False)
    key = models.ForeignKey(
        Key, models.SET_NULL, null=True, related_name="predictions", db_index=False
    )
    # The inputs of one request share its number, and keep their order.
    request = models.UUIDField()
    position = models.PositiveSmallIntegerField(default=0)
    shadow = models.BooleanField(default=False)
    data = models.JSONField()
    answer = models.JSONField()
    # The labels that the answer names: what is counted over time.
    labels = ArrayField(models.TextField(), default=list)
    confidence = models.FloatField()
    scores = models.JSONField(default=dict)
    latency_ms = models.FloatField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("prediction"), _("predictions")
        indexes = [models.Index(fields=["endpoint", "created_at"], name="predictions_by_time")]

    def __str__(self) -> str:
        return f"{self.answer}"


class Refusal(models.Model):
    """How many requests an endpoint refused in a minute, by status: what callers saw as errors."""

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="refusals")
    minute = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("refused requests"), _("refused requests")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "minute", "status"], name="one_count_a_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} times {self.status}"


class Feedback(models.Model):
    """A caller's verdict on a prediction; a repeat replaces it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    prediction = models.OneToOneField(Prediction, models.CASCADE, related_name="feedback")
    correct = models.BooleanField()
    answer = models.JSONField(null=True)
    comment = models.TextField(blank=True)
    # The candidate that it put into the labelling queue.
    example = models.ForeignKey(Example, models.SET_NULL, null=True, related_name="feedback")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("feedback"), _("feedback")

    def __str__(self) -> str:
        return "right" if self.correct else "wrong"
