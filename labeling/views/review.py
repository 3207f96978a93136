"""The review: examples whose answers do not agree, settled one after the other."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labeling import review
from ml.answers import AnswerError
from projects.access import MemberRequest
from projects.models import Status


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The next one; `after` passes over the one that was looked at."""
    example = review.waiting(request.project, _id(request.GET.get("after", "")))
    kind = request.project.kind
    shown = {
        "example": example,
        "answers": review.answers(example) if example else [],
        "media": f"labeling/media/{kind.media}.html",
        "form": kind.answer.partial,
        "begun": "after" in request.GET,
    }
    return render(request, "labeling/review.html", shown)


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@require_POST
def settle(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    """The reviewer's answer is gold; the next example comes."""
    example = get_object_or_404(request.project.examples, pk=example_id)
    address = reverse("review", args=[project_id])
    try:
        answer = request.project.kind.answer.from_form(request.POST, request.project.label_names)
    except AnswerError:
        messages.error(request, _("Choose one of the labels."))
        return redirect(address)
    if example.status == Status.REVIEW:
        review.settle(example, answer, request.user)
        messages.success(request, _("Settled."))
    else:
        messages.warning(request, _("Someone settled this one meanwhile; their answer stays."))
    return redirect(f"{address}?after={example.pk}")
