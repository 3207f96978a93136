"""What a person did since they sat down at the desk: how many, and what can be undone.

Kept in their session, so that undo never reaches what they did elsewhere or long ago.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from labeling.models import Assignment
from projects.models import Project

KEPT = 50


@dataclass(frozen=True)
class Sitting:
    """How many examples were answered, and the last thing done, if it can be undone."""

    answered: int
    last_answer: dict[str, Any] | None
    can_undo: bool


def of(session: SessionBase, project: Project) -> Sitting:
    deeds = session.get(_key(project), [])
    answered = session.get(f"{_key(project)}:answered", 0)
    return Sitting(answered, deeds[-1][1] if deeds else None, bool(deeds))


def remember(session: SessionBase, assignment: Assignment, answer: dict[str, Any] | None) -> None:
    """Note an answer, or a skip (None). Of one example the last counts."""
    if last(session, assignment.project) == assignment.pk:
        forget(session, assignment.project)
    key = _key(assignment.project)
    deeds = session.get(key, [])
    session[key] = [*deeds[-KEPT + 1 :], [str(assignment.pk), answer]]
    if answer is not None:
        session[f"{key}:answered"] = session.get(f"{key}:answered", 0) + 1


def last(session: SessionBase, project: Project) -> UUID | None:
    deeds = session.get(_key(project), [])
    return UUID(deeds[-1][0]) if deeds else None


def forget(session: SessionBase, project: Project) -> None:
    key = _key(project)
    *session[key], (_, answer) = session[key]
    if answer is not None:
        session[f"{key}:answered"] = max(0, session.get(f"{key}:answered", 0) - 1)


def _key(project: Project) -> str:
    return f"desk:{project.pk}"
