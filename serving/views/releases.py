"""Which version answers: releasing another one, and going back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.access import MemberRequest
from serving import publishing
from serving.forms import ReleaseForm
from serving.models import Endpoint
from serving.views.endpoint import found, shown


@require_POST
def release(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    endpoint = found(request, slug)
    form = ReleaseForm(endpoint, request.POST, auto_id="release_%s")
    if form.is_valid():
        if _answers_already(endpoint, form):
            messages.success(request, _("That version is released here already."))
            return redirect("endpoint-page", project_id, slug)
        try:
            return _released(request, endpoint, form)
        except publishing.NotPublishable as reason:
            form.add_error("version", str(reason))
    return render(request, "serving/endpoint.html", shown(request, endpoint, release_form=form))


def _answers_already(endpoint: Endpoint, form: ReleaseForm) -> bool:
    """A second press of the button releases nothing twice."""
    given = form.cleaned_data
    running = endpoint.running(given["mode"])
    same = running is not None and running.model_version_id == given["version"].pk
    return bool(same and running is not None and running.traffic == form.share())


def _released(request: MemberRequest, endpoint: Endpoint, form: ReleaseForm) -> HttpResponse:
    given = form.cleaned_data
    publishing.release(endpoint, given["version"], request.user, given["mode"], form.share())
    said = _("Version %(number)s is released. It answers within seconds; no call is lost.")
    messages.success(request, said % {"number": given["version"].number})
    return redirect("endpoint-page", request.project.pk, endpoint.slug)


@require_POST
def roll_back(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    endpoint = found(request, slug)
    try:
        answering = publishing.roll_back(endpoint, request.user)
    except publishing.NothingBefore as reason:
        messages.warning(request, str(reason))
    else:
        said = _("Rolled back: version %(number)s answers again.")
        messages.success(request, said % {"number": answering.model_version.number})
    return redirect("endpoint-page", project_id, slug)
