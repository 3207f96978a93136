"""Celery's wiring: queues, the timetable, and a task class that survives a lost broker."""

import functools
import logging
import os
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
log = logging.getLogger("studio.celery")


class Job(DjangoTask):
    """A job whose bell may fail to ring: its row waits, and the reconciler rings again."""

    abstract = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        transaction.on_commit(functools.partial(self.ring, *args, **kwargs), robust=True)

    def ring(self, *args: Any, **kwargs: Any) -> None:
        """Send the message; a broker that is away is worth a line in the log, not an error page."""
        try:
            self.delay(*args, **kwargs)
        except self.OperationalError as problem:
            log.warning(
                "The broker did not take %s (%s); it will be sent again.", self.name, problem
            )


app = Celery("studio", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
app.conf.beat_schedule = {
    "reconcile uploads": {"task": "projects.jobs.reconcile", "schedule": 10.0},
    "reconcile runs": {"task": "training.jobs.reconcile", "schedule": 10.0},
    "return expired leases": {"task": "labeling.jobs.expire", "schedule": 30.0},
    "reconcile erasures": {"task": "studio.jobs.reconcile_erasures", "schedule": 10.0},
    "reconcile acts": {"task": "projects.jobs.reconcile_acts", "schedule": 10.0},
    "reconcile exports": {"task": "projects.jobs.reconcile_exports", "schedule": 10.0},
    "index examples": {"task": "projects.jobs.index", "schedule": 10.0},
    "inspect examples": {"task": "projects.jobs.inspect", "schedule": 10.0},
    "embed examples": {"task": "projects.jobs.embed", "schedule": 10.0},
    "suggest answers": {"task": "training.jobs.suggest", "schedule": 10.0},
    "reconcile surveys": {"task": "projects.jobs.reconcile_surveys", "schedule": 10.0},
    "fold counts": {"task": "projects.jobs.fold", "schedule": 60.0},
    "sweep": {"task": "studio.jobs.sweep", "schedule": 300.0},
}
app.conf.beat_scheduler = "studio.beating:Scheduler"
app.steps["consumer"].add("studio.beating:Beating")
for _entry in app.conf.beat_schedule.values():
    # A worker that was away must not find an hour of bells waiting.
    _entry["options"] = {"expires": 30}
