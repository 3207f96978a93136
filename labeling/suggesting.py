"""What the desk suggests with an example: said when it is leased, and kept with the lease.

A hint that came with a file goes before what a model says; it is kept in the same place.
"""

import json
import random
from collections import Counter
from typing import Any

from django.db import connection

from labeling import recalling, rules
from labeling.models import Assignment
from projects import quoting, relabeling
from projects.models import Example, Project

HINT = "hint"


def at_lease(example: Example) -> dict[str, Any]:
    """The fields of a lease that hold its suggestion. The protected test set gets none.

    A share of the suggestions is hidden, to see what people say without them. What came with a
    caller's feedback is always shown: the caller's word on it is beside it.
    """
    if example.is_test:
        return {}
    suggestion, by = _made(example)
    if suggestion is None:
        return {}
    fed_back = "feedback" in example.origin or "prediction" in example.origin
    hidden = not fed_back and random.random() < example.project.hidden_share / 100
    return {"suggestion": suggestion, "suggested_by": by, "hidden": hidden}


def shown(assignment: Assignment) -> dict[str, Any] | None:
    """The suggestion as a prediction without id, if the person may see it."""
    if assignment.suggestion is None or assignment.hidden or _is_hint(assignment):
        return None
    suggestion = _as_now(assignment.project, assignment.suggestion)
    if suggestion is None or not _fits(assignment.project, assignment.example, suggestion):
        return None
    kind, _, made = assignment.suggested_by.partition(":")
    return {**suggestion, "model_version": made if kind == "version" else None}


def from_file(assignment: Assignment) -> dict[str, Any] | None:
    """The answer that came as a hint, if the person may see it."""
    if assignment.suggestion is None or assignment.hidden or not _is_hint(assignment):
        return None
    if not _fits(assignment.project, assignment.example, assignment.suggestion):
        return None
    return relabeling.as_now(assignment.project, assignment.suggestion["answer"])


def _is_hint(assignment: Assignment) -> bool:
    return assignment.suggested_by.startswith(f"{HINT}:")


# All that may be kept of it already, in one question; whether rules are asked at all is the last.
_KEPT = """
SELECT h.id, h.answer, s.answer, s.confidence, s.scores, s.model_version,
    EXISTS (SELECT 1 FROM labeling_rule WHERE project_id = %(project)s AND enabled)
FROM (SELECT 1) one
LEFT JOIN labeling_suggestion s ON s.example_id = %(example)s
LEFT JOIN LATERAL (
    SELECT id, answer FROM projects_annotation
    WHERE example_id = %(example)s AND source = 'import' AND hint AND withdrawn_at IS NULL
    ORDER BY id DESC LIMIT 1
) h ON true
"""


def _made(example: Example) -> tuple[dict[str, Any] | None, str]:
    """The newest hint that still stands; else what a version said; else what is learned now."""
    project = example.project
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"example": example.pk, "project": project.pk})
        hint, hinted, answer, confidence, scores, version, ruled = cursor.fetchone()
    if hint is not None and relabeling.as_now(project, said := json.loads(hinted)) is not None:
        return {"answer": said, "confidence": None, "scores": {}}, f"{HINT}:{hint}"
    if version is not None:
        kept = {"answer": json.loads(answer), "confidence": confidence}
        today = _as_now(project, {**kept, "scores": json.loads(scores)})
        if today is not None and _fits(project, example, today):
            return recalling.completed(example, project, today), f"version:{version}"
    learned = recalling.suggest(example, project)
    return learned or (rules.suggest(example, project) if ruled else None) or (None, "")


def _fits(project: Project, example: Example, said: dict[str, Any]) -> bool:
    """Whether it is about the text of today, not about one that was mended or masked since."""
    return quoting.fits(project, said["answer"], example.data)


def _as_now(project: Project, said: dict[str, Any]) -> dict[str, Any] | None:
    """A suggestion in the labels of today; None where one that it names is gone."""
    if not project.former_labels:
        return said
    answer = relabeling.as_now(project, said["answer"])
    if answer is None:
        return None
    names = relabeling.former(project)
    scores: Counter[str] = Counter()
    for label, score in said["scores"].items():
        if (today := names.get(label, label)) is not None:
            scores[today] += score
    return {**said, "answer": answer, "scores": dict(scores)}
