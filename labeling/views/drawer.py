"""What lies beside the example: guidelines, similar ones, its history, what people say of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from labeling import answering, asking, beside_it, history, keys, talking
from labeling.models import Assignment, Held
from projects import showing
from projects.access import MemberRequest
from projects.models import Role

TABS = ("guidelines", "similar", "history", "comments")


@require_safe
def drawer(request: MemberRequest, project_id: UUID, tab: str) -> HttpResponse:
    """One tab, of the example that the address names by the person's assignment."""
    if tab not in TABS:
        raise Http404
    assignment = _on(request)
    return render(request, f"labeling/drawer/{tab}.html", beside(request, assignment, tab))


@require_safe
def of_label(request: MemberRequest, project_id: UUID, number: int) -> HttpResponse:
    """A few trusted examples of a label."""
    names = request.project.label_names
    if number >= len(names):
        raise Http404
    found = beside_it.of_label(request.project, names[number])
    lines = showing.lines(request.project, found)
    return render(request, "labeling/drawer/of_label.html", {"lines": lines})


@require_POST
def comment(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Say something of the example; the tab shows it."""
    assignment = own(request, assignment_id)
    if text := talking.cleaned(request.POST.get("text", "")):
        talking.comment(assignment.example, request.user, text)
    if request.headers.get("HX-Request"):
        shown = beside(request, assignment, "comments")
        return render(request, "labeling/drawer/comments.html", shown)
    return redirect("desk", project_id=project_id)


@require_POST
def flag(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Someone is to look at it; the example stays on the desk."""
    assignment = own(request, assignment_id)
    talking.flag(assignment.example, request.user, request.POST.get("text", ""))
    if "X-Desk" in request.headers:
        return render(request, "labeling/flagged.html")
    return redirect("desk", project_id=project_id)


def beside(request: MemberRequest, assignment: Assignment | None, tab: str) -> dict[str, Any]:
    """What a tab shows; only that is looked up."""
    shown = {
        "tab": tab,
        "assignment": assignment,
        "tab_partial": f"labeling/drawer/{tab}.html" if tab in TABS else "",
        "deeds": keys.of_deeds(request.project),
    }
    if tab == "guidelines":
        return shown | beside_it.guidelines(request.user, request.project)
    if assignment is None or tab not in TABS:
        return shown
    example = assignment.example
    if tab == "similar":
        return shown | _similar(request, assignment)
    if tab == "history":
        whole = request.role >= Role.REVIEWER and beside_it.not_blind(assignment)
        told = beside_it.history(example, None if whole else request.user)
        return shown | {"history": [_told(request, one) for one in told], "whole": whole}
    asked = request.user if assignment.state == Held.LEASED else None
    return shown | {"comments": talking.about(example, asked)}


def _similar(request: MemberRequest, assignment: Assignment) -> dict[str, Any]:
    if assignment.example.is_test:
        return {"withheld": True}
    found = beside_it.similar(assignment.example)
    lines = showing.lines(request.project, [one for one, _cosine in found])
    return {
        "similar": [
            (line, asking.summary(request.project, line.example.gold or {}), cosine)
            for line, (_one, cosine) in zip(lines, found, strict=True)
        ]
    }


def _told(request: MemberRequest, annotation: Any) -> dict[str, Any]:
    return {
        "annotation": annotation,
        "said": asking.summary(request.project, annotation.answer),
        "own": annotation.author_id == request.user.pk,
        "by": history.by(annotation),
        "under": history.under(request.project, annotation),
    }


def _on(request: MemberRequest) -> Assignment | None:
    """The assignment that the address asks about, if it names one of the reader's."""
    try:
        asked = UUID(request.GET.get("of", ""))
    except ValueError:
        return None
    return own(request, asked)


def own(request: MemberRequest, assignment_id: UUID) -> Assignment:
    """The reader's own assignment in this project; any other does not exist."""
    assignment = answering.held_by(request.user, assignment_id)
    if assignment.project_id != request.project.pk:
        raise Http404
    return assignment
