"""What the instant model says of one example; each process reads a training once."""

from typing import Any
from uuid import UUID

from django.db import connection

from labeling import windows
from labeling.models import Learner
from ml import dictionary, instant
from ml.dictionary import Dictionary
from projects.models import Example, Project

_KEPT: dict[UUID, tuple[int, Any]] = {}  # of this process: the last ones used
MOST_KEPT = 50
# A phrase that a model version did not mark must be as likely as this to be added to its answer.
SURE = 0.8
_ASK = """
SELECT l.generation, halfvec_send(m.vector) FROM labeling_learner l
JOIN projects_embedding m ON m.example_id = %s AND m.model = l.embedder
WHERE l.project_id = %s AND l.weights <> ''::bytea
"""
_GENERATION = (
    "SELECT generation FROM labeling_learner WHERE project_id = %s AND weights <> ''::bytea"
)


def suggest(example: Example, project: Project) -> tuple[dict[str, Any], str] | None:
    """An answer, and the name of what gives it; None where nothing can be said."""
    if project.kind.decision is not None:
        return _by_head(example, project)
    return _by_dictionary(example, project) if project.kind.phrases else None


def _by_head(example: Example, project: Project) -> tuple[dict[str, Any], str] | None:
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [example.pk, project.pk])
        row = cursor.fetchone()
    head = None if row is None else _kept(project, row[0], instant.Head.from_bytes)
    if head is None or not set(head.labels) <= set(project.label_names):
        return None
    return _rounded(
        head.predict(windows.vector(row[1]), project.kind.decision)
    ), f"instant:{row[0]}"


def head(project: Project) -> instant.Head | None:
    """The newest, where one was learned and its labels are those of today."""
    if project.kind.decision is None:
        return None
    generation = Learner.objects.filter(project=project).values_list("generation", flat=True)
    found = _kept(project, generation.first() or 0, instant.Head.from_bytes)
    return found if found and set(found.labels) <= set(project.label_names) else None


def _by_dictionary(example: Example, project: Project) -> tuple[dict[str, Any], str] | None:
    """Only where it knows something: that nothing is marked would be no help."""
    found = _dictionary(project)
    if found is None:
        return None
    said = found[1].predict(example.data["text"])
    spans = said["answer"]["spans"]
    if not spans or not {one["label"] for one in spans} <= set(project.label_names):
        return None
    return _rounded(said), f"dictionary:{found[0]}"


def completed(example: Example, project: Project, said: dict[str, Any]) -> dict[str, Any]:
    """A version's answer with the phrases that it left out and the dictionary is sure of."""
    found = _dictionary(project) if project.kind.phrases else None
    if found is None:
        return said
    text, labels = example.data["text"], set(project.label_names)
    sure = [one for one in found[1].read(text).met if one.chance >= SURE and one.label in labels]
    spans, chance = dictionary.united(text, said["answer"]["spans"], sure)
    scores = {**said["scores"]}
    for one in sure:
        scores[one.label] = max(scores.get(one.label, 0.0), round(one.chance, 4))
    confidence = round(said["confidence"] * chance, 4)
    return {**said, "answer": {"spans": spans}, "confidence": confidence, "scores": scores}


def _dictionary(project: Project) -> tuple[int, Dictionary] | None:
    with connection.cursor() as cursor:
        cursor.execute(_GENERATION, [project.pk])
        row = cursor.fetchone()
    kept = None if row is None else _kept(project, row[0], Dictionary.from_bytes)
    return None if kept is None or row is None else (row[0], kept)


def _kept(project: Project, generation: int, read: Any) -> Any:
    kept = _KEPT.get(project.pk)
    if kept is not None and kept[0] == generation:
        return kept[1]
    found = Learner.objects.filter(project=project).values_list("generation", "weights").first()
    if found is None or not found[1]:
        return None
    if len(_KEPT) >= MOST_KEPT:
        _KEPT.clear()
    _KEPT[project.pk] = found[0], read(found[1])
    return _KEPT[project.pk][1]


def _rounded(said: Any) -> dict[str, Any]:
    return {
        "answer": said["answer"],
        "confidence": round(said["confidence"], 4),
        "scores": {label: round(score, 4) for label, score in said["scores"].items()},
    }
