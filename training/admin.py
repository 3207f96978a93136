"""Runs and model versions in the administrators' pages."""

from django.contrib import admin

from accounts.admin import ReadOnly
from training.models import ModelVersion, Run


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("id", "project", "state", "progress", "attempts", "worker", "created_at")
    list_filter = ("state", "method", "effort")
    list_select_related = ("project",)


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnly):
    list_display = ("project", "number", "method", "created_at")
    list_select_related = ("project",)
