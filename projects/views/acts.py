"""Something is done to many examples at once, watched, and taken back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from projects import acting, blind, bulk, filters, jobs, relabeling, showing
from projects.access import MemberRequest
from projects.actform import ActForm
from projects.models import Act, Deed, Status


@require_POST
def begin(request: MemberRequest, project_id: UUID) -> HttpResponse:
    form = ActForm(request.project, request.role, request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect(_back(request, request.POST))
    return go_on(request, form)


def go_on(request: MemberRequest, form: ActForm) -> HttpResponse:
    """What a whole form asks for: a sample first, or the act."""
    if form.wants_a_look():
        return _look(request, form)
    deed = form.cleaned_data["deed"]
    act = acting.begin(request.project, request.user, deed, form.meant(), form.value())
    jobs.set_going(act)
    return redirect("act", project_id=request.project.pk, act_id=act.pk)


# What a sample's page sends on, as it came.
CARRIED = ("deed", "scope", "filtered", "back", "id", "label", "labels", "explicit", "none")


def _carried(form: ActForm) -> list[tuple[str, str]]:
    said = form.data
    if not isinstance(said, QueryDict):
        return []
    return [(name, one) for name in CARRIED for one in said.getlist(name)]


def _look(request: MemberRequest, form: ActForm) -> HttpResponse:
    """A sample of what would be labelled; where some of it is wrong, how many of all would be."""
    deed, answer = form.cleaned_data["deed"], form.value().get("answer")
    meant = acting.meant(request.project, form.meant())
    sample = bulk.sample(request.project, request.user, deed, meant, answer)
    if not sample.seen:
        messages.warning(request, _("There is nothing here that could be labelled so."))
        return redirect(_back(request, form.data))
    wrong, seen = form.wrong(), form.cleaned_data["seen"] or bulk.SAMPLE
    shown = {
        "deed": deed,
        "said": request.project.kind.answer.summary(answer) if answer else "",
        "of": sample.of,
        "whole": sample.whole,
        "lines": _lines(request, sample),
        "carried": _carried(form),
        "wrong": wrong,
        "seen": seen,
        "expected": bulk.expected(len(wrong), seen, sample.of),
        "back": _back(request, form.data),
    }
    return render(request, "projects/act_sample.html", shown)


def _lines(request: MemberRequest, sample: bulk.Sample) -> list[dict[str, Any]]:
    lines = showing.lines(request.project, [one.example for one in sample.seen])
    return [
        {
            "line": line,
            "labels": showing.labels(request.project, one.answer),
            "said": request.project.kind.answer.summary(one.answer),
        }
        for line, one in zip(lines, sample.seen, strict=True)
    ]


def _back(request: MemberRequest, said: Any) -> str:
    """The list that the person came from."""
    wanted = str(said.get("back", ""))
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.startswith("/"):
        return wanted
    return f"/projects/{request.project.pk}/data/"


@never_cache
@require_safe
def one(request: MemberRequest, project_id: UUID, act_id: UUID) -> HttpResponse:
    """What was asked, how far it is, and the way back."""
    act = _of(request, act_id)
    ids = act.filters.get("ids")
    asked = {name: value for name, value in act.filters.items() if value}  # what was erased is ""
    kept_back = blind.tells(act) and blind.keeps_from(request.role)
    shown: dict[str, Any] = {
        "act": act,
        "title": Deed(act.deed).label,
        "kept_back": kept_back,
        "meant": [] if ids or kept_back else filters.chips(request.project, asked, {}),
        "named": len(ids) if ids else 0,
        "value": "" if kept_back else _said(request, act),
        "left_out": len(act.value.get("without", [])),
        "may_undo": acting.may_undo(request.role, act),
        "may_stop": acting.may_stop(act),
        "filtered": "" if ids or kept_back else urlencode(asked or _concerned(act)),
    }
    part = "#work" if request.GET.get("part") == "work" else ""
    return render(request, f"projects/act.html{part}", shown)


def _concerned(act: Act) -> dict[str, str]:
    """Where the examples are whose labels have changed."""
    if act.deed != Deed.RELABEL:
        return {}
    change = relabeling.of(act)
    now = change.label if act.undone_at else change.names[change.label]
    known = now in act.project.label_names
    return {"label": str(now)} if known else {"status": Status.UNLABELED.value}


def _said(request: MemberRequest, act: Act) -> str:
    """With what it was done, in a word or two."""
    if "answer" in act.value:
        return request.project.kind.answer.summary(act.value["answer"])
    if act.deed == Deed.RELABEL:
        parts = [act.value["label"], ", ".join(act.value["into"])]
        return " → ".join(f"“{part}”" for part in parts if part)
    if "person" in act.value:
        known = act.value["person"]
        return filters.person(request.project, known) if known else _("anyone")
    if people := act.value.get("people"):
        shares = act.value.get("shares", {})
        told = [(filters.person(request.project, one), shares.get(one)) for one in people]
        return ", ".join(f"{name} {share} %" if share else name for name, share in told)
    return act.value.get("tag") or ", ".join(act.value.get("ways") or act.value.get("kinds") or [])


def _of(request: MemberRequest, act_id: UUID) -> Act:
    act: Act = get_object_or_404(request.project.acts.select_related("created_by"), pk=act_id)
    act.project = request.project
    return act


@require_POST
def undo(request: MemberRequest, project_id: UUID, act_id: UUID) -> HttpResponse:
    act = _of(request, act_id)
    if not acting.may_undo(request.role, act):
        messages.error(request, _("Your role in this project does not allow this."))
    elif act.deed == Deed.RELABEL:  # the labels themselves go back with the answers
        messages.info(request, _("A change of labels is undone on the page of the labels."))
        return redirect("labels", project_id=project_id)
    elif acting.undo(act):
        jobs.set_going(act)
    return redirect("act", project_id=project_id, act_id=act_id)


@require_POST
def cancel(request: MemberRequest, project_id: UUID, act_id: UUID) -> HttpResponse:
    act = _of(request, act_id)
    if not acting.may_stop(act):
        messages.error(request, _("Labels cannot stop half-way. Undo it when it is done."))
    elif acting.may(request.role, Deed(act.deed)):
        acting.cancel(act)
    else:
        messages.error(request, _("Your role in this project does not allow this."))
    return redirect("act", project_id=project_id, act_id=act_id)
