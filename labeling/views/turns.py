"""What is done at the desk. Each deed is answered with the turn: what is next, and what is after.

A plain form is sent back to the page. The desk's own modules say in a header which examples they
have, and get those that they lack.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.problems import Conflict
from labeling import answering, asking, holding, jobs, pace, queue, sitting, talking
from labeling.models import Assignment
from labeling.views import desk, drawer
from ml.answers import AnswerError
from projects import relabeling
from projects.access import MemberRequest

HAS, PERSON = "X-Desk", "X-Desk-Person"
ANEW = "anew"  # the page took back an answer that had perhaps arrived
LONGEST_MS = int(pace.LONGEST.total_seconds() * 1000)
KEPT, REFUSED, GONE = 200, 422, 409
View = Callable[..., HttpResponse]


def by_the_pages_person(view: View) -> View:
    """Whoever signed in as someone else in another window does nothing by an older page."""

    @wraps(view)
    def checked(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get(PERSON, str(request.user.pk)) != str(request.user.pk):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@require_POST
@by_the_pages_person
def next_example(request: MemberRequest, project_id: UUID) -> HttpResponse:
    jobs.ring(request.project)  # someone sits down: vectors of what comes next are wanted
    return _turn(request)


@require_POST
@by_the_pages_person
def ahead(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The example after this one, early."""
    if holding.held(request.user, request.project) is None:
        return HttpResponse(status=204)
    return _turn(request)


@require_POST
@by_the_pages_person
def answer(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Keep the answer and hand out the next example."""
    assignment = drawer.own(request, assignment_id)
    shape, data = request.project.kind.answer, assignment.example.data
    try:
        # The page may be older than the labels, and so may what waited in its outbox.
        given = relabeling.taken(
            request.project, lambda labels: shape.from_form(request.POST, labels, data)
        )
    except AnswerError as problem:
        return _refused(request, assignment, asking.sentence(problem))
    try:
        answering.submit(assignment, given, _spent(request), anew=ANEW in request.POST)
    except Conflict as gone:
        return _turn(request, said=str(gone.detail), status=GONE)
    jobs.ring(request.project)
    sitting.remember(request.session, assignment, given)
    return _turn(request)


@require_POST
@by_the_pages_person
def skip(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Hide the example from this person, and hand out the next one."""
    assignment = drawer.own(request, assignment_id)
    words, reason = (request.POST.get(name, "") for name in ("words", "reason"))
    try:
        why = talking.cleaned(words, 1000) or talking.cleaned(reason, 1000)
        answering.skip(assignment, why, anew=ANEW in request.POST)
    except Conflict as gone:
        return _turn(request, said=str(gone.detail), status=GONE)
    sitting.remember(request.session, assignment, None)
    return _turn(request)


@require_POST
@by_the_pages_person
def undo(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Take back the last answer or skip of this sitting; its example is on the desk again."""
    last = sitting.last(request.session, request.project)
    if last is None:
        return _turn(request, said=_("There is nothing to undo in this sitting."), status=GONE)
    sitting.forget(request.session, request.project)
    try:
        answering.undo(drawer.own(request, last))
    except Conflict as gone:
        return _turn(request, said=str(gone.detail), status=GONE)
    return _turn(request)


@require_POST
@by_the_pages_person
def renew(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """The page has what was handed out, or the person is still at it."""
    holding.renew(drawer.own(request, assignment_id))
    return HttpResponse(status=204)


@require_POST
@by_the_pages_person
def leave(request: MemberRequest, project_id: UUID, assignment_id: UUID) -> HttpResponse:
    """The page was closed; whoever comes back within a minute finds the same example.

    What was fetched ahead nobody has seen: it is free at once.
    """
    assignment = drawer.own(request, assignment_id)
    for lease in holding.fetched_ahead(assignment):
        answering.give_back(lease)
    holding.leave(assignment)  # last: an answer on its way may put another on the desk meanwhile
    return HttpResponse(status=204)


def _refused(request: MemberRequest, assignment: Assignment, said: str) -> HttpResponse:
    """The example stays, with what was wrong about the answer."""
    if HAS in request.headers:
        return render(request, "labeling/turn.html", {"said": said}, status=REFUSED)
    return desk.page(request, assignment, problem=said, typed=request.POST.dict())


def _turn(request: MemberRequest, said: str = "", status: int = KEPT) -> HttpResponse:
    current = queue.next_for(request.user, request.project)
    if HAS not in request.headers:
        if said:
            messages.warning(request, said)
        address = reverse("desk", args=[request.project.pk])
        return redirect(address if current else f"{address}?{desk.NOTHING_LEFT}")
    after = queue.ahead_for(request.user, request.project) if current else None
    has = set(request.headers[HAS].split())
    lacking = holding.hand_out([one for one in (current, after) if one], has)
    shown = {
        "said": said,
        "current": current,
        "after": after,
        "panels": [_drawn(request, one) for one in lacking]
        or [_drawn(request, None)] * (not current),
        **desk.standing(request),
    }
    return render(request, "labeling/turn.html", shown, status=status)


def _drawn(request: MemberRequest, assignment: Assignment | None) -> str:
    return render_to_string("labeling/panel.html", desk.panel(request, assignment), request)


def _spent(request: MemberRequest) -> int | None:
    """How long the person looked, in ms, at most as long as a lease can last.

    Longer ones count as that: left out, work that takes long would have no time at all, and a
    median minds no pause now and then.
    """
    sent = request.POST.get("duration_ms", "")
    return min(int(sent), LONGEST_MS) if sent.isdecimal() and len(sent) < 10 else None
