"""Bells of the labelling room."""

from celery import shared_task
from django.db import transaction

from labeling import holding, learning, rules
from projects.models import Project

FILL_SECONDS = 1.5  # of one message: others that wait in the same queue come in between
SOON_SECONDS = 1  # after an answer: what comes meanwhile is learned from, too


@shared_task
def expire() -> None:
    """Give back what people walked away from."""
    holding.expire()


def ring(project: Project) -> None:
    """Someone answered or sat down: the instant model looks again soon. Never in anyone's way."""
    if learning.due(project):
        said = {"args": [str(project.pk)], "countdown": SOON_SECONDS}
        transaction.on_commit(lambda: study.apply_async(**said), robust=True)


@shared_task(expires=60)
def study(project_id: str) -> None:
    project = Project.objects.filter(pk=project_id, deleted_at=None).first()
    if project is not None:
        learning.study(project)
        fill.delay(project_id)


@shared_task(expires=60)
def fill(project_id: str) -> None:
    """In the background; another training follows where vectors came that it did not have."""
    project = Project.objects.filter(pk=project_id, deleted_at=None).first()
    if project is None:
        return
    before = learning.lacks(project)
    if before and learning.fill(project, FILL_SECONDS):
        fill.delay(project_id)
    elif before:
        study.apply_async(args=[project_id], countdown=SOON_SECONDS)


@shared_task
def count_rules(project_id: str) -> None:
    """How many examples each rule speaks of, and how often it is right: a moment at a time."""
    project = Project.objects.filter(pk=project_id, deleted_at=None).first()
    if project is not None and rules.count(project, FILL_SECONDS):
        count_rules.delay(project_id)


def ring_rules(project: Project) -> None:
    rules.begin(project)
    count_rules.delay_on_commit(str(project.pk))
