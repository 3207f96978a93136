"""Who is in a project, who is asked to come, who goes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from rest_framework.exceptions import APIException

from accounts import problems
from projects import people
from projects.access import MemberRequest
from projects.forms import InviteForm, RoleForm, up_to
from projects.models import Invitation, Member, Role

MOST = 200
MEANINGS = {
    Role.VIEWER: _("sees everything, changes nothing"),
    Role.ANNOTATOR: _("labels at the desk"),
    Role.REVIEWER: _("also settles disputed examples and sets examples aside"),
    Role.MANAGER: _("also uploads, trains, publishes and invites"),
    Role.OWNER: _("also deletes the project and makes others owners"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Members and invitations. Who was just invited is shown with the link, this once."""
    if request.method == "GET":
        return _shown(request, InviteForm(request.role))
    form = InviteForm(request.role, request.POST)
    if not form.is_valid():
        return _shown(request, form)
    asked = form.cleaned_data
    try:
        added = people.invite(
            request.project, request.user, request.role, asked["email"], asked["role"]
        )
    except APIException as refused:
        form.add_error(None, problems.sentence(refused))
        return _shown(request, form)
    if isinstance(added, Invitation):
        return _shown(request, InviteForm(request.role), invited=added)
    messages.success(request, _("%(email)s is a member now.") % {"email": added.user.email})
    return redirect("people", project_id=project_id)


def _shown(
    request: MemberRequest, form: InviteForm, invited: Invitation | None = None
) -> HttpResponse:
    project = request.project
    shown: dict[str, Any] = {
        "form": form,
        "invited": invited,
        "members": project.members.select_related("user").order_by("-role", "pk")[:MOST],
        "invitations": project.invitations.filter(accepted_at=None).order_by("-pk")[:MOST],
        "roles": up_to(request.role),
        "meanings": [(role.label, MEANINGS[role]) for role in Role],
    }
    return render(request, "projects/people.html", shown)


@require_POST
def change(request: MemberRequest, project_id: UUID, user_id: UUID) -> HttpResponse:
    member = _member(request, user_id)
    form = RoleForm(request.role, request.POST)
    if form.is_valid():
        role = form.cleaned_data["role"]
        said = _("%(email)s has another role now.") % {"email": member.user.email}
        _try(request, lambda: people.change(member, request.role, role), said)
    else:
        messages.error(request, _("Nobody can give a role above their own."))
    return redirect("people", project_id=project_id)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: MemberRequest, project_id: UUID, user_id: UUID) -> HttpResponse:
    """First asks, then removes."""
    member = _member(request, user_id)
    if request.method == "GET":
        return render(request, "projects/member_remove.html", {"member": member})
    said = _("%(email)s is no member any more.") % {"email": member.user.email}
    _try(request, lambda: people.remove(member, request.user, request.role), said)
    return redirect("people", project_id=project_id)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: MemberRequest, project_id: UUID) -> HttpResponse:
    member = _member(request, request.user.pk)
    if request.method == "GET":
        return render(request, "projects/member_remove.html", {"member": member, "leaves": True})
    said = _("You have left “%(name)s”.") % {"name": request.project.name}
    gone = _try(request, lambda: people.remove(member, request.user, request.role), said)
    return redirect("home") if gone else redirect("people", project_id=project_id)


@require_POST
def revoke(request: MemberRequest, project_id: UUID, invitation_id: UUID) -> HttpResponse:
    found = request.project.invitations.filter(pk=invitation_id, accepted_at=None).first()
    if found is not None:  # else a second click: it is gone already
        people.revoke(found, request.user)
    messages.success(request, _("The invitation is taken back. Its link opens nothing any more."))
    return redirect("people", project_id=project_id)


def _member(request: MemberRequest, user_id: UUID) -> Member:
    return get_object_or_404(request.project.members.select_related("user"), user_id=user_id)


def _try(request: HttpRequest, deed: Callable[[], None], said: str) -> bool:
    """Do it and say so, or say why it cannot be."""
    try:
        deed()
    except APIException as refused:
        messages.error(request, problems.sentence(refused))
        return False
    messages.success(request, said)
    return True
