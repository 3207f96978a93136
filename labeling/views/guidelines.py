"""What the guidelines said, version by version, and what changed each time."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from labeling import rewriting, written
from projects.access import MemberRequest
from projects.models import Guidelines, Project

SHOWN = 30


@require_safe
def page(request: MemberRequest, project_id: UUID, number: int | None = None) -> HttpResponse:
    """One version, of which an answer may say that it was given under it; else the newest."""
    project = request.project
    kept = project.guidelines_history.select_related("created_by").order_by("-version")
    version = kept.first() if number is None else kept.filter(version=number).first()
    asked = project.guidelines_version if number is None else number
    if version is None and not 0 < asked <= project.guidelines_version:
        raise Http404
    before = request.GET.get("before", "")
    older = kept.filter(version__lt=int(before)) if _is_number(before) else kept
    versions = list(older.defer("text")[: SHOWN + 1])
    shown = {
        "version": version,
        "number": asked,
        "html": written.as_html(version.text) if version else "",
        **(_beside_the_one_before(project, version) if version else {}),
        "versions": versions[:SHOWN],
        "next": versions[SHOWN - 1].version if len(versions) > SHOWN else None,
    }
    return render(request, "labeling/guidelines.html", shown)


def _beside_the_one_before(project: Project, version: Guidelines) -> dict[str, object]:
    former = project.guidelines_history.filter(version__lt=version.version)
    before = former.order_by("-version").first()
    if before is None:
        return {"before": None}
    return {"before": before, "pieces": rewriting.difference(before.text, version.text)}


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 10
