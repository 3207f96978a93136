"""What is around every page: where one is, the theme, and what a reader may reach from here."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.looks import THEME_COOKIE, THEMES
from serving.models import Endpoint
from studio import health

# Addresses of their own that belong to a part of a project.
BESIDE = {"snapshots": "data", "guidelines": "desk"}


def around(request: HttpRequest) -> dict[str, Any]:
    """For templates. Costs no query: what is counted is fetched by the page itself."""
    return {
        "project": getattr(request, "project", None),
        "role": getattr(request, "role", None),
        "theme": theme(request),
        "section": section(request),
        # The two below are asked only by pages that need them.
        "published": SimpleLazyObject(lambda: _published(request)),
        "queues": SimpleLazyObject(health.alive),
    }


def theme(request: HttpRequest) -> str:
    """Light, dark, or as the reader's machine has it."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def section(request: HttpRequest) -> str:
    """Which part of a project the address is in: “data” of /projects/…/data/uploads/…."""
    parts = request.path.strip("/").split("/")
    if len(parts) < 2 or parts[0] != "projects":
        return ""
    part = parts[2] if len(parts) > 2 else "ring"
    return BESIDE.get(part, part)


def _published(request: HttpRequest) -> Endpoint | str:
    """The project's first open endpoint; nothing where there is none."""
    if (project := getattr(request, "project", None)) is None:
        return ""
    return Endpoint.objects.open().filter(project=project).order_by("id").first() or ""
