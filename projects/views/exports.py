"""Examples go out: at once where they are few, else into a file that a worker writes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import exporting, filing, filters, jobs, tally
from projects.access import MemberRequest
from projects.blind import keeps_from
from projects.exportform import ExportForm
from projects.models import Export

SHOWN = 20


@require_safe
def at_once(request: MemberRequest, project_id: UUID) -> HttpResponseBase:
    """All examples, or those of a filter, in one file that imports again."""
    form = request.GET.get("format", "csv")
    if form not in exporting.FORMATS:
        raise Http404
    safe = request.GET.get("formulas") == "safe"
    chosen: dict[str, str] = {}
    try:
        chosen = filters.asked(request.project, request.GET, request.role)
        blind = keeps_from(request.role)
        asked = exporting.asked(request.project, chosen, safe=safe, blind=blind)
        return exporting.answered(asked, form)
    except (exporting.Refused, filters.Gone) as why:
        messages.error(request, str(why))
        return redirect(_here(request, chosen))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """What to export and how; below, the exports of the last days."""
    chosen, gone = filters.told(request.project, request.GET, request.role)
    form = ExportForm(request.project, request.POST or None, filtered=bool(chosen))
    if request.method == "POST" and not gone and form.is_valid():
        try:
            return _begun(request, form, chosen)
        except exporting.Refused as why:
            form.add_error("format", str(why))
    exports = list(_exports(request).order_by("-id")[:SHOWN])
    shown = {
        "form": form,
        "gone": gone,
        "chips": filters.chips(request.project, chosen, chosen),
        "filtered": urlencode(chosen),
        "total": tally.of(request.project).examples,
        "exports": [_told(request, export) for export in exports],
        "busy": any(not export.over for export in exports),
    }
    part = "#list" if request.GET.get("part") == "list" else ""
    return render(request, f"projects/exports.html{part}", shown)


def _begun(request: MemberRequest, form: ExportForm, chosen: dict[str, str]) -> HttpResponse:
    """A few examples come at once; for more, a worker is rung."""
    meant, project = chosen if form.only_filtered else {}, request.project
    if filing.few(exporting.asked(project, meant, safe=form.safe)):
        said = {"format": form.slug, **({"formulas": "safe"} if form.safe else {}), **meant}
        return redirect(f"{reverse('data-export', args=[project.pk])}?{urlencode(said)}")
    with transaction.atomic():
        how = {"safe": form.safe, "blind": keeps_from(request.role)}
        jobs.ring_export(filing.begin(project, request.user, form.slug, meant, **how))
    messages.success(request, _("The file is being written. You find it below."))
    return redirect(_here(request, chosen))


def _here(request: MemberRequest, chosen: dict[str, str]) -> str:
    here = reverse("data-exports", args=[request.project.pk])
    return f"{here}?{urlencode(chosen)}" if chosen else here


def _told(request: MemberRequest, export: Export) -> dict[str, Any]:
    return {
        "export": export,
        "form": exporting.FORMATS[export.format],
        "error": exporting.SENTENCES.get(export.error, ""),
        "chips": filters.chips(export.project, export.filters, {}),
        "may_fetch": filing.may_fetch(request.role, export),
        "may_cancel": filing.may_cancel(request.user, request.role, export),
    }


def _exports(request: MemberRequest) -> Any:
    return request.project.exports.select_related("created_by", "project")


@require_POST
def cancel(request: MemberRequest, project_id: UUID, export_id: UUID) -> HttpResponse:
    export = get_object_or_404(_exports(request), pk=export_id)
    if not filing.may_cancel(request.user, request.role, export):
        raise PermissionDenied
    filing.cancel(export)
    return redirect("data-exports", project_id=project_id)


@require_safe
def file(request: MemberRequest, project_id: UUID, export_id: UUID) -> HttpResponseBase:
    export = get_object_or_404(_exports(request), pk=export_id)
    if not filing.may_fetch(request.role, export):
        raise PermissionDenied
    return filing.fetched(export)
