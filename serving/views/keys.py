"""Keys of an endpoint, made and revoked by people."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.access import MemberRequest
from serving import keys
from serving.forms import KeyForm
from serving.views.endpoint import found, shown


@require_POST
def make(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    """A new key, shown in this answer and never again."""
    endpoint = found(request, slug)
    form = KeyForm(request.POST, auto_id="key_%s")
    if not form.is_valid():
        return render(request, "serving/endpoint.html", shown(request, endpoint, key_form=form))
    _key, value = keys.mint(endpoint, by=request.user, **form.cleaned_data)
    response = render(request, "serving/endpoint.html", shown(request, endpoint, fresh_key=value))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: MemberRequest, project_id: UUID, slug: str, key_id: UUID) -> HttpResponse:
    endpoint = found(request, slug)
    key = get_object_or_404(endpoint.keys.filter(internal=False), pk=key_id)
    keys.revoke(key, request.user)
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": key.name})
    return redirect("endpoint-page", project_id, slug)
