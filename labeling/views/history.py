"""What is said of an example and all that happened to it: parts of its page, and a page alone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.problems import Conflict
from labeling import checks, history, review, talking
from projects import blind
from projects.access import MemberRequest
from projects.models import Annotation, Example, Role

PARTS = ("talk", "history")


@require_safe
def page(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    return _shown(request, _example(request, example_id), request.GET.get("part", ""))


def _shown(request: MemberRequest, example: Example, part: str) -> HttpResponse:
    shown: dict[str, object] = {"example": example}
    if part != "history":
        hidden = blind.is_for(example, request.user, request.role)
        shown["comments"] = talking.about(example, request.user if hidden else None)
    if part != "talk":
        shown["events"] = history.of(example, request.user, request.role)
    if part != "history" and request.role >= Role.MANAGER:
        shown["check"], shown["may_check"] = checks.on(example), checks.settled(example)
    named = f"#{part}" if part in PARTS else ""
    return render(request, f"labeling/history.html{named}", shown)


@require_POST
def comment(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    """Say something of it; whom it names hears of it."""
    example = _example(request, example_id)
    if text := talking.cleaned(request.POST.get("text", "")):
        talking.comment(example, request.user, text)
    if request.headers.get("HX-Request"):
        return _shown(request, example, "talk")
    return redirect(_talk(request, example_id))


@require_POST
def dealt_with(request: MemberRequest, project_id: UUID, comment_id: UUID) -> HttpResponse:
    """The flag needs nobody any more."""
    flag = get_object_or_404(request.project.comments, pk=comment_id)
    talking.close(flag, request.user)
    return redirect(_talk(request, flag.example_id))


@require_POST
def take_back(request: MemberRequest, project_id: UUID, annotation_id: UUID) -> HttpResponse:
    """One's own settlement: what others said counts again."""
    found = Annotation.objects.select_related("example")
    annotation = get_object_or_404(
        found, pk=annotation_id, example__project=request.project, withdrawn_at=None
    )
    try:
        review.undo(annotation, request.user)
        messages.success(request, _("Taken back: what others said counts again."))
    except Conflict as refused:
        messages.warning(request, str(refused.detail))
    return redirect("example-page", project_id, annotation.example_id)


def _example(request: MemberRequest, example_id: UUID) -> Example:
    example: Example = get_object_or_404(request.project.examples, pk=example_id)
    example.project = request.project
    return example


def _talk(request: MemberRequest, example_id: UUID) -> str:
    return f"{reverse('example-page', args=[request.project.pk, example_id])}#talk"
