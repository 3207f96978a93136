"""A file comes in by three steps: sent, looked at, read."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.ids import new_id
from projects import (
    differing,
    founding,
    jobs,
    lookform,
    problems,
    remembering,
    showing,
    taking,
    tally,
    wording,
)
from projects.access import MemberRequest
from projects.fileform import MOST_FILES, FileForm
from projects.leases import State
from projects.lookform import LookForm
from projects.models import Upload

# More kinds of label than this are rather texts: adding them is offered, not proposed.
PLAUSIBLE_LABELS = 50
PROBLEMS_SHOWN = 100
# What changes while other files that were sent along are still being looked at.
PARTS = {"together": "projects/upload_together.html", "all": "projects/upload_all.html"}


@sensitive_post_parameters("s3_secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest, project_id: UUID) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None, initial={"once": new_id()})
    if request.method == "POST" and form.is_valid():
        upload = _fetched(request, form) if form.fetched else _sent(request, form.cleaned_data)
        return redirect("data-upload", project_id=project_id, upload_id=upload.pk)
    return render(request, "projects/upload_new.html", {"form": form})


@transaction.atomic
def _sent(request: MemberRequest, sent: dict[str, Any]) -> Upload:
    """What was sent, a dry run for each file; the first of them."""
    project, once = request.project, sent["once"]
    files = sent["file"] or [taking.written(project, sent["pasted"], _("Pasted text"))]
    found = []
    for place, file in enumerate(files, sent["place"] or 0):
        own = uuid5(once, str(place)) if place else once
        upload, is_new = taking.take_once(project, request.user, file, own, together=once)
        found.append(upload)
        if is_new:
            jobs.ring(upload)
    return found[0]


@transaction.atomic
def _fetched(request: MemberRequest, form: FileForm) -> Upload:
    once, secret = form.cleaned_data["once"], form.cleaned_data["s3_secret"]
    upload, is_new = taking.fetch_once(
        request.project, request.user, form.fetched, secret, once, together=once
    )
    if is_new:
        jobs.ring(upload)
    return upload


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, project_id: UUID, upload_id: UUID) -> HttpResponse:
    """How the upload stands; while it goes on, the page asks again for the part that moves."""
    upload, part = _of(request, upload_id), request.GET.get("part", "")
    if part in PARTS:
        return render(request, PARTS[part], {"upload": upload, **_files(upload)})
    form = LookForm(upload, request.POST or None) if lookform.applies(upload) else None
    act = request.POST.get("act", "")
    if request.method == "POST" and (form is None or act == "anew" or form.is_valid()):
        _decide(request, upload, form, act)
        return redirect("data-upload", project_id=project_id, upload_id=upload_id)
    work = "#work" if part == "work" else ""
    return render(request, f"projects/upload.html{work}", _shown(upload, form))


def _of(request: MemberRequest, upload_id: UUID) -> Upload:
    upload: Upload = get_object_or_404(request.project.uploads, pk=upload_id)
    upload.project = request.project
    return upload


def _decide(request: MemberRequest, upload: Upload, form: LookForm | None, act: str) -> None:
    """Import what was looked at. Where it would be read otherwise now, look at that first."""
    if act == "anew" and upload.detected:
        _read_again(upload, remembering.guessed(upload))
    elif form is None:
        if upload.fetched and upload.state == State.FAILED:
            _read_again(upload, {})
        return  # else a second click: the first one has begun it
    elif act in ("import", "import-all"):
        _import(request, upload, form, [*_alike(upload)] if act == "import-all" else [])
    else:
        _read_again(upload, form.said)


def _import(request: MemberRequest, upload: Upload, form: LookForm, others: list[Upload]) -> None:
    """For good what was looked at by just these settings; else look at it so."""
    same = form.as_looked_at
    if not same:
        messages.info(request, _("It is read otherwise now. Here is what comes of it."))
    add_labels, said = form.cleaned_data["add_labels"], form.said
    others_ready = [same and form.maps_as(other) for other in others]
    _read_again(
        upload, said, add_labels=add_labels, dry_run=not (same and upload.state == State.DONE)
    )
    for other, ready in zip(others, others_ready, strict=True):
        other.project = upload.project
        as_here = {**said, "options": other.options}
        _read_again(other, as_here, add_labels=add_labels, dry_run=not ready)


@transaction.atomic
def _read_again(
    upload: Upload, said: dict[str, Any], *, add_labels: bool = False, dry_run: bool = True
) -> None:
    new = upload.new_labels
    if not taking.again(upload, dry_run=dry_run, **said):
        return
    if add_labels and not dry_run:
        founding.add_labels(upload.project, sorted(new, key=lambda name: -new[name]))
    jobs.ring(upload)


def _alike(upload: Upload) -> QuerySet[Upload]:
    """Files sent together with this one that can be imported just as it."""
    columns = upload.detected.get("columns", [])
    looked_at = _together(upload).filter(dry_run=True, state=State.DONE).exclude(pk=upload.pk)
    return looked_at.filter(detected__columns=columns)


def _together(upload: Upload) -> QuerySet[Upload]:
    if upload.together is None:
        return Upload.objects.none()
    return upload.project.uploads.filter(together=upload.together).order_by("created_at", "pk")


def _files(upload: Upload) -> dict[str, Any]:
    """Those that were sent together, how many could be imported just as this one, and how many
    others are still being looked at."""
    files = list(_together(upload).only("name", "state", "dry_run", "project")[: MOST_FILES + 1])
    return {
        "files": files if len(files) > 1 else [],
        "ready": 1 + _alike(upload).count() if len(files) > 1 else 1,
        "still": sum(one.dry_run and not one.over for one in files if one.pk != upload.pk),
    }


def _shown(upload: Upload, form: LookForm | None) -> dict[str, Any]:
    shown = {
        "upload": upload,
        "form": form,
        **_files(upload),
        "error": wording.error(upload),
        "notes": wording.notes(upload),
        "problems": wording.problems(upload, PROBLEMS_SHOWN),
        "lost": wording.lost(upload, PROBLEMS_SHOWN),
        "otherwise": wording.otherwise(upload, PROBLEMS_SHOWN),
        "others": upload.report.get(differing.COUNT, 0),
        "kept": len(wording.left_out(upload)),
        "left_out": upload.rejected - sum(upload.new_labels.values()),
    }
    if form is not None:
        return shown | _look(upload, form)
    imported = upload.state == State.DONE and not upload.dry_run
    return shown | (_next(upload) if imported else {})


def _look(upload: Upload, form: LookForm) -> dict[str, Any]:
    new, coming = upload.new_labels, upload.rows_read - upload.rejected
    with_new_labels = sum(new.values())
    if not form.is_bound:
        form.initial["add_labels"] = len(new) <= PLAUSIBLE_LABELS
    return {
        "preview": showing.preview(upload),
        "encoding": lookform.encoding(upload.detected.get("encoding", "")),
        "coming": coming,
        "coming_with_labels": coming + with_new_labels,
        "with_new_labels": with_new_labels,
        "new_labels": sorted(new, key=lambda name: -new[name]),
        "plausible": len(new) <= PLAUSIBLE_LABELS,
        "alike": _spelt_alike(new),
        "followed": remembering.followed(upload) if upload.detected else None,
    }


def _spelt_alike(names: Iterable[str]) -> list[str]:
    """Those that differ from another only in capitals."""
    counted = Counter(name.casefold() for name in names)
    return sorted((n for n in names if counted[n.casefold()] > 1), key=str.casefold)


def _next(upload: Upload) -> dict[str, Any]:
    """What decides on the next act: is there enough that is labelled?"""
    counts = tally.of(upload.project)
    return {"counts": counts, "enough": counts.gold >= tally.FIRST_MODEL}


@require_GET
def left_out(request: MemberRequest, project_id: UUID, upload_id: UUID) -> HttpResponse:
    """The rows that were left out, as a table for a spreadsheet."""
    upload = _of(request, upload_id)
    answer = HttpResponse(problems.as_csv(upload), content_type="text/csv; charset=utf-8")
    name = f"{upload.name[:200]} ({_('left out')}).csv"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


@require_POST
def cancel(request: MemberRequest, project_id: UUID, upload_id: UUID) -> HttpResponse:
    taking.cancel(_of(request, upload_id))
    return redirect("data-upload", project_id=project_id, upload_id=upload_id)
