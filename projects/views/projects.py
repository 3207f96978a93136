"""A project begins, is set up anew, and goes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.ids import new_id
from accounts.models import User
from projects import founding
from projects.access import MemberRequest
from projects.forms import FarewellForm, NewProjectForm
from projects.models import Project
from projects.revising import SettingsForm


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The two ways to begin."""
    return render(request, "projects/start.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = NewProjectForm(request.POST or None, initial={"once": new_id()})
    if request.method == "POST" and form.is_valid() and isinstance(request.user, User):
        project = _found_once(request.user, **form.cleaned_data)
        return redirect("data-upload-new", project_id=project.pk)
    return render(request, "projects/new.html", {"form": form})


def _found_once(by: User, once: UUID, **fields: Any) -> Project:
    """The project of this form: a second click finds the one that the first has made."""
    try:
        with transaction.atomic():
            return founding.found(by, pk=once, **fields)
    except IntegrityError:
        mine = Project.objects.filter(pk=once, created_by=by, name=fields["name"]).first()
        return mine or founding.found(by, **fields)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    form = SettingsForm(project) if request.method == "GET" else _revised(request)
    if form.is_valid():
        messages.success(request, _("Saved."))
        return redirect("project-settings", project_id=project.pk)
    return _shown(request, form, FarewellForm(project))


@transaction.atomic
def _revised(request: MemberRequest) -> SettingsForm:
    """Keep what was sent, unless someone else has changed the same since the page was shown."""
    founding.refresh(request.project)
    form = SettingsForm(request.project, request.POST)
    if form.is_valid():
        founding.change(request.project, by=request.user, **form.changes)
    return form


@require_POST
def delete(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    form = FarewellForm(project, request.POST)
    if form.is_valid():
        founding.delete(project, request.user)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": project.name})
        return redirect("home")
    return _shown(request, SettingsForm(project), form)


def _shown(request: HttpRequest, form: SettingsForm, farewell: FarewellForm) -> HttpResponse:
    return render(request, "projects/settings.html", {"form": form, "farewell": farewell})
