"""The page of a project's labels: rename, merge, split or delete them, after a look beforehand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from labeling import jobs as labeling_jobs
from projects import founding, jobs, labelbook, tally
from projects.access import MemberRequest
from projects.models import Act, Deed
from projects.relabeling import DELETE, HOWS, MERGE, RENAME, SPLIT
from studio import changing
from studio.changeform import ChangeForm


@dataclass(frozen=True)
class Done:
    """A change of labels, in words, and whether it can be undone."""

    act: Act
    said: str
    can_be_undone: bool


@never_cache
@require_safe
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """The labels with how many examples have each, and what was changed lately."""
    project = request.project
    acts = labelbook.recent(project)
    undoable = changing.can_be_undone(project)
    recent = [Done(act, in_words(act), bool(undoable and act.pk == undoable.pk)) for act in acts]
    shown: dict[str, Any] = {"recent": recent, "busy": changing.under_way(acts)}
    if request.GET.get("part") == "recent":
        return render(request, "studio/labels.html#recent", shown)
    counts = tally.of(project).by_label
    shown["labels"] = [{**label, "count": counts[label["name"]]} for label in project.labels]
    shown["room"] = len(project.labels) < founding.MOST_LABELS
    return render(request, "studio/labels.html", shown)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """What one change would touch; and, confirmed, the change."""
    project, said = request.project, request.POST or request.GET
    how, label = said.get("how", ""), said.get("label", "")
    if how not in HOWS or not project.kind.answer.labelled:
        raise Http404
    form = ChangeForm(project, how, label, request.POST or None)
    if form.is_valid() and (act := _begun(request, form)) is not None:
        jobs.set_going(act)
        labeling_jobs.ring(project)
        messages.success(request, in_words(act))
        return redirect("labels", project_id=project_id)
    if label not in project.label_names:
        messages.info(request, _("There is no label of this name any more."))
        return redirect("labels", project_id=project_id)
    shown = {
        "form": form,
        "how": how,
        "label": next(one for one in project.labels if one["name"] == label),
        "several": project.kind.answer.none,
        "found": changing.preview(project, label),
    }
    return render(request, "studio/labels_change.html", shown)


def _begun(request: MemberRequest, form: ChangeForm) -> Act | None:
    """The change, or None with what is wrong said in the form."""
    said = form.cleaned_data
    try:
        return changing.begin(
            request.project, request.user, form.change, once=said["once"], seen=said["seen"]
        )
    except changing.Stale:
        form.look_again(request.project)
    except founding.Refused as refused:
        form.add_error(None, str(refused))
    return None


def in_words(act: Act) -> str:
    """Such as: “spam” is called “junk” now."""
    said = act.value
    into = ", ".join(f"“{name}”" for name in said["into"])
    words = {
        RENAME: _("“%(label)s” is called %(into)s now."),
        MERGE: _("“%(label)s” is part of %(into)s now."),
        SPLIT: _("“%(label)s” is split into %(into)s."),
        DELETE: _("“%(label)s” is deleted."),
    }
    return words[said["how"]] % {"label": said["label"], "into": into}


@require_POST
def add(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """A label beside the others; its key and colour come by themselves."""
    name = request.POST.get("name", "").strip()
    if not 0 < len(name) <= founding.LONGEST_LABEL:
        messages.error(request, _("A name has at least one character and at most 100."))
    elif founding.add_labels(request.project, [name]):
        messages.success(request, _("“%(name)s” is a label now.") % {"name": name})
    elif name in request.project.label_names:
        messages.info(request, _("The label “%(name)s” is there already.") % {"name": name})
    else:
        most = {"most": founding.MOST_LABELS}
        messages.error(request, _("A project can have %(most)s labels at most.") % most)
    return redirect("labels", project_id=project_id)


@require_POST
def undo(request: MemberRequest, project_id: UUID, act_id: UUID) -> HttpResponse:
    """The last change goes back: the labels at once, then the answers."""
    act = _of(request, act_id)
    try:
        going = changing.take_back(act, request.user)
    except founding.Refused as refused:
        messages.error(request, str(refused))
        return redirect("labels", project_id=project_id)
    jobs.set_going(going)
    labeling_jobs.ring(request.project)
    return redirect("labels", project_id=project_id)


@require_POST
def go_on(request: MemberRequest, project_id: UUID, act_id: UUID) -> HttpResponse:
    """A change that was interrupted goes on behind its last whole piece."""
    act = _of(request, act_id)
    if changing.go_on(act):
        jobs.ring_act(act)
    return redirect("labels", project_id=project_id)


def _of(request: MemberRequest, act_id: UUID) -> Act:
    changes = request.project.acts.filter(deed=Deed.RELABEL)
    act: Act = get_object_or_404(changes, pk=act_id)
    act.project = request.project
    return act
