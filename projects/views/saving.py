"""A filter gets a name, and loses it again."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects import filters, searching
from projects.access import MemberRequest
from projects.models import SavedFilter

MOST = 100
LONGEST = 80


@require_POST
def save(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Keep what is filtered now under a name; the same name again means the new filter."""
    project = request.project
    sent = dict(parse_qsl(request.POST.get("filtered", "")[:10_000]))
    asked, gone = filters.told(project, sent, request.role)
    order = request.POST.get("order", "")
    sorted_by = {"order": order} if order in searching.ORDERS and order != "id" else {}
    name = request.POST.get("name", "").replace("\0", "").strip()[:LONGEST]
    if not name or not asked or gone:
        messages.error(request, _("Choose a filter and give it a name."))
    elif project.saved_filters.exclude(name=name).count() >= MOST:
        messages.error(request, _("A project keeps up to 100 filters. Delete one first."))
    else:
        SavedFilter.objects.update_or_create(
            project=project,
            name=name,
            defaults={"filters": asked | sorted_by, "created_by": request.user},
        )
        messages.success(request, _("The filter is saved, for everyone in the project."))
    return HttpResponseRedirect(
        f"{reverse('data', args=[project_id])}?{urlencode(asked | sorted_by)}"
    )


@require_POST
def forget(request: MemberRequest, project_id: UUID, filter_id: UUID) -> HttpResponse:
    request.project.saved_filters.filter(pk=filter_id).delete()
    return redirect("data", project_id=project_id)
