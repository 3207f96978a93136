"""The examples of a project: found, read one by one, set aside, and out again."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from projects import exporting, gold, leafing, searching, showing, tally
from projects.access import MemberRequest
from projects.models import Example, Project, Source, Status

SIZE = 50
UPLOADS = 10
LONGEST_SEARCH = 200
STATUSES = {
    Status.UNLABELED: _("waits for people"),
    Status.LABELED: _("labelled"),
    Status.REVIEW: _("to be reviewed"),
    Status.SKIPPED: _("skipped"),
    Status.SET_ASIDE: _("set aside"),
}
SOURCES = {
    Source.UPLOAD: _("upload"),
    Source.FEEDBACK: _("feedback"),
    Source.AUGMENTATION: _("augmentation"),
}
FILTERS = ("q", "status", "label", "source")


@require_safe
def data(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project, asked = request.project, _asked(request)
    order = "-id" if request.GET.get("order") == "-id" else "id"
    leaf = leafing.leaf(
        searching.chosen(project, asked),
        order=order,
        after=_id(request.GET.get("after")),
        before=_id(request.GET.get("before")),
        size=SIZE,
    )
    kept = asked | ({"order": order} if order == "-id" else {})
    counts = tally.of(project)
    shown = {
        "asked": asked,
        "chips": _chips(asked, kept),
        "counts": counts.by_status,
        "gold": counts.gold,
        "by_label": counts.by_label,
        "total": counts.examples,
        "leaf": leaf,
        "lines": showing.lines(project, leaf.examples),
        "next": leaf.after and urlencode(kept | {"after": str(leaf.after)}),
        "previous": leaf.before and urlencode(kept | {"before": str(leaf.before)}),
        "turned": urlencode(asked | ({} if order == "-id" else {"order": "-id"})),
        "order": order,
        "statuses": STATUSES,
        "sources": SOURCES,
        "uploads": project.uploads.order_by("-id")[:UPLOADS],
    }
    return render(request, "projects/data.html", shown)


def _asked(request: MemberRequest) -> dict[str, str]:
    """The filters that mean something here; an address from elsewhere loses the others."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST_SEARCH] for name in FILTERS}
    possible: dict[str, Any] = {
        "status": Status.values,
        "source": Source.values,
        "label": request.project.label_names,
    }
    return {
        name: value
        for name, value in asked.items()
        if value and value in possible.get(name, (value,))
    }


def _chips(asked: dict[str, str], kept: dict[str, str]) -> list[dict[str, Any]]:
    """Each filter in words, with the address of the same list without it."""
    words: dict[str, dict[Any, Any]] = {"status": STATUSES, "source": SOURCES}
    return [
        {
            "said": words.get(name, {}).get(value, value),
            "without": urlencode({n: v for n, v in kept.items() if n != name}),
        }
        for name, value in asked.items()
    ]


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None


@require_safe
def one(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    example = _of(request, example_id)
    history = example.annotations.select_related("author", "upload").prefetch_related("history")
    shown = {
        "example": example,
        "status": STATUSES[Status(example.status)],
        "source": SOURCES[Source(example.source)],
        "media": f"labeling/media/{request.project.kind.media}.html",
        "gold": showing.labels(request.project, example.gold),
        "said": _said(request.project, example.origin.get("answer")),
        "history": _told(request.project, history.order_by("id")[:200]),
    }
    return render(request, "projects/example.html", shown)


def _of(request: MemberRequest, example_id: UUID) -> Example:
    examples = request.project.examples.select_related("upload")
    return get_object_or_404(examples, pk=example_id)


def _said(project: Project, answer: Any) -> list[dict[str, Any]]:
    """What the caller said, whose answer may name a label that is gone."""
    return showing.labels(project, answer) if isinstance(answer, dict) else []


def _told(project: Project, annotations: Any) -> list[dict[str, Any]]:
    """Who answered what and when, with what they said before."""
    return [
        {
            "annotation": annotation,
            "labels": showing.labels(project, annotation.answer),
            "before": [
                showing.labels(project, revision.answer)
                for revision in annotation.history.all()
                if revision.answer != annotation.answer
            ],
        }
        for annotation in annotations
    ]


@require_POST
def set_aside(request: MemberRequest, project_id: UUID, example_id: UUID) -> HttpResponse:
    example = _of(request, example_id)
    aside = request.POST.get("aside") == "yes"
    gold.put_aside(example, aside=aside)
    messages.success(
        request,
        _("Set aside: nobody is asked about it, and no model learns from it.")
        if aside
        else _("It is back."),
    )
    return redirect("example-page", project_id=project_id, example_id=example_id)


@require_safe
def export(request: MemberRequest, project_id: UUID) -> StreamingHttpResponse:
    """All examples in one file that imports again."""
    form = request.GET.get("format", "csv")
    if form not in exporting.FORMATS:
        raise Http404
    return exporting.answered(request.project, form)
