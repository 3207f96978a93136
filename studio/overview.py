"""Projects at a glance: what the home page and the bar say of each. Bounded, and cheap."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from accounts.models import User
from projects import access, palette
from projects.leases import BUSY
from projects.models import Member, Project, Upload
from serving.models import Endpoint
from training.models import ModelVersion, Run

MOST = 100
LABELS_SHOWN = palette.dressed([{"name": f"label {number}"} for number in range(1, 16)])


def projects(user: Any) -> list[Project]:
    """A person's projects, the newest first, each with its role, newest version and endpoints."""
    newest = ModelVersion.objects.order_by("project_id", "-number").distinct("project_id")
    live = Endpoint.objects.open().filter(project=OuterRef("pk"))
    found = (
        access.visible(user)
        .annotate(published=Exists(live))
        .prefetch_related(
            Prefetch("model_versions", newest, to_attr="newest_version"),
            Prefetch("members", Member.objects.filter(user=user), to_attr="own"),
        )
        .order_by("-id")
    )
    return list(found[:MOST])


@dataclass(frozen=True)
class Running:
    """What is at work now, oldest first."""

    runs: list[Run]
    uploads: list[Upload]

    @property
    def count(self) -> int:
        return len(self.runs) + len(self.uploads)


def running(user: User | Any) -> Running:
    mine = access.visible(user)
    runs = Run.objects.filter(project__in=mine, state__in=BUSY).select_related("project")
    uploads = Upload.objects.filter(project__in=mine, state__in=BUSY).select_related("project")
    return Running(list(runs.order_by("id")[:20]), list(uploads.order_by("id")[:20]))
