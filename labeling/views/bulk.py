"""Many examples at once: what a model is sure of, and groups that are alike; a sample first."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from labeling import bulk
from projects import showing
from projects.access import MemberRequest
from projects.actform import SELECTED, ActForm
from projects.models import Deed
from projects.views import acts

USUAL = 95


@never_cache
@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    asked = request.GET.get("sure", "")
    percent = int(asked) if asked in map(str, bulk.SURENESS) else USUAL
    groups = bulk.alike(project)
    bulk.keep(request.user, project, groups)
    known = {label["name"]: label for label in project.labels}
    shown = {
        "percent": percent,
        "sureness": bulk.SURENESS,
        "sure": [(one, known.get(one.label)) for one in bulk.sure(project, percent)],
        "groups": [(one, showing.lines(project, one.first)) for one in groups],
        "many": project.kind.answer.none,
    }
    return render(request, "labeling/bulk.html", shown)


@require_POST
def group(request: MemberRequest, project_id: UUID, number: int) -> HttpResponse:
    """Label a group that the person was shown."""
    here = reverse("bulk", args=[project_id])
    ids = bulk.kept(request.user, request.project, number)
    if not ids:
        messages.warning(request, _("The groups were made anew meanwhile. Choose again."))
        return redirect(here)
    said = request.POST.copy()
    said.setlist("id", ids)
    for name, value in (("deed", Deed.ANNOTATE.value), ("scope", SELECTED), ("back", here)):
        said[name] = value
    form = ActForm(request.project, request.role, said)
    if not form.is_valid():
        messages.error(request, _("Choose a label first."))
        return redirect(here)
    return acts.go_on(request, form)
