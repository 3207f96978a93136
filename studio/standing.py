"""Where a project stands in the circle."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from labeling.pools import FRONT
from projects import tally
from projects.leases import BUSY
from projects.models import Example, Project, Status, Upload
from projects.tally import Counts
from serving.models import Endpoint, Prediction
from training.models import ModelVersion, Run

MOST_COUNTED = 10_000
MOST_WAITING = 1000


@dataclass(frozen=True)
class Standing:
    """The five arcs of the ring."""

    counts: Counts
    version: ModelVersion | None
    endpoint: Endpoint | None
    requests: int  # in the last 24 hours, at most MOST_COUNTED
    corrected: int  # corrections from callers at the front of the desk
    disputed: int  # answers that count and are doubted, by callers or here: for reviewers
    uploads: list[Upload]
    run: Run | None

    @property
    def live(self) -> Any:
        """The release that answers callers now."""
        if self.endpoint is None:
            return None
        return next((one for one in self.endpoint.current if one.mode == "live"), None)

    @property
    def waiting(self) -> int:
        """Corrections that nobody has settled yet."""
        return self.corrected + self.disputed

    @property
    def new_labels(self) -> int:
        """Labelled since the newest version learned."""
        return max(0, self.counts.gold - learned(self.version))


def of(project: Project) -> Standing:
    endpoint = project.endpoints.open().with_releases().order_by("id").first()  # type: ignore[attr-defined]
    return Standing(
        counts=tally.of(project),
        version=project.model_versions.select_related("run__snapshot").order_by("-number").first(),
        endpoint=endpoint,
        requests=_requests(endpoint),
        corrected=_counted(_front(project)),
        disputed=_counted(_disputed(project)),
        uploads=list(project.uploads.filter(state__in=BUSY, dry_run=False).order_by("id")[:3]),
        run=project.runs.filter(state__in=BUSY).order_by("id").first(),
    )


def learned(version: ModelVersion | None) -> int:
    """How many labelled examples it was made of."""
    if version is None or version.run.snapshot is None:
        return 0
    return sum(version.run.snapshot.counts.get(part, 0) for part in ("train", "validation", "test"))


def _requests(endpoint: Endpoint | None) -> int:
    """What callers asked in the last 24 hours; counting ends where a person stops caring."""
    if endpoint is None:
        return 0
    day = Prediction.objects.filter(endpoint=endpoint, created_at__gte=Now() - timedelta(days=1))
    return day.order_by()[:MOST_COUNTED].aggregate(n=Count("pk"))["n"]


def _front(project: Project) -> QuerySet[Example]:
    return Example.objects.filter(project=project, priority__gte=FRONT, status=Status.UNLABELED)


def _disputed(project: Project) -> QuerySet[Example]:
    return Example.objects.filter(project=project, status=Status.REVIEW, disputed=True)


def _counted(found: QuerySet[Example]) -> int:
    return int(found.order_by()[:MOST_WAITING].aggregate(n=Count("pk"))["n"])
