"""Projects and uploads in the administrators' pages."""

from typing import cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnly
from accounts.models import User
from projects import founding
from projects.models import Project, Upload


@admin.register(Project)
class ProjectAdmin(ReadOnly):
    list_display = ("name", "task", "created_by", "created_at", "deleted_at")
    list_filter = ("task",)
    search_fields = ("name",)
    list_select_related = ("created_by",)
    actions = ["bring_back"]  # type: ignore[assignment]

    @admin.action(description=_("Bring deleted projects back"))
    def bring_back(self, request: HttpRequest, chosen: QuerySet[Project]) -> None:
        gone = chosen.exclude(deleted_at=None)
        for project in gone:
            founding.bring_back(project, cast(User, request.user))
        self.message_user(request, _("They are where they were."))


@admin.register(Upload)
class UploadAdmin(ReadOnly):
    list_display = ("name", "project", "state", "rows_read", "rejected", "created_at")
    list_filter = ("state",)
    list_select_related = ("project",)
