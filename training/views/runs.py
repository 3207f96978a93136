"""Pages of training: launch, watch, read the result, compare two versions."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.access import MemberRequest
from projects.models import Project
from training import comparing, jobs, launching, reading, suggestions
from training.forms import LaunchForm
from training.models import Run

MOST_RUNS = 30
A_DAY = 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def train(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """Launch a fine-tune; below, the runs so far."""
    form = LaunchForm(request.POST or None, initial={"once": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("run-page", project_id, _launched(request, form).pk)
        except launching.NotReady as problem:
            form.add_error(None, str(problem))
    runs = request.project.runs.select_related("model_version").order_by("-id")[:MOST_RUNS]
    readiness = reading.readiness(request.project)
    shown = {"form": form, "runs": runs, "readiness": readiness}
    shown["suggesting"] = suggestions.of(request.project)
    return render(request, "training/train.html", shown)


def _launched(request: MemberRequest, form: LaunchForm) -> Run:
    """The form counts once: a second press finds the run of the first."""
    pressed = f"launched:{request.user.pk}:{form.cleaned_data['once']}"
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=request.project.pk)
        before = request.project.runs.filter(pk=cache.get(pressed)).first()
        if before is not None:
            return before
        launching.check(request.project)
        run = launching.queue(request.project, request.user, form.asked())
        jobs.ring(run)
        cache.set(pressed, str(run.pk), A_DAY)
    return run


@require_safe
def run_page(request: MemberRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """A run: while it works, its curve; afterwards, what it learned and where it goes wrong."""
    run = _found(request, run_id)
    if request.GET.get("part") == "progress":
        template = "training/run.html#progress"
    else:
        template = "training/run.html"
    return render(request, template, {"run": run, **reading.shown(run)})


@require_POST
def run_cancel(request: MemberRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    run = _found(request, run_id)
    launching.cancel(run, request.user)
    messages.success(request, _("The training stops."))
    return redirect("run-page", project_id, run.pk)


@require_safe
def run_cell(request: MemberRequest, project_id: UUID, run_id: UUID) -> HttpResponse:
    """The test examples behind a cell of the confusion matrix."""
    run = _found(request, run_id)
    gold, predicted = request.GET.get("gold", ""), request.GET.get("predicted", "")
    cell = {"gold": gold, "predicted": predicted, "found": reading.cell(run, gold, predicted)}
    return render(request, "training/cell.html", {"run": run, **cell})


@require_safe
def version(request: MemberRequest, project_id: UUID, number: int) -> HttpResponse:
    """A model version beside another one, by default the one before."""
    versions = request.project.model_versions.select_related("run")
    this = get_object_or_404(versions, number=number)
    others = list(versions.exclude(pk=this.pk).defer("artifacts").order_by("-number")[:MOST_RUNS])
    older = reading.beside(this, others, request.GET.get("beside", ""))
    shown = {"version": this, "others": others, "older": older}
    if (suggesting := suggestions.of(request.project)) and suggesting.version_id == this.pk:
        shown["suggesting"] = suggesting
    if older is not None:
        comparison = comparing.compare(this, older)
        shown |= {"comparison": comparison, "figures": comparison.figures}
        shown["changed"] = reading.with_examples(comparison.changed, this.run, older.run)
    return render(request, "training/version.html", shown)


def _found(request: MemberRequest, run_id: UUID) -> Run:
    runs = request.project.runs.select_related("model_version", "snapshot", "created_by")
    return get_object_or_404(runs, pk=run_id)
