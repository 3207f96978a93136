"""All examples at a glance: bars, days, and a map on which one draws a line around some."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import due, plotting
from projects.access import MemberRequest
from projects.models import Embedding, Stage


@require_safe
def plots(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    shown = {"plots": plotting.plots(project), "arrivals": plotting.arrivals(project)}
    return render(request, "projects/plots.html", shown)


@require_safe
def map_(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    embedded = Embedding.objects.filter(project=project)
    shown = {
        "placed": embedded.filter(x__isnull=False).exists(),
        "begun": embedded.exists(),
        "waiting": due.waiting(project)[Stage.EMBED],
        "counted": due.COUNTED,
    }
    return render(request, "projects/map.html", shown)


@require_safe
def points(request: MemberRequest, project_id: UUID) -> JsonResponse:
    return JsonResponse(plotting.points(request.project))
