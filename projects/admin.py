"""Projects and uploads in the administrators' pages."""

from django.contrib import admin

from accounts.admin import ReadOnly
from projects.models import Project, Upload


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    list_display = ("name", "task", "created_by", "created_at", "deleted_at")
    list_filter = ("task",)
    search_fields = ("name",)
    list_select_related = ("created_by",)


@admin.register(Upload)
class UploadAdmin(ReadOnly):
    list_display = ("name", "project", "state", "rows_read", "rejected", "created_at")
    list_filter = ("state",)
    list_select_related = ("project",)
