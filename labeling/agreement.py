"""How far people agree: Krippendorff's alpha and Cohen's kappa over every acknowledged answer."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from projects.models import Annotation, AnnotationSource, Project

Answers = Mapping[Any, Mapping[Any, str]]  # example → person → answer


def of(project: Project) -> dict[str, Any]:
    """The project's agreement. None stands for what cannot be computed yet."""
    answers, names = _answers(project)
    return {
        "krippendorff_alpha": krippendorff_alpha([unit.values() for unit in answers.values()]),
        "pairs": [
            {"annotators": [names[a], names[b]], "kappa": kappa, "examples": count}
            for a, b, kappa, count in _pairs(answers, sorted(names, key=str))
        ],
        "by_label": {
            label: krippendorff_alpha(
                [[str(value == _key({"label": label})) for value in unit.values()]
                 for unit in answers.values()]
            )
            for label in project.label_names
        },
    }  # fmt: skip


def krippendorff_alpha(units: Iterable[Iterable[str]]) -> float | None:
    """Krippendorff's alpha for nominal data, 1 - observed / expected disagreement.

    units: for each example the answers it got; those with fewer than two do not count.
    None where it is undefined (nothing to pair). Source: Krippendorff, Computing Krippendorff's
    Alpha-Reliability (2011).
    """
    coincidences: Counter[tuple[str, str]] = Counter()
    for unit in units:
        values = list(unit)
        if len(values) > 1:
            counts = Counter(values)
            for a, b in ((a, b) for a in counts for b in counts):
                pairs = counts[a] * (counts[b] - (a == b))
                coincidences[a, b] += pairs / (len(values) - 1)  # type: ignore[assignment]
    margins: Counter[str] = Counter()
    for (a, _), weight in coincidences.items():
        margins[a] += weight
    total = sum(margins.values())
    if total <= 1:
        return None
    observed = sum(weight for (a, b), weight in coincidences.items() if a != b)
    expected = total**2 - sum(n**2 for n in margins.values())
    return 1.0 if not expected else 1 - (total - 1) * observed / expected


def cohen_kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two people over the examples that both answered (Cohen 1960)."""
    both = list(pairs)
    if not both:
        return None
    n = len(both)
    first, second = Counter(a for a, _ in both), Counter(b for _, b in both)
    agreed = sum(a == b for a, b in both) / n
    chance = sum(first[value] * second[value] for value in first) / n**2
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def _pairs(answers: Answers, people: list[Any]) -> Iterable[tuple[Any, Any, float, int]]:
    for a, b in combinations(people, 2):
        both = [(unit[a], unit[b]) for unit in answers.values() if a in unit and b in unit]
        kappa = cohen_kappa(both)
        if kappa is not None:
            yield a, b, kappa, len(both)


def _answers(project: Project) -> tuple[Answers, dict[Any, str]]:
    found: dict[Any, dict[Any, str]] = defaultdict(dict)
    names: dict[Any, str] = {}
    rows = Annotation.objects.filter(
        example__project=project, source=AnnotationSource.PERSON, withdrawn_at=None
    ).values_list("example_id", "author_id", "author__email", "answer")
    for example, author, email, answer in rows.iterator(chunk_size=5000):
        found[example][author] = _key(answer)
        names[author] = email or "someone who left"
    return found, names


def _key(answer: dict[str, Any]) -> str:
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)
