"""What is to be seen of all vectors of a project: what means alike or stands apart, and the map."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from ml import nearby
from ml.embedding import CharacterNgrams, Floats
from ml.findings import whole
from projects import due, embedding, noting, places
from projects.models import Example, Finding, Kind, Stage
from projects.together import keep

if TYPE_CHECKING:
    from projects.surveying import Survey

Meanwhile = Callable[[], None]
ENOUGH = 200  # vectors, below which nothing is unlike all others
WORST, AT_MOST = 0.01, 500
FAR, ROBUST = 3.0, 1.4826  # standard deviations, and what makes one of a median deviation


def look(survey: "Survey") -> bool:
    """All of it. False if vectors are still to come: then another look follows those."""
    project = survey.project
    survey.step("vectors", 0.55)
    embedder = embedding.of(project)  # may find that another reads the data better
    if due.is_waiting(Stage.EMBED, project.pk):
        return False
    model, means = embedder.name, embedder.name != CharacterNgrams.name
    ids, vectors = places.some(project, model, places.MOST, survey.go_on)
    survey.step("outliers", 0.6)
    keep(project, Kind.OUTLIER, _outliers(survey, ids, vectors) if means else [])
    survey.step("meaning", 0.7)
    few = places.count(project, model) <= nearby.MOST_VECTORS
    not_compared = "" if means and few else "many" if means else "model"
    keep(project, Kind.MEANING, [] if not_compared else _alike(survey, model))
    noting.note(project.pk, not_compared=not_compared)
    survey.step("map", 0.8)
    _map(survey, model, vectors)
    return True


def _outliers(
    survey: "Survey", ids: list[UUID], vectors: Floats
) -> list[tuple[UUID, dict[str, Any]]]:
    """The hundredth that lies farthest from the others, as far as it lies far indeed: by the
    median absolute deviation (Leys et al. 2013)."""
    if len(ids) < ENOUGH:
        return []
    scores = survey.awaited(lambda meanwhile: whole.outliers(vectors, meanwhile=meanwhile))
    middle = float(np.median(scores))
    usual = float(np.median(np.abs(scores - middle))) * ROBUST
    worst = np.argsort(-scores, kind="stable")[: min(AT_MOST, math.ceil(WORST * len(ids)))]
    far = [at for at in worst if scores[at] > middle + FAR * usual]
    return [(ids[at], {"distance": round(float(scores[at]), 3)}) for at in far]


def _alike(survey: "Survey", model: str) -> list[tuple[UUID, dict[str, Any]]]:
    """What says nearly the same as an older example, though in other words; where only the newer
    one has an answer, the older one is what says the same."""
    ids, vectors = places.every(survey.project, model, survey.go_on)
    passed = {*_repeats(survey), *_set_aside(survey)}
    fresh = [at for at, pk in enumerate(ids) if pk not in passed]
    kept = vectors[fresh]
    found = survey.awaited(lambda meanwhile: nearby.meant_alike(kept, meanwhile=meanwhile))
    pairs = [(ids[fresh[a]], ids[fresh[b]], round(cosine, 3)) for a, b, cosine in found.pairs]
    answered = _answered({pk for a, b, _ in pairs for pk in (a, b)})
    alike: dict[UUID, dict[str, Any]] = {}
    for a, b, cosine in pairs:
        stays, other = (b, a) if b in answered and a not in answered else (a, b)
        alike.setdefault(other, {"of": str(stays), "cosine": cosine})
    return list(alike.items())


def _answered(ids: set[UUID]) -> set[UUID]:
    found = Example.objects.filter(pk__in=ids, gold__isnull=False)
    return set(found.values_list("pk", flat=True))


def _repeats(survey: "Survey") -> Any:
    rows = Finding.objects.filter(project=survey.project, kind=Kind.REPEAT)
    return rows.values_list("example_id", flat=True)


def _set_aside(survey: "Survey") -> Any:
    """What is out of use repeats nothing: else the only one left would be set aside as well."""
    rows = Example.objects.filter(project=survey.project, set_aside=True)
    return rows.values_list("pk", flat=True)


def _map(survey: "Survey", model: str, vectors: Floats) -> None:
    project, count = survey.project, places.count(survey.project, model)
    if not count:
        return
    if not places.is_outgrown(project, model, count):
        places.put_missing(project, model)
        return
    landmarks = survey.awaited(lambda meanwhile: places.draw(vectors, meanwhile))
    survey.step("map", 0.9)
    places.hang(project, model, landmarks, count)
    places.put_all(project, model, survey.go_on)
