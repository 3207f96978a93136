"""What waits, what runs, what ended, and what failed, as PostgreSQL knows it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from projects import wording as uploads
from projects.leases import State
from projects.models import Upload
from studio.beats import QUEUES
from studio.board import retrying, words
from training import wording
from training.models import Run

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = 10
_SENTENCE = re.compile(r"(.+?(?:[.?] |[。？]|$))(.*)", re.DOTALL)
# What is waited for longer than this has more before it than a person expects.
LONG_SECONDS = {"default": 300.0}


@dataclass
class Queue:
    """`messages` are on their way in Valkey; `waiting` rows are the work that matters."""

    name: str
    messages: int | None
    waiting: int | None = None
    seconds: float = 0.0

    @property
    def age(self) -> str:
        return words.age(self.seconds) if self.waiting else ""

    @property
    def late(self) -> bool:
        return bool(self.waiting) and self.seconds > LONG_SECONDS.get(self.name, float("inf"))


@dataclass
class Tally:
    """How many runs there are in a state, now or since yesterday."""

    state: str
    count: int


def queues(lengths: dict[str, int]) -> list[Queue]:
    """Uploads wait in `default`, runs in `train`; the rest is bells without a row."""
    found = {name: Queue(name, lengths.get(name)) for name in QUEUES}
    for name, model in (("default", Upload), ("train", Run)):
        waiting = model._default_manager.filter(state=State.QUEUED)
        said = waiting.aggregate(waiting=Count("pk"), since=Min("queued_at"))
        found[name].waiting = said["waiting"]
        if said["since"]:
            found[name].seconds = (timezone.now() - said["since"]).total_seconds()
    return list(found.values())


def tallies() -> tuple[list[Tally], list[Tally]]:
    """Runs by state: those under way, and those that ended within a day."""
    ended = Q(finished_at__gte=timezone.now() - DAY)
    said = Run.objects.aggregate(
        running=Count("pk", filter=Q(state=State.RUNNING)),
        queued=Count("pk", filter=Q(state=State.QUEUED)),
        succeeded=Count("pk", filter=Q(state=State.SUCCEEDED) & ended),
        failed=Count("pk", filter=Q(state=State.FAILED) & ended),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED) & ended),
    )
    found = [Tally(state, count) for state, count in said.items()]
    return found[:2], found[2:]


def running() -> QuerySet[Run]:
    runs = Run.objects.filter(state=State.RUNNING).select_related("project")
    fields = ("project__name", "progress", "eta_seconds", "device", "worker", "started_at")
    return runs.only(*fields).order_by("started_at")[:SHOWN]


@dataclass
class Failure:
    """Failed work of the last seven days, with what became of it and what helps."""

    kind: str
    id: str
    name: str
    project: str
    age: str
    cause: str
    remedy: str
    retriable: bool = True
    gone: bool = False  # the file that would be read

    @property
    def route(self) -> str:
        return {"run": "admin:training_run_change", "upload": "admin:projects_upload_change"}[
            self.kind
        ]


def failures() -> list[Failure]:
    """The newest first."""
    found = [(run.finished_at, _of_run(run)) for run in _failed_runs()]
    found += [(upload.finished_at, _of_upload(upload)) for upload in _failed_uploads()]
    found.sort(key=lambda pair: pair[0] or timezone.now(), reverse=True)
    return [failure for _, failure in found[:SHOWN]]


def _failed_runs() -> QuerySet[Run]:
    failed = Run.objects.filter(**_failed()).select_related("project")
    fields = ("project__name", "error_title", "error_hint", "error_said", "finished_at")
    return failed.only(*fields).order_by("-finished_at")[:SHOWN]


def _failed_uploads() -> QuerySet[Upload]:
    # Someone who looks at a file that does not fit sees why, and chooses another one.
    failed = Upload.objects.filter(**_failed(), dry_run=False).select_related("project")
    fields = ("project__name", "name", "path", "sample", "error", "error_said", "finished_at")
    return failed.only(*fields).order_by("-finished_at")[:SHOWN]


def _failed() -> dict[str, object]:
    week = timezone.now() - WEEK
    return {"state": State.FAILED, "finished_at__gte": week, "project__deleted_at": None}


def _of_run(run: Run) -> Failure:
    said = (_since(run.finished_at), *wording.error(run))
    again = retrying.may_help(run)
    return Failure("run", str(run.pk), str(run.pk)[-8:], run.project.name, *said, again)


def _of_upload(upload: Upload) -> Failure:
    """An upload's error says cause and remedy, a sentence or two each."""
    found = _SENTENCE.match(uploads.error(upload))
    cause, remedy = found.groups() if found else ("", "")
    return Failure(
        "upload",
        str(upload.pk),
        upload.name,
        upload.project.name,
        _since(upload.finished_at),
        cause.strip(),
        remedy,
        retrying.may_help(upload),
        gone=not retrying.is_readable(upload),
    )


def _since(moment: datetime | None) -> str:
    return words.age((timezone.now() - moment).total_seconds()) if moment else ""
