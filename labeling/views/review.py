"""The review: a pile of examples, settled one after the other."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.problems import Conflict
from labeling import asking, beside_it, differences, keys, looks, review, talking
from labeling.review import Pile
from ml.answers import AnswerError, Choice, Choices
from projects import relabeling
from projects.access import MemberRequest
from projects.models import Annotation, Example, Role

LAST = "review:last"


@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The next one of a pile; `after` passes over the one that was looked at."""
    project, asked = request.project, _asked(request)
    pile, by = Pile(asked["pile"]), asked.get("by")
    after = _id(request.GET.get("after", ""))
    example = review.waiting(project, pile, after=after, by=_id(by or ""))
    told = _told(request, example)
    blind = looks.blind(request.GET, request.COOKIES)
    shown = {
        "example": example,
        "told": told,
        "seen": review.mark(example) if example else "",
        "why_here": review.why(example) if example and pile == Pile.DIFFER else "",
        **_form(request, example, told),
        **beside_it.guidelines(request.user, project),
        "comments": talking.about(example) if example else [],
        "begun": "after" in request.GET,
        "passed": after or "",
        "pile": pile,
        "piles": [(one.value, one.label) for one in Pile],
        "counts": review.counts(project),
        "asked": asked,
        "query": urlencode(asked),
        "people": project.members.select_related("user").filter(role__gte=Role.ANNOTATOR),
        "blind": blind,
        "deeds": keys.of_deeds(project),
        "can_undo": LAST in request.session,
    }
    response = render(request, "labeling/review.html", shown)
    looks.keep_blind(response, blind=blind)
    return response


def _form(
    request: MemberRequest, example: Example | None, told: list[differences.Told]
) -> dict[str, Any]:
    """What is longer than a choice is mended: it begins as the first answer, or as the one asked
    for."""
    if example is None:
        return {}
    begun = None
    if told and not isinstance(request.project.kind.answer, Choice | Choices):
        asked = _id(request.GET.get("start", ""))
        begun = next((one for one in told if one.annotation.pk == asked), told[0])
    draft = relabeling.as_now(request.project, begun.annotation.answer) if begun else None
    return {**asking.form(request.project, example, draft=draft), "started": begun}


def _told(request: MemberRequest, example: Example | None) -> list[differences.Told]:
    if example is None:
        return []
    shape = request.project.kind.answer
    return differences.side_by_side(shape, review.answers(example), example.data)


def _asked(request: MemberRequest) -> dict[str, str]:
    """Which pile, and whose answers; anything else is the first pile."""
    said = request.GET if request.method == "GET" else request.POST
    pile, by = said.get("pile", ""), said.get("by", "")
    asked = {"pile": pile if pile in Pile.values else Pile.DIFFER.value}
    return asked | ({"by": by} if _id(by) else {})


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@require_POST
def settle(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    """The reviewer's answer is gold; the next example comes."""
    example = get_object_or_404(request.project.examples, pk=example_id, deleted_at=None)
    try:
        answer = _answer(request, example)
    except AnswerError as problem:
        messages.error(request, asking.sentence(problem))
        return _on(request)
    try:
        seen = request.POST.get("seen", "")
        annotation = review.settle(example, answer, request.user, seen=seen)
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
        return _on(request, after=example if isinstance(gone, review.Overtaken) else None)
    request.session[LAST] = str(annotation.pk)
    messages.success(request, _("Settled."))
    return _on(request, after=example)


def _answer(request: MemberRequest, example: Example) -> dict[str, Any]:
    """That of an annotation which is accepted as it is, or what the form says."""
    accepted = _id(request.POST.get("accept", ""))
    if accepted is not None:
        kept = get_object_or_404(example.annotations, pk=accepted, withdrawn_at=None)
        return dict(kept.answer)
    shape, data = request.project.kind.answer, example.data
    return relabeling.taken(
        request.project, lambda labels: shape.from_form(request.POST, labels, data)
    )


@require_POST
def send_back(request: MemberRequest, project_id: UUID, annotation_id: UUID) -> HttpResponse:
    """To its author, with why."""
    annotation = _of_project(request, annotation_id)
    text = talking.cleaned(request.POST.get("text", ""))
    if not text:
        messages.error(request, _("Say why: it is the first thing that its author reads."))
        return _on(request)
    try:
        review.send_back(annotation, request.user, text)
        messages.success(request, _("Sent back to its author."))
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
        return _on(request)
    return _on(request, after=annotation.example)


@require_POST
def undo(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Take back the last settlement of this sitting."""
    last = _id(request.session.pop(LAST, ""))
    if last is None:
        messages.warning(request, _("There is nothing to undo in this sitting."))
        return _on(request)
    try:
        review.undo(_of_project(request, last), request.user)
        messages.success(request, _("Taken back: what others said counts again."))
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
    return _on(request)


def _of_project(request: MemberRequest, annotation_id: UUID) -> Annotation:
    found = Annotation.objects.select_related("example__project", "author")
    return get_object_or_404(
        found, pk=annotation_id, example__project=request.project, withdrawn_at=None
    )


def _on(request: MemberRequest, *, after: Example | None = None) -> HttpResponse:
    asked = _asked(request) | ({"after": str(after.pk)} if after else {})
    return redirect(f"{reverse('review', args=[request.project.pk])}?{urlencode(asked)}")
