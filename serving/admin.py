"""Endpoints in the admin, for operators. What was answered and said is shown, never changed."""

from django.contrib import admin

from accounts.admin import ReadOnly
from serving.models import Endpoint, Feedback, Key, Prediction, Readiness, Refusal, Release


@admin.register(Endpoint)
class EndpointAdmin(ReadOnly):
    list_display = ("slug", "name", "project", "created_by", "created_at", "withdrawn_at")
    search_fields = ("slug", "name")
    list_select_related = ("project", "created_by")


@admin.register(Release)
class ReleaseAdmin(ReadOnly):
    list_display = ("endpoint", "model_version", "mode", "traffic", "created_at", "ended_at")
    list_select_related = ("endpoint", "model_version")


@admin.register(Readiness)
class ReadinessAdmin(ReadOnly):
    list_display = ("release", "problem", "at")
    list_select_related = ("release__endpoint", "release__model_version")


@admin.register(Key)
class KeyAdmin(ReadOnly):
    list_display = ("name", "endpoint", "rate_per_minute", "created_at", "revoked_at")
    exclude = ("hash",)
    list_select_related = ("endpoint",)


@admin.register(Prediction)
class PredictionAdmin(ReadOnly):
    list_display = ("id", "endpoint", "answer", "confidence", "latency_ms", "created_at")
    list_select_related = ("endpoint",)
    ordering = ("-id",)


@admin.register(Refusal)
class RefusalAdmin(ReadOnly):
    list_display = ("endpoint", "minute", "status", "count")
    list_select_related = ("endpoint",)


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly):
    list_display = ("prediction", "correct", "answer", "created_at", "updated_at")
