"""An endpoint's page, and the list of endpoints that leads to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects.access import MemberRequest
from serving import inbox, monitoring, publishing, snippets
from serving.forms import KeyForm, ReleaseForm, TryForm
from serving.models import Endpoint, Mode, Release
from training.models import ModelVersion

MOST = 50
MOST_RELEASES = 20
PERIODS = (24, 24 * 7)
# The figures of a busy week take a while to add up, and nobody needs them to the second.
A_MINUTE = 60


@require_safe
def listed(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """One endpoint is its page; several are a list; none is the way to publish."""
    found = list(_open(request).with_releases().order_by("id")[:MOST])
    if len(found) == 1:
        return redirect("endpoint-page", project_id, found[0].slug)
    version = request.project.model_versions.order_by("-number").first()
    return render(request, "serving/endpoints.html", {"endpoints": found, "version": version})


@require_safe
def page(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    endpoint = found(request, slug)
    part = request.GET.get("part")
    template = "serving/endpoint.html#state" if part == "state" else "serving/endpoint.html"
    return render(request, template, shown(request, endpoint, part=part))


@require_safe
def traffic(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    """What callers asked over time: a part of the page that comes after it, or a page by itself."""
    endpoint = found(request, slug)
    asked = request.GET.get("hours", "")
    hours = int(asked) if asked in {str(period) for period in PERIODS} else PERIODS[0]
    template = "serving/traffic.html"
    if request.headers.get("HX-Request"):
        template += "#traffic"
    kept_as = f"traffic:{endpoint.pk}:{hours}"
    figures = cache.get_or_set(kept_as, lambda: monitoring.stats(endpoint, hours=hours), A_MINUTE)
    return render(request, template, {"endpoint": endpoint, "stats": figures, "hours": hours})


@require_POST
def withdraw(request: MemberRequest, project_id: UUID, slug: str) -> HttpResponse:
    """Take it off the air, once its name was typed."""
    endpoint = found(request, slug)
    if request.POST.get("name", "").strip() != endpoint.slug:
        messages.error(request, _("Nothing was withdrawn: the name that you typed is another one."))
        return redirect("endpoint-page", project_id, slug)
    publishing.withdraw(endpoint, request.user)
    messages.success(request, _("It answers no longer. What it answered stays on record."))
    return redirect("endpoints-page", project_id)


def found(request: MemberRequest, slug: str) -> Endpoint:
    """An open endpoint of the project."""
    return get_object_or_404(_open(request).with_releases(), slug=slug)


def _open(request: MemberRequest) -> Any:
    return Endpoint.objects.open().filter(project=request.project)


def shown(request: MemberRequest, endpoint: Endpoint, **more: Any) -> dict[str, Any]:
    """All that the page shows; `more` wins."""
    data, asked = example_data(endpoint), _asked(request)
    received = inbox.of(endpoint, request.GET.get("before", ""))
    live = _live(endpoint)
    releases = endpoint.releases.select_related("model_version", "created_by", "readiness")
    return {
        "endpoint": endpoint,
        "live": live,
        "releases": releases.order_by("-created_at")[:MOST_RELEASES],
        "keys": endpoint.keys.filter(revoked_at=None, internal=False).order_by("-id")[:MOST],
        "curl": snippets.curl(endpoint.url, data),
        "curl_feedback": snippets.curl_feedback(endpoint.url, _a_label(endpoint)),
        "python": snippets.python(endpoint.url, data),
        "key_form": KeyForm(auto_id="key_%s"),
        "try_form": TryForm(auto_id="try_%s"),
        "release_form": ReleaseForm(endpoint, auto_id="release_%s", initial={"version": asked}),
        "release_asked": asked is not None,
        "newest": request.project.model_versions.order_by("-number").first(),
        "inbox": inbox.listed(received),
        "older": received.older,
        **more,
    }


def _asked(request: MemberRequest) -> ModelVersion | None:
    """The version that a link to the page wants to be released."""
    number = request.GET.get("version", "")
    if not number.isdecimal() or len(number) > 9:
        return None
    return request.project.model_versions.filter(number=number).first()


def _live(endpoint: Endpoint) -> Release | None:
    return next((one for one in endpoint.current if one.mode == Mode.LIVE), None)


def _a_label(endpoint: Endpoint) -> str:
    return next(iter(endpoint.project.label_names), "…")


def example_data(endpoint: Endpoint) -> dict[str, Any]:
    """A text of the project's own for the code that is shown."""
    example = endpoint.project.examples.order_by("-id").first()
    data: dict[str, Any] = example.data if example else {"text": _("A text")}
    text = str(data.get("text", ""))
    return data if len(text) <= 200 else {**data, "text": text[:200]}
