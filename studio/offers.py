"""The page of samples: what there is to try, whose it is, and one button each."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts.models import User
from projects import jobs
from samples.catalogue import CATALOGUE
from studio import trying


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    if request.method == "POST":
        return _try(request, language)
    spoken = dict(settings.LANGUAGES)
    offered = [(sample, spoken[sample.language]) for sample in trying.offered(language)]
    return render(request, "studio/samples.html", {"offered": offered})


@transaction.atomic
def _try(request: HttpRequest, language: str) -> HttpResponse:
    slug = request.POST.get("slug", "")
    if slug not in CATALOGUE or not isinstance(request.user, User):
        raise Http404
    begun = trying.start(slug, request.user, language)
    jobs.ring(begun.upload)
    messages.info(request, begun.note)
    return redirect("ring", project_id=begun.project.pk)
