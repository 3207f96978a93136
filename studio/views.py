"""The pages that belong to no room: home, set-up, the frame's own, health, and errors."""

import sys
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import looks, people
from accounts.forms import SetUpForm
from accounts.models import User
from accounts.problems import page, problem
from labeling import notices
from projects import access
from studio import frame, health, overview

AWAY_SECONDS = 5  # after which whoever met a database that is away may ask again


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The first visit: make the administrator. Once there is one, this page is not there."""
    if people.has_administrator():
        raise Http404
    form = SetUpForm(request.POST or None, initial={"theme": frame.theme(request)})
    if request.method == "POST" and form.is_valid():
        return _set_up(request, form)
    return render(request, "studio/set_up.html", {"form": form})


def _set_up(request: HttpRequest, form: SetUpForm) -> HttpResponse:
    chosen = form.cleaned_data
    user = people.ensure_administrator(**form.cleaned())
    if user is None:  # someone else was first, at the same moment
        messages.warning(request, _("Someone has just set up this studio. Sign in, or ask them."))
        return redirect("account_login")
    people.sign_in(request, user)
    response = redirect("start")
    looks.choose(response, user, language=chosen["language"], theme=chosen["theme"])
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's first page; its parts are also what the bar's menus show."""
    if not people.has_administrator():
        return redirect("set-up")
    if not request.user.is_authenticated:
        return redirect("account_login")
    part = request.GET.get("part")
    template = f"studio/home.html#{part}" if part in {"switch", "commands"} else "studio/home.html"
    here = access.visible(request.user).filter(pk__in=_named(request.GET.get("project"))).first()
    shown = {
        "projects": overview.projects(request.user),
        "here": here,
        "role_here": access.role_in(request.user, here) if here else None,
    }
    return render(request, template, shown)


def _named(project: str | None) -> list[str]:
    try:
        return [str(UUID(project or ""))]
    except ValueError:
        return []


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """What runs in the reader's projects, and the bell: the bar asks again and again."""
    reader = cast(User, request.user)
    shown = {"running": overview.running(reader), "unread": notices.unread(reader)}
    return render(request, "studio/now.html", shown)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device has it: kept in this browser, and with who has signed in."""
    chosen = request.POST.get("theme", "auto")
    response = HttpResponseRedirect(_back(request))
    if chosen in looks.THEMES:
        looks.choose(response, request.user, theme=chosen)
    return response


def _back(request: HttpRequest) -> str:
    """Where the reader was, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if ours else "/"


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every part of the pages in every state, for those who build them."""
    return render(
        request,
        "studio/components.html",
        {"labels": overview.LABELS_SHOWN, "form": SetUpForm({"email": "no address"})},
    )


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    missing = health.missing()
    if not missing:
        return JsonResponse({"status": "ready"})
    answer = problem(503, " ".join(missing.values())) | {"missing": sorted(missing)}
    return JsonResponse(answer, status=503, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, "The studio cannot make sense of this request, or of its Host.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return page(request, 403, "Your role does not allow this. Ask an owner of the project.")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return page(request, 404, "There is nothing at this address.")
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _away(request)
    if request.path.startswith("/api/"):
        said = "The studio made a mistake. It is in the log; nothing was half done."
        return page(request, 500, said)
    return render(request, "500.html", status=500)


def _away(request: HttpRequest) -> HttpResponse:
    """The database ended, is starting, or is too busy to answer in time: no mistake of ours."""
    answer: HttpResponse
    if request.path.startswith("/api/"):
        said = "The database does not answer at the moment. Nothing was half done; try again."
        answer = page(request, 503, said)
    else:
        shown = render_to_string("503.html", {"theme": frame.theme(request)})
        answer = HttpResponse(shown, status=503)
    answer["Retry-After"] = str(AWAY_SECONDS)
    return answer
