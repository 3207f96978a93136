"""What became of one example: who touched it, what learned from it, what it came from."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from projects import blind
from projects.access import MemberRequest
from projects.models import Deed, Example
from studio import lineage
from training.models import Run, SnapshotRow

MOST = 20
SNAPSHOTS = 1000
# What a split is for.
USES = {
    "train": _("These training runs learned from it:"),
    "validation": _(
        "These training runs were steered by it: by such answers they chose when to stop."
    ),
    "test": _("These training runs were judged by it:"),
}


@require_safe
def page(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    """By itself, or as a part of the example's page."""
    example = get_object_or_404(request.project.examples, pk=example_id)
    hidden = blind.is_for(example, request.user, request.role)
    touches = example.touches.select_related("act__created_by").order_by("-id")[:MOST]
    acts = [one.act for one in touches if not (hidden and blind.tells(one.act))]
    shown = {
        "example": example,
        "acts": [(act, Deed(act.deed).label) for act in acts],
        "used": _used(example),
        "predictions": lineage.of(example)["predictions"][:MOST],
    }
    part = "#part" if request.GET.get("part") else ""
    return render(request, f"studio/tracing.html{part}", shown)


def _used(example: Example) -> list[tuple[Any, list[Run]]]:
    """The runs that left a version, by what they had the example for."""
    rows = SnapshotRow.objects.filter(example=example).order_by("-id")
    splits: dict[UUID | None, str] = dict(rows.values_list("snapshot_id", "split")[:SNAPSHOTS])
    runs = Run.objects.filter(snapshot__in=splits, model_version__isnull=False)
    found = list(runs.select_related("model_version").order_by("-id")[:MOST])
    by_use = (
        (said, [one for one in found if splits[one.snapshot_id] == use])
        for use, said in USES.items()
    )
    return [(said, some) for said, some in by_use if some]
