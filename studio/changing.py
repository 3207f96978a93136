"""A change of labels through all rooms: what it would touch, carried out, and taken back.

It looks into every room, so it stands here: answers and filters follow in `projects`, checks and
rules in `labeling`; model versions and endpoints keep the labels that they learned.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from labeling import renaming
from projects import acting, founding, labelbook, relabeling, revising
from projects.leases import BUSY, State
from projects.models import Act, Deed, Project
from projects.relabeling import Change
from serving.models import Endpoint, Release
from training.models import ModelVersion, Run

SHOWN = 50


@dataclass(frozen=True)
class Preview:
    """What a change of a label would touch, wherever it stands."""

    answers: labelbook.Touched
    beside: dict[str, int]  # checks, rules and rechecks
    versions: list[int]  # that learned it, under this name or an earlier one
    endpoints: list[Endpoint]  # that answer with it now
    training: int  # runs under way, which go on with the labels that they began with


def preview(project: Project, label: str) -> Preview:
    learned = _learned(project, label)
    return Preview(
        labelbook.touched(project, label),
        renaming.touched(project, label),
        list(learned.order_by("number").values_list("number", flat=True)[:SHOWN]),
        _answering(project, learned),
        Run.objects.filter(project=project, state=State.RUNNING).count(),
    )


def _learned(project: Project, label: str) -> QuerySet[ModelVersion]:
    names = [label, *(old for old, now in relabeling.former(project).items() if now == label)]
    named = Q()
    for name in names:
        named |= Q(labels__contains=[name])
    return ModelVersion.objects.filter(named, project=project)


def _answering(project: Project, learned: QuerySet[ModelVersion]) -> list[Endpoint]:
    now = Release.objects.filter(ended_at=None, model_version__in=learned)
    return list(
        Endpoint.objects.open()
        .filter(project=project, pk__in=now.values("endpoint"))
        .order_by("id")[:SHOWN]
    )


class Stale(Exception):
    """The labels are not those that the page was shown with."""


@transaction.atomic
def begin(project: Project, by: User, change: Change, *, once: UUID, seen: str) -> Act:
    """The labels change at once, and what names them; the caller rings for the answers.

    A form counts once: sent again, it finds what it began. `seen` is the mark of the labels that
    its figures are about. Raises founding.Refused, Stale.
    """
    founding.refresh(project)
    begun = project.acts.filter(deed=Deed.RELABEL, created_by=by, value__once=str(once)).first()
    if begun is not None:
        return begun
    if seen != revising.mark(project.labels):
        raise Stale
    return _followed(labelbook.begin(project, by, change), project, once=str(once))


@transaction.atomic
def take_back(act: Act, by: User) -> Act:
    """As it was before; the caller rings for the answers. Raises founding.Refused."""
    going = labelbook.take_back(act, by)
    if going.pk == act.pk:
        renaming.go_back(act.project, act.value["kept"])
        return going
    return _followed(going, act.project)  # a name is taken back by the old one


def _followed(act: Act, project: Project, **more: str) -> Act:
    act.value |= {"kept": renaming.follow(project, relabeling.of(act)), **more}
    act.save(update_fields=["value"])
    return act


def go_on(act: Act) -> bool:
    """Let a change go on that was interrupted. False if nothing is to be done."""
    return act.deed == Deed.RELABEL and act.queue_again(error="")


def under_way(acts: list[Act]) -> bool:
    return any(act.state in BUSY for act in acts)


def can_be_undone(project: Project) -> Act | None:
    """The last change, once its answers are there; or got stuck on their way."""
    act = labelbook.last(project)
    fit = act is not None and act.state in acting.AT_REST and not act.undoing
    return act if fit and not relabeling.at_work(project) else None
