"""The desk's page: one example, its answers, and what lies beside them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from labeling import (
    asking,
    beside_it,
    drafting,
    forecast,
    holding,
    keys,
    learning,
    looks,
    reasons,
    sitting,
    skipping,
    talking,
)
from labeling.models import Assignment
from labeling.views.drawer import beside, own
from projects import tally
from projects.access import MemberRequest

NOTHING_LEFT = "nothing-left"


@require_safe
def desk(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """What the person is on. Looking leases nothing: `next` does."""
    assignment = holding.held(request.user, request.project)
    fresh = assignment is None and NOTHING_LEFT not in request.GET
    return page(request, assignment, fresh=fresh)


@require_POST
def draft(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """One span more or less in a form without JavaScript: nothing is kept yet."""
    assignment = own(request, assignment_id)
    spans, problem = drafting.changed(
        request.POST, request.project.label_names, assignment.example.data
    )
    return page(request, assignment, draft=spans, problem=problem, typed=request.POST.dict())


@require_POST
def look(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """How large the text is, which way it runs, and what the drawer shows."""
    response = redirect("desk", project_id=project_id)
    looks.choose(response, request.POST, request.COOKIES)
    return response


def page(
    request: MemberRequest,
    assignment: Assignment | None,
    *,
    fresh: bool = False,
    problem: str = "",
    **more: object,
) -> HttpResponse:
    """The whole page. With a problem, it says so above the example."""
    project = request.project
    shown = {
        **panel(request, assignment, **more),
        **standing(request),
        "fresh": fresh,
        "problem": problem,
        "look": looks.of(request.COOKIES),
        "own_keys": project.kind.answer.partial.replace(".html", "_keys.html"),
        "sizes": looks.SIZES,
        "directions": looks.DIRECTIONS,
        "skips": skipping.REASONS,
        "has_examples": assignment is not None or project.examples.exists(),
        **beside(request, assignment, looks.of(request.COOKIES).tab),
    }
    return render(request, "labeling/desk.html", shown, status=422 if problem else 200)


def panel(
    request: MemberRequest, assignment: Assignment | None, **more: object
) -> dict[str, object]:
    """For one example with its form; or for saying that nothing is left."""
    project = request.project
    shown: dict[str, object] = {
        "project": project,
        "assignment": assignment,
        "example": None,
        "deeds": keys.of_deeds(project),
    }
    if assignment is None:
        return shown | {"has_examples": True}
    example = assignment.example
    asked = asking.form(project, example, assignment=assignment, **more)  # type: ignore[arg-type]
    told = {"told": reasons.told(assignment), "flagged": talking.flagged(example)}
    return shown | asked | told | {"draft_url": _address(request, "desk-draft", assignment)}


def standing(request: MemberRequest) -> dict[str, object]:
    """How the sitting goes."""
    now = sitting.of(request.session, request.project)
    project = request.project
    answers = forecast.answers(project, tally.of(project))
    return {
        "project": project,
        "sitting": now,
        "last": asking.summary(project, now.last_answer) if now.last_answer else "",
        "left": answers.left,
        "several": project.overlap > 1 or project.double_share > 0,
        "done": answers.given,
        "whole": max(1, answers.whole),
        "learns": learning.line(project),
        "is_new": beside_it.are_new(request.user, project),
    }


def _address(request: MemberRequest, name: str, assignment: Assignment) -> str:
    return reverse(name, args=[request.project.pk, assignment.pk])
