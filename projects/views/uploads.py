"""A file comes in by three steps: sent, looked at, read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.ids import new_id
from projects import founding, jobs, showing, taking, tally, wording
from projects.access import MemberRequest
from projects.forms import FileForm, MappingForm
from projects.leases import State
from projects.models import Upload

# More kinds of label than this are rather texts: adding them is offered, not proposed.
PLAUSIBLE_LABELS = 50
PROBLEMS_SHOWN = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest, project_id: UUID) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None, initial={"once": new_id()})
    if request.method == "POST" and form.is_valid():
        upload = _taken(request, form.cleaned_data)
        return redirect("data-upload", project_id=project_id, upload_id=upload.pk)
    return render(request, "projects/upload_new.html", {"form": form})


@transaction.atomic
def _taken(request: MemberRequest, sent: dict[str, Any]) -> Upload:
    project, file = request.project, sent["file"]
    if not file:
        file = taking.written(project, sent["pasted"], _("Pasted text"))
    upload, created = taking.take_once(project, request.user, file, sent["once"])
    if created:
        jobs.ring(upload)
    return upload


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, project_id: UUID, upload_id: UUID) -> HttpResponse:
    """How the upload stands; while it goes on, the page asks again for the part that moves."""
    upload = _of(request, upload_id)
    form = MappingForm(upload, request.POST or None) if _can_be_mapped(upload) else None
    if request.method == "POST" and (form is None or form.is_valid()):
        _decide(request, upload, form)
        return redirect("data-upload", project_id=project_id, upload_id=upload_id)
    part = "#work" if request.GET.get("part") == "work" else ""
    return render(request, f"projects/upload.html{part}", _shown(upload, form))


def _of(request: MemberRequest, upload_id: UUID) -> Upload:
    upload: Upload = get_object_or_404(request.project.uploads, pk=upload_id)
    upload.project = request.project
    return upload


def _can_be_mapped(upload: Upload) -> bool:
    return upload.dry_run and upload.over and bool(upload.detected.get("columns"))


def _decide(request: MemberRequest, upload: Upload, form: MappingForm | None) -> None:
    """Import what was looked at. Where the columns are others now, look at those first."""
    if form is None:
        return  # a second click: the first one has begun it
    same = all(form.said[name] == upload.mapping.get(name) for name in form.said)
    wanted = request.POST.get("act") == "import"
    ready = wanted and same and upload.state == State.DONE
    if wanted and not same:
        messages.info(request, _("The columns are others now. Here is what comes of them."))
    _read_again(upload, form, dry_run=not ready)


@transaction.atomic
def _read_again(upload: Upload, form: MappingForm, *, dry_run: bool) -> None:
    new = upload.new_labels
    answers = form.cleaned_data["answers"]
    if not taking.again(upload, dry_run=dry_run, mapping=form.said, answers=answers):
        return
    if not dry_run and form.cleaned_data["add_labels"]:
        founding.add_labels(upload.project, sorted(new, key=lambda name: -new[name]))
    jobs.ring(upload)


def _shown(upload: Upload, form: MappingForm | None) -> dict[str, Any]:
    new, coming = upload.new_labels, upload.rows_read - upload.rejected
    with_new_labels = sum(new.values())
    if form is not None and not form.is_bound:
        form.initial["add_labels"] = len(new) <= PLAUSIBLE_LABELS
    shown = {
        "upload": upload,
        "form": form,
        "preview": showing.preview(upload) if form else None,
        "coming": coming,
        "coming_with_labels": coming + with_new_labels,
        "with_new_labels": with_new_labels,
        "left_out": upload.rejected - with_new_labels,
        "error": wording.error(upload),
        "problems": wording.problems(upload, PROBLEMS_SHOWN),
        "new_labels": sorted(new, key=lambda name: -new[name]),
        "plausible": len(new) <= PLAUSIBLE_LABELS,
    }
    imported = upload.state == State.DONE and not upload.dry_run
    return shown | (_next(upload) if imported else {})


def _next(upload: Upload) -> dict[str, Any]:
    """What decides on the next act: is there enough that is labelled?"""
    counts = tally.of(upload.project)
    return {"counts": counts, "enough": counts.gold >= tally.FIRST_MODEL}


@require_POST
def cancel(request: MemberRequest, project_id: UUID, upload_id: UUID) -> HttpResponse:
    taking.cancel(_of(request, upload_id))
    return redirect("data-upload", project_id=project_id, upload_id=upload_id)
