"""The desk: one example, its answers, and the next one in the same breath."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.problems import Conflict
from labeling import answering, queue, sitting
from labeling.models import Assignment, Suggestion
from ml.answers import AnswerError
from projects import tally
from projects.access import MemberRequest
from projects.models import Example, Project, Status

NOTHING_LEFT = "nothing-left"
LONGEST_PAUSE_MS = 10 * 60 * 1000


@require_safe
def desk(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """What the person is on. Looking leases nothing: `next` does."""
    assignment = queue.held(request.user, request.project)
    fresh = NOTHING_LEFT not in request.GET
    return render(request, "labeling/desk.html", _shown(request, assignment, fresh=fresh))


@require_POST
def next_example(request: MemberRequest, project_id: UUID) -> HttpResponse:
    return _panel(request, queue.next_for(request.user, request.project))


@require_POST
def answer(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Keep the answer and hand out the next example."""
    assignment = _own(request, assignment_id)
    try:
        given = request.project.kind.answer.from_form(request.POST, request.project.label_names)
        answering.submit(assignment, given, _spent(request))
        sitting.remember(request.session, assignment, given)
    except AnswerError:
        messages.error(request, _("Choose one of the labels."))
        return _panel(request, assignment)
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
    return _panel(request, queue.next_for(request.user, request.project))


@require_POST
def skip(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Hide the example from this person, and hand out the next one."""
    assignment = _own(request, assignment_id)
    try:
        answering.skip(assignment, request.POST.get("reason", "")[:1000])
        sitting.remember(request.session, assignment, None)
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
    return _panel(request, queue.next_for(request.user, request.project))


@require_POST
def undo(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Take back the last answer or skip of this sitting; its example is on the desk again."""
    last = sitting.last(request.session, request.project)
    if last is None:
        messages.warning(request, _("There is nothing to undo in this sitting."))
        return _panel(request, queue.next_for(request.user, request.project))
    sitting.forget(request.session, request.project)
    try:
        return _panel(request, answering.undo(_own(request, last)))
    except Conflict as gone:
        messages.warning(request, str(gone.detail))
        return _panel(request, queue.next_for(request.user, request.project))


def _own(request: MemberRequest, assignment_id: UUID) -> Assignment:
    """The reader's own assignment in this project; any other does not exist."""
    assignment = answering.held_by(request.user, assignment_id)
    if assignment.project_id != request.project.pk:
        raise Http404
    return assignment


def _panel(request: MemberRequest, assignment: Assignment | None) -> HttpResponse:
    """The next panel by itself, or the whole page where there is no htmx."""
    if not request.headers.get("HX-Request"):
        address = reverse("desk", args=[request.project.pk])
        return redirect(address if assignment else f"{address}?{NOTHING_LEFT}")
    shown = _shown(request, assignment, fresh=False)
    return render(request, "labeling/desk.html#panel", shown)


def _shown(
    request: MemberRequest, assignment: Assignment | None, *, fresh: bool
) -> dict[str, object]:
    project = request.project
    example = assignment.example if assignment else None
    suggestion = (
        None if example is None or example.is_test else getattr(example, "suggestion", None)
    )
    return {
        "project": project,
        "assignment": assignment,
        "example": example,
        "suggestion": suggestion,
        **_proposed(project, example, suggestion),
        "media": f"labeling/media/{project.kind.media}.html",
        "form": project.kind.answer.partial,
        "keys": _command_keys(project.labels),
        "sitting": sitting.of(request.session, project),
        "left": tally.of(project).by_status[Status.UNLABELED],
        "fresh": fresh,
        "has_examples": example is not None or project.examples.exists(),
    }


def _proposed(
    project: Project, example: Example | None, suggestion: Suggestion | None
) -> dict[str, object]:
    """What Enter accepts: the caller's correction where there is one, else the model's answer."""
    labels_of = project.kind.answer.labels_of
    said = example.origin.get("answer") if example is not None else None
    if said and suggestion is not None:
        return {"suggested": labels_of(said), "by_caller": True}
    return {"suggested": labels_of(suggestion.answer) if suggestion else (), "by_caller": False}


def _command_keys(labels: list[dict[str, str]]) -> dict[str, str]:
    """The desk's own keys, but for those that a label has."""
    taken = {label.get("hotkey", "").lower() for label in labels}
    wanted = {"skip": "s", "guidelines": "g"}
    return {deed: "" if key in taken else key for deed, key in wanted.items()}


def _spent(request: MemberRequest) -> int | None:
    """How long the person looked, in ms; a pause longer than ten minutes says nothing."""
    sent = request.POST.get("duration_ms", "")
    spent = int(sent) if sent.isdecimal() and len(sent) < 10 else None
    return spent if spent is not None and spent <= LONGEST_PAUSE_MS else None
