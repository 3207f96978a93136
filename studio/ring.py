"""A project's home: where the circle stands, what waits, and the one next thing to do."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.access import MemberRequest
from studio import acts, standing
from training import turns


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    now = standing.of(request.project)
    shown = {
        "now": now,
        "next": acts.next_act(request.project, request.role, now),
        "turns": turns.turns(request.project),
    }
    part = "#ring" if request.GET.get("part") == "ring" else ""
    return render(request, f"studio/ring.html{part}", shown)
