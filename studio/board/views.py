"""The board's own addresses: its content alone, and another chance for what failed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from studio.board import looking, retrying


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What Unfold asks for the admin's first page. Only administrators see the whole house."""
    context["title"] = _("Board")
    if request.user.is_superuser:
        context["board"] = looking.look()
    return context


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The content alone, which the open page fetches every few seconds."""
    return render(request, "admin/board/board.html", {"board": looking.look()})


@require_POST
def retry(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    if kind not in retrying.DEEDS:
        raise Http404
    if retrying.DEEDS[kind](pk, request.user):  # type: ignore[arg-type]
        messages.success(request, _("It waits in its queue again."))
    else:
        messages.info(request, _("Nothing to retry: it has been queued again already, or is gone."))
    return redirect("admin:index")
