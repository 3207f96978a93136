"""The bell's page: who wants something of the reader, in all their projects."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from labeling import notices
from labeling.models import Notice


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    found, after = notices.leaf(_reader(request), before=_id(request.GET.get("before", "")))
    shown = {
        "notices": found,
        "next": after,
        "later": "before" in request.GET,
        "unread": notices.unread(_reader(request)),
    }
    return render(request, "labeling/notices.html", shown)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    notices.read_all(_reader(request))
    return redirect("notices")


@require_POST
def follow(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """To what it is about; it counts as read."""
    notice = get_object_or_404(notices.of(_reader(request)), pk=notice_id)
    notices.read(notice)
    return redirect(_place(notice))


def _place(notice: Notice) -> str:
    if notice.example_id is None:
        return reverse("ring", args=[notice.project_id])
    example = reverse("example-page", args=[notice.project_id, notice.example_id])
    return f"{example}#talk"


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
