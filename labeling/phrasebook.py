"""The instant model of passages: a dictionary of what was marked.

Texts are looked at in the order of how unsure the newest version is of all its marks, or, where it
has not said, the dictionary.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Left

from labeling import windows
from labeling.models import Suggestion
from labeling.taught import RANKED, Taught, measured
from ml import choosing, passages, phrases
from ml.choosing import Chosen
from ml.dictionary import Dictionary, Reading
from projects.models import Example, Project

READ = 1000  # characters of a text, of which its turn is told
TORN = 0.25  # from here to as much below certainty a phrase is said to be unsure


def learn(project: Project, known: windows.Shown) -> Taught:
    """From the newest trusted answers, whether there are vectors of them or not."""
    texts, answers = _answered(project)
    learned = phrases.learn(texts, answers, project.label_names)
    if learned is None:
        return Taught(answers, {"answers": len(answers)})
    said = {
        "answers": len(answers),
        "right": learned.right,
        "of": learned.of,
        "texts": learned.texts,
        **measured(learned.interval, learned.weakest, learned.curve),
    }
    return Taught(answers, said, learned.dictionary, learned.dictionary.as_bytes(), learned.curve)


def _answered(project: Project) -> tuple[list[str], list[dict[str, Any]]]:
    """The oldest first; no more of the newest than the dictionary is made of."""
    found, room = [], phrases.MOST_CHARACTERS
    labels, shape = set(project.label_names), project.kind.answer
    for data, gold in _newest(project):
        if not set(shape.labels_of(gold)) <= labels:
            continue  # its label is gone from the project
        found.append((str(data["text"]), gold))
        room -= len(data["text"])
        if room < 0:
            break
    return [text for text, _ in found[::-1]], [gold for _, gold in found[::-1]]


def _newest(project: Project) -> Iterator[tuple[dict[str, Any], Any]]:
    labelled = project.examples.filter(status="labeled", is_test=False).order_by("-id")
    newest = labelled.values_list("data", "gold")[: windows.LEARNED_FROM]
    return newest.iterator(chunk_size=500)


def order(
    project: Project, taught: Taught, shown: windows.Shown, known: windows.Shown, seed: int
) -> list[Chosen]:
    """The window's places in their turn, each with what is unsure about it."""
    by_version = _by_version(shown.ids)
    if taught.model is None and len(by_version) * 2 < len(shown.ids):
        return choosing.unlike(shown.vectors, known.vectors, most=RANKED, seed=seed)
    dictionary = taught.model or Dictionary(tuple(project.label_names), {})
    texts = begins(shown.ids)
    read = [dictionary.read(texts[pk]) for pk in shown.ids]
    margins = np.array(
        [
            _margin(texts[pk], by_version.get(pk), dictionary, reading)
            for pk, reading in zip(shown.ids, read, strict=True)
        ]
    )
    far = choosing.is_far(shown.vectors, known.vectors)
    turns = choosing.by_doubt(shown.vectors, known.vectors, margins, most=RANKED, seed=seed)
    return [_told(at, read[at], by_version.get(shown.ids[at]), far=bool(far[at])) for at in turns]


def begins(ids: list[UUID]) -> dict[UUID, str]:
    """Of each text its first characters: thousands of long ones would fill the memory.

    Empty where the example has gone meanwhile.
    """
    begin = Left(KeyTextTransform("text", "data"), READ)
    return dict.fromkeys(ids, "") | dict(
        Example.objects.filter(pk__in=ids).annotate(begin=begin).values_list("pk", "begin")
    )


def _by_version(ids: list[UUID]) -> dict[UUID, float]:
    kept = Suggestion.objects.filter(example__in=ids)
    return dict(kept.values_list("example_id", "confidence"))


def _margin(text: str, said: float | None, dictionary: Dictionary, reading: Reading) -> float:
    """How sure of the whole answer: least confidence first (Culotta and McCallum 2005).

    The version's is taken to the length of the text, else only long texts would come (Shen et al.
    2018, maximum normalised log-probability). The dictionary's grows unsure with what it knows.
    """
    if said is None:
        return float(dictionary.whole(reading) ** dictionary.sureness)
    return float(max(said, 1e-6) ** (1 / max(1, len(passages.words(text)))))


def _told(at: int, reading: Reading, said: float | None, *, far: bool) -> Chosen:
    torn = min(reading.met, key=lambda one: abs(one.chance - 0.5), default=None)
    if torn is not None and TORN <= torn.chance <= 1 - TORN:
        percent = round(100 * torn.chance)
        values = {"phrase": torn.form[:60], "label": torn.label, "percent": percent}
        return Chosen(at, "phrase", values)
    if said is not None:
        return Chosen(at, "whole", {"percent": round(100 * said)})
    if reading.strange:
        return Chosen(at, "strange", {"phrase": reading.strange[0][:60]})
    return Chosen(at, "far" if far else "next", {})
