"""How the data is: what is worth a look, and what to do about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from projects import acting, health, jobs, remarks, surveying, tally
from projects.access import MemberRequest
from projects.models import Act, Deed, Kind, Role
from projects.remarks import Fix

ACTS = 5


@never_cache
@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """While something is at work, the page asks again for the part that moves."""
    project, counts = request.project, tally.of(request.project)
    progress = health.progress(project, counts.examples)
    shown: dict[str, Any] = {"total": counts.examples, "progress": progress}
    if request.GET.get("part") == "progress":
        if not progress.busy:
            return HttpResponseClientRefresh()
        return render(request, "projects/health.html#progress", shown)
    openly = request.role >= Role.MANAGER
    cards = health.cards(project, openly=openly)
    balance = health.balance(counts)
    shown |= {
        "cards": cards,
        "worth": len(cards) + bool(balance and balance.rare),
        "merged": health.merged(project),
        "not_compared": health.not_compared(project),
        "languages": health.languages(project),
        "balance": balance,
        "personal": remarks.PERSONAL,
        "acts": _acts(request),
    }
    return render(request, "projects/health.html", shown)


def _acts(request: MemberRequest) -> list[tuple[Act, bool]]:
    """The last ones, each with whether the reader may take it back."""
    last = request.project.acts.order_by("-id")[:ACTS]
    return [
        (act, act.state in acting.AT_REST and not act.undone_at and _may_undo(request, act))
        for act in last
    ]


def _may_undo(request: MemberRequest, act: Act) -> bool:
    own_page = act.deed == Deed.RELABEL
    return bool(act.changed) and not own_page and acting.may_undo(Role(request.role), act)


@require_POST
def look(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Look at the whole again, or stop looking."""
    if request.POST.get("act") == "stop":
        surveying.cancel(project_id)
    elif surveying.queue(project_id):
        jobs.ring_survey(project_id)
    return redirect("data-health", project_id=project_id)


@require_POST
def fix(request: MemberRequest, project_id: UUID, kind: str) -> HttpResponse:
    """Begin what the button says, with all examples of that kind."""
    chosen = _fix(kind, request.POST.get("fix", ""))
    value: dict[str, Any] = {"ways": list(chosen.ways)} if chosen.ways else {}
    if kind == Kind.PERSONAL:
        value = {"kinds": [name for name in request.POST.getlist("kinds") if _is_known(name)]}
        if not value["kinds"]:
            messages.error(request, _("Tick what is to be masked first."))
            return redirect("data-health", project_id=project_id)
    try:
        act = acting.begin(request.project, request.user, chosen.deed, {"finding": kind}, value)
    except acting.NotPossible as why:
        messages.error(request, str(why))
        return redirect("data-health", project_id=project_id)
    jobs.set_going(act)
    return redirect("act", project_id=project_id, act_id=act.pk)


def _is_known(name: str) -> bool:
    return name in remarks.PERSONAL


def _fix(kind: str, name: str) -> Fix:
    fixes = remarks.FIXES.get(kind, ())
    found = next((fix for fix in fixes if fix.name == name), None)
    if found is None:
        raise Http404
    return found
