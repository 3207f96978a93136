"""Pages of snapshots: what models learned from, and what changed between two of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ml import frozen
from projects import showing
from projects.access import MemberRequest
from projects.models import Example, Role
from training import differing, snapshots
from training.models import Snapshot

MOST = 50
LONGEST_SHOWN = 200  # characters


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The snapshots of a project, the newest first."""
    found = request.project.snapshots.select_related("created_by").prefetch_related("runs")
    some = list(found.order_by("-id")[:MOST])
    closed = {one.pk for one in some if not snapshots.may_fetch(Role(request.role), one)}
    return render(request, "training/snapshots.html", {"snapshots": some, "closed": closed})


@require_safe
def compare(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Two snapshots side by side: what came, what went, what is answered otherwise."""
    a, b = (_of(request, request.GET.get(name, "")) for name in ("a", "b"))
    try:
        found = differing.between(a, b)
    except (OSError, frozen.Unreadable):
        messages.error(request, _("The file of one of these snapshots is damaged or gone."))
        return redirect("snapshots-page", project_id=project_id)
    known = _known(request, found)
    parts = [
        (_("Only in the first"), found.only_a, _listed(request, found.only_a, known)),
        (_("Only in the second"), found.only_b, _listed(request, found.only_b, known)),
        (_("Answered otherwise"), found.changed, _listed(request, found.changed, known)),
    ]
    shown = {"a": a, "b": b, "found": found, "parts": parts}
    return render(request, "training/snapshots_compare.html", shown)


def _of(request: MemberRequest, wanted: str) -> Snapshot:
    try:
        pk = UUID(wanted)
    except ValueError as error:
        raise Http404 from error
    found: Snapshot = get_object_or_404(request.project.snapshots, pk=pk)
    found.project = request.project
    return found


def _known(request: MemberRequest, found: differing.Difference) -> dict[str, Example]:
    """Only what the project still holds is shown: a deleted text stays deleted."""
    listed = [pk for some in (found.only_a, found.only_b, found.changed) for pk, *_ in some.first]
    examples = request.project.examples.filter(pk__in=listed, deleted_at=None)
    return {str(example.pk): example for example in examples}


def _listed(
    request: MemberRequest, some: differing.Some, known: dict[str, Example]
) -> list[dict[str, Any]]:
    project = request.project
    return [
        {
            "example": known[pk],
            "text": showing.text(project, known[pk].data)[:LONGEST_SHOWN],
            "one": showing.labels(project, one),
            "other": showing.labels(project, other),
        }
        for pk, one, other in some.first
        if pk in known
    ]


@require_safe
def file(request: MemberRequest, project_id: UUID, snapshot_id: UUID) -> HttpResponseBase:
    snapshot = get_object_or_404(request.project.snapshots, pk=snapshot_id)
    if not snapshots.may_fetch(Role(request.role), snapshot):
        raise PermissionDenied
    return snapshots.fetched(snapshot)
