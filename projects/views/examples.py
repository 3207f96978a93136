"""The examples of a project: found, read one by one, set aside."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from projects import (
    alike,
    blind,
    due,
    filters,
    gauging,
    gold,
    leafing,
    meta,
    remarks,
    searching,
    showing,
    tally,
)
from projects.access import MemberRequest
from projects.actform import ActForm
from projects.models import DELETED, Example, Project, Source, Stage, Status

SIZE = 50
ALIKE = 5
UPLOADS, ACTS = 10, 5
BESIDE = 30  # columns


@require_safe
def data(request: MemberRequest, project_id: UUID) -> HttpResponse:
    project = request.project
    asked, gone = filters.told(project, request.GET, request.role)
    if request.GET.get("part") == "meant":
        told = {"meant": gauging.gauged(project, asked)}
        return render(request, "projects/data_bulk.html#meant", told)
    order = request.GET.get("order", "id")
    order = order if order in searching.ORDERS else "id"
    shown = {
        **_leaf(request, asked, order),
        **_counts(project, asked),
        **filters.offered(project, request.role),
        "asked": asked,
        "gone": gone,
        "order": order,
        "filtered": urlencode(asked),
        "more": any(name in asked for name in MORE),
        "bulk": ActForm(project, request.role),
        "uploads": project.uploads.order_by("-id")[:UPLOADS],
        "acts": project.acts.select_related("created_by").order_by("-id")[:ACTS],
        "still": due.waiting(project)[Stage.INDEX] if asked.get("q") else 0,
        "counted": due.COUNTED,
    }
    return render(request, "projects/data.html", shown)


# Filters that are folded away until someone wants them.
MORE = ("source", "upload", "annotator", "assignee", "tag", "finding", "language", "longer",
        "shorter", "unsure", "sure", "suggested", "disagreed")  # fmt: skip


def _leaf(request: MemberRequest, asked: dict[str, str], order: str) -> dict[str, Any]:
    project = request.project
    leaf = leafing.leaf(
        project,
        asked,
        order=searching.order(order),
        after=_id(request.GET.get("after")),
        before=_id(request.GET.get("before")),
        size=SIZE,
    )
    kept = asked | ({"order": order} if order != "id" else {})
    return {
        "leaf": leaf,
        "lines": showing.lines(project, leaf.examples),
        "chips": filters.chips(project, asked, kept),
        "next": leaf.after and urlencode(kept | {"after": str(leaf.after)}),
        "previous": leaf.before and urlencode(kept | {"before": str(leaf.before)}),
        "turned": urlencode(asked | ({} if order == "-id" else {"order": "-id"})),
    }


def _counts(project: Project, asked: dict[str, str]) -> dict[str, Any]:
    counts = tally.of(project)
    return {
        "counts": counts.by_status,
        "gold": counts.gold,
        "by_label": counts.by_label,
        "total": counts.examples,
        "meant": gauging.kept(project, asked, counts),
    }


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
        "status": _status(example),
        "source": filters.SOURCES[Source(example.source)],
        "media": f"labeling/media/{request.project.kind.media}.html",
        "gold": showing.labels(request.project, example.gold),
        "said": _said(request.project, example.origin.get("answer")),
        "history": _told(request.project, _seen(request, example, history.order_by("id")[:200])),
        "findings": [(one, remarks.in_words(one)) for one in example.findings.order_by("kind")],
        "alike": _alike(request.project, example),
        **_beside(example),
    }
    return render(request, "projects/example.html", shown)


def _beside(example: Example) -> dict[str, Any]:
    """What its file says of it in other columns, as far as a page can show it."""
    kept = example.origin.get(meta.NAME)
    kept = kept if isinstance(kept, dict) else {}
    shown = [(name, meta.in_words(value)) for name, value in kept.items()][:BESIDE]
    return {"beside": shown, "beside_more": len(kept) - len(shown)}


def _seen(request: MemberRequest, example: Example, history: Any) -> Any:
    hidden = blind.is_for(example, request.user, request.role)
    return blind.visible(history, request.user) if hidden else history


def _alike(project: Project, example: Example) -> list[tuple[showing.Line, float]]:
    """The nearest by meaning, each with its label and how near it is."""
    found = alike.nearest(example, ALIKE)
    lines = showing.lines(project, [one for one, _cosine in found])
    return list(zip(lines, (cosine for _one, cosine in found), strict=True))


def _status(example: Example) -> Any:
    if example.status == DELETED:
        return _("deleted")
    return filters.STATUSES[Status(example.status)]


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
