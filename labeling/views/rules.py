"""Rules without code by pages: tried, added, rested, deleted, counted."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.problems import Conflict
from labeling import jobs, rules
from labeling.checks import Result
from labeling.models import Rule, RuleKind
from ml import rules as machine
from projects import showing
from projects.access import MemberRequest


@dataclass(frozen=True)
class Line:
    """A rule with its label and how often it was right, for the page."""

    rule: Rule
    label: dict[str, Any]
    result: Result


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """All rules; a POST tries one or adds it."""
    if not rules.serves(request.project):
        raise Http404
    if request.method != "POST":
        return _shown(request)
    kind = request.POST.get("kind", "")
    kind = kind if kind in RuleKind.values else RuleKind.WORDS.value
    written, label = (
        request.POST.get("pattern", "").replace("\0", ""),
        request.POST.get("label", ""),
    )
    typed = {"kind": kind, "pattern": written, "label": label}
    try:
        if request.POST.get("deed") != "add":
            return _shown(request, typed=typed, trial=_tried(request, typed))
        rules.add(request.project, request.user, kind, written, label)
    except Conflict as refused:
        return _shown(request, typed=typed, problem=str(refused.detail))
    jobs.ring_rules(request.project)
    messages.success(request, _("The rule is in force. It is being counted."))
    return redirect("rules", project_id)


def _tried(request: MemberRequest, typed: dict[str, str]) -> dict[str, Any]:
    project = request.project
    rules.check(project, typed["kind"], typed["pattern"], typed["label"])
    trial = rules.tried(project, machine.Rule(typed["kind"], typed["pattern"], typed["label"]))
    result = Result(trial.right + trial.wrong, trial.right)
    return {"of": trial, "lines": showing.lines(project, trial.examples), "result": result}


def _shown(request: MemberRequest, **more: Any) -> HttpResponse:
    project = request.project
    labels = {label["name"]: label for label in project.labels}
    lines = [
        Line(
            one,
            labels.get(one.label, {"name": one.label}),
            Result(one.right + one.wrong, one.right),
        )
        for one in rules.of(project)
    ]
    problem = more.get("problem", "")
    shown = {
        "lines": lines,
        "kinds": RuleKind.choices,
        "typed": {"kind": RuleKind.WORDS.value},
        "counting": rules.counting(project),
        "spans": project.kind.answer.column == "spans",
        **more,
    }
    part = "#table" if request.GET.get("part") == "table" else ""
    return render(request, f"labeling/rules.html{part}", shown, status=422 if problem else 200)


@require_POST
def count(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Count anew, or stop counting."""
    if request.POST.get("deed") == "cancel":
        rules.cancel(request.project)
    else:
        jobs.ring_rules(request.project)
    return redirect("rules", project_id)


@require_POST
def change(request: MemberRequest, project_id: UUID, rule_id: UUID) -> HttpResponse:
    rule = get_object_or_404(request.project.rules, pk=rule_id)
    deed = request.POST.get("deed")
    if deed == "delete":
        rules.delete(rule, request.user)
        messages.success(request, _("The rule is deleted."))
    elif deed in ("rest", "wake"):
        rules.enable(rule, request.user, on=deed == "wake")
    return redirect("rules", project_id)
