"""What the API takes and shows of endpoints, their keys, their releases and their figures."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from serving.models import Endpoint, Key, Mode, Release, Standing

MOST_HOURS = 90 * 24
# What a release gets when nobody says how much.
USUAL_TRAFFIC = {Mode.LIVE: 100, Mode.CANARY: 10, Mode.SHADOW: 100}


class EndpointAsked(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    model_version = serializers.UUIDField()


class ReleaseAsked(serializers.Serializer[Any]):
    model_version = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=Mode.choices, default=Mode.LIVE)
    traffic = serializers.IntegerField(min_value=0, max_value=100, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        traffic = attrs.setdefault("traffic", USUAL_TRAFFIC[Mode(attrs["mode"])])
        if attrs["mode"] == Mode.LIVE and traffic != 100:
            raise serializers.ValidationError(
                {"traffic": ["A live release takes all the traffic. For a share, use a canary."]}
            )
        return attrs


class ReleaseShown(serializers.ModelSerializer[Release]):
    version = serializers.IntegerField(source="model_version.number", read_only=True)
    state = serializers.ChoiceField(choices=Standing.choices, read_only=True)

    class Meta:
        model = Release
        fields = (
            *("id", "model_version", "version", "mode", "traffic", "state", "parity"),
            *("before", "created_at", "ended_at"),
        )
        read_only_fields = fields


class EndpointShown(serializers.ModelSerializer[Endpoint]):
    """`state` is what the predictor itself reports of the live release."""

    url = serializers.URLField(read_only=True)
    state = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    model_version = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    parity = serializers.SerializerMethodField()
    releases = ReleaseShown(source="current", many=True, read_only=True)

    class Meta:
        model = Endpoint
        fields = (
            *("id", "slug", "name", "project", "url", "state", "problem", "model_version"),
            *("version", "parity", "releases", "created_at"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Standing.choices))
    def get_state(self, endpoint: Endpoint) -> str:
        return _live(endpoint).state

    @extend_schema_field(serializers.CharField())
    def get_problem(self, endpoint: Endpoint) -> str:
        live = _live(endpoint)
        return live.readiness.problem if live.state == Standing.DAMAGED else ""

    @extend_schema_field(serializers.UUIDField())
    def get_model_version(self, endpoint: Endpoint) -> str:
        return str(_live(endpoint).model_version_id)

    @extend_schema_field(serializers.IntegerField())
    def get_version(self, endpoint: Endpoint) -> int:
        return _live(endpoint).model_version.number

    @extend_schema_field(serializers.DictField())
    def get_parity(self, endpoint: Endpoint) -> dict[str, Any]:
        return _live(endpoint).parity


class KeyShown(serializers.ModelSerializer[Key]):
    class Meta:
        model = Key
        fields: tuple[str, ...] = ("id", "name", "rate_per_minute", "created_at", "revoked_at")
        read_only_fields = fields


class KeyAsked(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, default="key")
    rate_per_minute = serializers.IntegerField(
        min_value=1, max_value=1_000_000, allow_null=True, default=None
    )


class KeyMade(KeyShown):
    """With the key itself, shown once."""

    key = serializers.CharField(read_only=True)

    class Meta(KeyShown.Meta):
        fields = (*KeyShown.Meta.fields, "key")
        read_only_fields = fields


class StatsAsked(serializers.Serializer[Any]):
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS, default=24)


class Hour(serializers.Serializer[Any]):
    hour = serializers.DateTimeField()
    requests = serializers.IntegerField()
    predictions = serializers.IntegerField()
    labels = serializers.DictField(child=serializers.IntegerField())
    confidence = serializers.FloatField(allow_null=True)


class Latency(serializers.Serializer[Any]):
    """In milliseconds, from the first byte read to the answer recorded."""

    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class Drift(serializers.Serializer[Any]):
    """Population stability index; over `by_chance` it is more than chance explains (1 in 20)."""

    labels = serializers.FloatField(allow_null=True)
    confidence = serializers.FloatField(allow_null=True)
    by_chance = serializers.DictField(child=serializers.FloatField())
    drifted = serializers.BooleanField(allow_null=True)
    against = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class Stats(serializers.Serializer[Any]):
    hours = serializers.IntegerField()
    requests = serializers.IntegerField()
    predictions = serializers.IntegerField()
    errors = serializers.IntegerField()  # type: ignore[assignment]
    errors_by_status = serializers.DictField(child=serializers.IntegerField())
    latency = Latency()
    labels = serializers.DictField(child=serializers.IntegerField())
    confidence = serializers.ListField(child=serializers.IntegerField(), help_text="By tenths.")
    over_time = Hour(many=True)
    feedback = serializers.DictField(child=serializers.IntegerField())
    feedback_rate = serializers.FloatField(allow_null=True)
    drift = Drift()


def _live(endpoint: Endpoint) -> Release:
    return next(release for release in endpoint.current if release.mode == Mode.LIVE)
