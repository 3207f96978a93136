"""The pages that belong to no room: home, health, and what is not there."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.problems import page, problem
from projects import access
from studio import health


@require_GET
def home(request: HttpRequest) -> HttpResponse:
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


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return page(request, 404, "There is nothing at this address.")
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "The studio made a mistake. It is in the log; nothing was half done.")
