"""What became of one example: who touched it, what learned from it, what it came from."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from projects import blind
from projects.access import MemberRequest
from projects.models import Deed
from studio import lineage
from training.models import Run

MOST = 20


@require_safe
def page(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    """By itself, or as a part of the example's page."""
    example = get_object_or_404(request.project.examples, pk=example_id)
    hidden = blind.is_for(example, request.user, request.role)
    touches = example.touches.select_related("act__created_by").order_by("-id")[:MOST]
    acts = [one.act for one in touches if not (hidden and blind.tells(one.act))]
    runs = Run.objects.filter(snapshot__rows__example=example).select_related("model_version")
    shown = {
        "example": example,
        "acts": [(act, Deed(act.deed).label) for act in acts],
        "runs": runs.distinct().order_by("-id")[:MOST],
        "test": example.is_test,
        "predictions": lineage.of(example)["predictions"][:MOST],
    }
    part = "#part" if request.GET.get("part") else ""
    return render(request, f"studio/tracing.html{part}", shown)
