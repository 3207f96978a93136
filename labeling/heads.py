"""The instant model of labels: a head over vectors that are there already.

Where too few were answered for one, what a model version said of the window tells what is unsure.
"""

from collections import Counter
from typing import Any

import numpy as np

from labeling import windows
from labeling.models import Suggestion
from labeling.taught import RANKED, Taught, measured
from ml import choosing, instant
from ml.choosing import Chosen
from ml.task import Floats
from projects import relabeling
from projects.models import Project


def learn(project: Project, known: windows.Shown) -> Taught:
    """From what is known, as far as its labels are still there."""
    labels = project.label_names
    usable = [at for at, one in enumerate(known.answers) if _names(project, one) <= set(labels)]
    answers = [known.answers[at] for at in usable]
    learned = instant.learn(known.vectors[usable], answers, labels, project.kind.decision)
    if learned is None:
        return Taught(answers, {"answers": len(answers)})
    said = {
        "answers": len(answers),
        "right": learned.right,
        "of": learned.of,
        **measured(learned.interval, learned.weakest, learned.curve),
    }
    return Taught(answers, said, learned.head, learned.head.as_bytes(), learned.curve)


def order(
    project: Project, taught: Taught, shown: windows.Shown, known: windows.Shown, seed: int
) -> list[Chosen]:
    """The window's places in their turn."""
    decision, labels = project.kind.decision, project.label_names
    given: dict[str, Any] = {
        "most": RANKED,
        "seed": seed,
        "counts": [
            sum(label in _names(project, one) for one in taught.answers) for label in labels
        ],
        "any_of": project.kind.answer.column == "labels",
    }
    if taught.model is not None:
        chances = taught.model.chances(shown.vectors, decision)
        return choosing.choose(shown.vectors, known.vectors, chances, labels, **given)
    said, places = _by_version(project, shown)
    if len(places) * 2 < len(shown.ids):
        return choosing.choose(shown.vectors, known.vectors, None, labels, **given)
    some = choosing.choose(shown.vectors[places], known.vectors, said, labels, **given)
    return [Chosen(places[one.place], one.reason, one.values) for one in some]


def _by_version(project: Project, shown: windows.Shown) -> tuple[Floats, list[int]]:
    """What model versions said of these, in labels of today, and of which places they did."""
    kept = Suggestion.objects.filter(example__in=shown.ids).values_list("example_id", "scores")
    scores = dict(kept)
    names, labels = relabeling.former(project), project.label_names
    found = []
    for at, pk in enumerate(shown.ids):
        if scores.get(pk):
            today: Counter[str] = Counter()
            for label, score in scores[pk].items():
                today[names.get(label) or label] += score
            found.append((at, [today[label] for label in labels]))
    return np.array([row for _at, row in found], dtype=float), [at for at, _row in found]


def _names(project: Project, answer: dict[str, Any]) -> set[str]:
    return set(project.kind.answer.labels_of(answer))
