"""The pages that belong to no room: home, health, and what is not there."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import people
from accounts.forms import SetUpForm
from accounts.problems import page, problem
from projects import access
from studio import health


@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The first visit: make the administrator. Once there is one, this page is not there."""
    if people.has_administrator():
        raise Http404
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.ensure_administrator(**form.cleaned())
        return redirect("account_login")
    return render(request, "studio/set_up.html", {"form": form})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    if not people.has_administrator():
        return redirect("set-up")
    projects = access.visible(request.user).order_by("-id")[:100]
    return render(request, "studio/home.html", {"projects": projects})


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    missing = health.missing()
    if not missing:
        return JsonResponse({"status": "ready"})
    answer = problem(503, " ".join(missing.values())) | {"missing": sorted(missing)}
    return JsonResponse(answer, status=503, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 400, "The studio cannot make sense of this request, or of its Host.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return page(request, 404, "There is nothing at this address.")
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "The studio made a mistake. It is in the log; nothing was half done.")
