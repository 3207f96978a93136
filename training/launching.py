"""Asking for a run, and asking it to stop. The caller rings the bell."""

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from projects import relabeling
from projects.leases import State
from projects.models import Project
from training.models import Run


class NotReady(ValueError):
    """The project cannot be trained yet; the message says what is missing."""


def check(project: Project) -> None:
    """Raises NotReady."""
    if not project.kind.trainable:
        raise NotReady(_("Projects of this task cannot be trained yet."))
    if relabeling.unfinished(project):
        raise NotReady(_("Labels are being changed right now. Wait until that is done."))
    # Two different answers are enough to know; counting them all would take a while.
    answers = project.examples.exclude(gold=None).order_by().values_list("gold").distinct()[:2]
    if len(answers) < 2:
        raise NotReady(_("Label at least one example of two different labels, then train."))


def queue(project: Project, by: User, asked: dict[str, Any]) -> Run:
    """A queued run with these settings."""
    run = Run.objects.create(project=project, created_by=by, **asked)
    audit.note(by, "launch run", project.pk, run=str(run.pk))
    return run


def cancel(run: Run, by: User) -> None:
    """Ask a run to stop. It ends `cancelled` and keeps its last checkpoint."""
    Run.objects.filter(pk=run.pk, state__in=[State.QUEUED, State.RUNNING]).update(
        cancel_requested=True
    )
    Run.objects.filter(pk=run.pk, state=State.QUEUED).update(
        state=State.CANCELLED, finished_at=Now()
    )
    audit.note(by, "cancel run", run.project_id, run=str(run.pk))
