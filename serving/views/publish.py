"""Publishing: an address, and a key that is shown once."""

from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects.access import MemberRequest
from serving import keys, publishing
from serving.forms import PublishForm
from serving.models import Endpoint
from serving.views.endpoint import shown

A_DAY = 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Publish a version. The form counts once: a second press finds what the first one made."""
    form = PublishForm(request.project, request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        pressed = f"published:{request.user.pk}:{form.cleaned_data['once']}"
        if not cache.add(pressed, "", A_DAY):
            return redirect("endpoints-page", project_id)
        try:
            return _published(request, form)
        except publishing.NotPublishable as reason:
            cache.delete(pressed)
            form.add_error("version", str(reason))
    versions = request.project.model_versions.exists()
    return render(request, "serving/publish.html", {"form": form, "versions": versions})


def _initial(request: MemberRequest) -> dict[str, object]:
    asked = request.GET.get("version", "")
    versions = request.project.model_versions.order_by("-number")
    chosen = versions.filter(number=asked).first() if asked.isdecimal() and len(asked) < 9 else None
    return {"name": request.project.name, "version": chosen or versions.first(), "once": uuid4()}


def _published(request: MemberRequest, form: PublishForm) -> HttpResponse:
    """The new endpoint's page, with its first key: nobody can ask for that key again."""
    given = form.cleaned_data
    made = publishing.publish(request.project, given["name"], given["version"], request.user)
    _key, value = keys.mint(made, _("First key"), request.user)
    endpoint = Endpoint.objects.with_releases().get(pk=made.pk)
    response = render(request, "serving/endpoint.html", shown(request, endpoint, fresh_key=value))
    response["Cache-Control"] = "no-store"
    return response
