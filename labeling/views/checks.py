"""Known-answer checks by pages: made, drawn, retired, and how people did."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.problems import Conflict
from labeling import asking, checks
from labeling.models import Check
from projects import quoting, showing
from projects.access import MemberRequest
from projects.models import Project


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    before = request.GET.get("before", "")
    found, after = checks.leaf(project, before=int(before) if _number(before) else None)
    shown = {
        "checks": _told(project, found),
        "people": _people(project),
        "next": after,
        "later": _number(before),
        "drawn": checks.DRAWN,
    }
    return render(request, "labeling/checks.html", shown)


def _number(said: str) -> bool:
    return said.isdecimal() and len(said) < 19


def _told(project: Project, found: list[Check]) -> list[dict[str, object]]:
    results = checks.by_example(project)
    lines = showing.lines(project, [one.example for one in found])
    return [
        {
            "check": check,
            "text": line.text,
            "answer": _answer(project, check),
            "result": results.get(check.example_id, checks.Result()),
        }
        for check, line in zip(found, lines, strict=True)
    ]


def _answer(project: Project, check: Check) -> str:
    """In one line; nothing where it quotes what was masked since."""
    fits = quoting.fits(project, check.answer, check.example.data)
    return asking.summary(project, check.answer) if fits else ""


def _people(project: Project) -> list[tuple[str, checks.Result]]:
    """Who met checks, those who were right least often first."""
    results = checks.by_person(project)
    emails = User.objects.filter(pk__in=results).values_list("pk", "email")
    told = [(email, results[pk]) for pk, email in emails]
    return sorted(told, key=lambda one: (one[1].share or 0, one[0]))


@require_POST
def draw(request: MemberRequest, project_id: UUID) -> HttpResponse:
    count = checks.draw(request.project, request.user)
    if count:
        messages.success(request, _("New checks: %(count)s.") % {"count": count})
    else:
        messages.warning(request, _("There is no settled example left to make a check of."))
    return redirect("checks", project_id)


@require_POST
def make(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    example = get_object_or_404(request.project.examples, pk=example_id)
    try:
        checks.make(example, request.user)
        messages.success(request, _("It checks people from now on."))
    except Conflict as refused:
        messages.warning(request, str(refused.detail))
    return redirect("example-page", project_id, example_id)


@require_POST
def retire(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    check = get_object_or_404(request.project.checks, example_id=example_id)
    checks.retire(check, request.user)
    messages.success(request, _("Retired: nobody meets it as a check any more."))
    return redirect(_back(request, example_id))


def _back(request: MemberRequest, example_id: UUID) -> str:
    if request.POST.get("from") == "checks":
        return reverse("checks", args=[request.project.pk])
    return reverse("example-page", args=[request.project.pk, example_id])
