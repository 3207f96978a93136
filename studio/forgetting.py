"""The page on which an owner removes a person's rows everywhere, and the record of it."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from projects import acting, filters, showing
from projects.access import MemberRequest
from projects.models import Erasure
from studio import erasing, jobs

SHOWN, COUNTED, RECORDS = 10, 1000, 50


class ErasureForm(forms.Form):
    """Whose rows, why, and the certainty that it is meant."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Such as “request of 3 May”. It stays on record: do not name the person."),
    )
    name = forms.CharField(label=_("Type the project's name"), max_length=200)

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = name

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        if typed.strip() != self.wanted.strip():
            raise forms.ValidationError(_("This is not the name of the project."))
        return typed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest, project_id: UUID) -> HttpResponse:
    """What a search shows is what will go."""
    project = request.project
    sent = dict(parse_qsl(request.POST.get("filtered", ""))) if request.POST else request.GET
    found, gone = filters.told(project, sent, request.role)
    asked = {name: value for name, value in found.items() if name not in erasing.MOVING}
    form = ErasureForm(project.name, request.POST or None)
    if request.method == "POST" and asked and not gone and form.is_valid():
        with transaction.atomic():
            reason = form.cleaned_data["reason"]
            erasure = erasing.begin(project, request.user, dict(asked), reason)
            jobs.ring_erasure(erasure)
        return redirect("erasure", project_id=project_id, erasure_id=erasure.pk)
    if request.method == "POST" and not asked:
        messages.error(request, _("Search for the person's rows first."))
    return render(
        request, "studio/erase.html", {"form": form, "gone": gone, **_shown(request, asked)}
    )


def _shown(request: MemberRequest, asked: dict[str, str]) -> dict[str, Any]:
    project = request.project
    found = acting.meant(project, asked) if asked else None
    ids = [] if found is None else list(found.order_by("pk").values_list("pk")[: COUNTED + 1])
    rows = [] if found is None else list(found.order_by("pk")[:SHOWN])
    return {
        "asked": asked,
        "filtered": request.POST.get("filtered") or request.GET.urlencode(),
        "chips": filters.chips(project, asked, asked),
        "count": min(len(ids), COUNTED),
        "more": len(ids) > COUNTED,
        "lines": showing.lines(project, rows),
        "records": project.erasures.select_related("created_by").order_by("-id")[:RECORDS],
    }


@never_cache
@require_safe
def record(request: MemberRequest, project_id: UUID, erasure_id: UUID) -> HttpResponse:
    """That it was done, by whom, when, why, and how much."""
    records = Erasure.objects.filter(project=request.project).select_related("created_by")
    erasure = get_object_or_404(records, pk=erasure_id)
    part = "#work" if request.GET.get("part") == "work" else ""
    return render(request, f"studio/erasure.html{part}", {"erasure": erasure})
