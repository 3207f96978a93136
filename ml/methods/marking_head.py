"""A linear layer on the words of a base model that stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml import failures, logistic, passages, tagging
from ml.marking import Marker
from ml.methods import head
from ml.passages import Place
from ml.saying import said
from ml.work import Learned, Work

STRENGTH = 1.0
A_CHUNK = 128  # texts between two words of progress
MOST_WORDS = 20_000  # to fit the layer to: more of them make it slow, hardly better


def train(work: Work) -> Learned:
    """A bundle: the base model with a linear layer fitted to the states of its words."""
    model = fresh(work)
    head.put_on(model.encoder, fitted(work, model))
    tell_left_out(work, model)
    return Learned(work.bundled(model))


def fresh(work: Work) -> Marker:
    """The base model, as it was published."""
    base = work.base
    if base is None or base.folder is None:
        raise failures.base_model_missing(work.plan.base_model or "", [])
    return Marker.fresh(
        base.folder,
        width=tagging.width(work.material.labels),
        prefix=base.prefix,
        max_length=work.hyperparameters.max_length,
    )


def fitted(work: Work, model: Marker, *, most: int = MOST_WORDS) -> logistic.Linear:
    """The linear layer, from as many texts as are needed for so many words."""
    order = np.random.default_rng(work.seed).permutation(len(work.material.texts)).tolist()
    states: list[NDArray[np.float32]] = []
    tags: list[NDArray[np.int64]] = []
    words = 0
    for start in range(0, len(order), A_CHUNK):
        chosen = order[start : start + A_CHUNK]
        found = model.states([work.material.texts[at] for at in chosen])
        states += [one.logits for one in found]
        tags += tags_of(work, [one.places for one in found], chosen)
        words += sum(len(one.places) for one in found)
        work.watch.progress.at(min(0.9, (start + A_CHUNK) / len(order)))
        if words >= most:
            break
    if most == MOST_WORDS and len(tags) < len(order):
        work.watch.events.note(said("sampled", texts=len(tags), all=len(order)))
    return logistic.fit(
        np.concatenate(states), np.concatenate(tags),
        labels=tagging.width(work.material.labels),
        strength=work.hyperparameters.strength or STRENGTH, seed=work.seed, balanced=False,
    )  # fmt: skip


def tags_of(
    work: Work, places: Sequence[Sequence[Place]], rows: Sequence[int] | None = None
) -> list[NDArray[np.int64]]:
    """The tags of these words, of the training rows that are named, else of all."""
    chosen = range(len(work.material.train)) if rows is None else rows
    return [
        tagging.tagged(where, passages.apart(_spans(work, at))[0], work.material.labels)[0]
        for where, at in zip(places, chosen, strict=True)
    ]


def tell_left_out(work: Work, model: Marker) -> None:
    """What of the answers a model cannot learn: one label a word, and whole words."""
    overlapping = within = 0
    for at, text in enumerate(work.material.texts):
        kept, left_out = passages.apart(_spans(work, at))
        overlapping += left_out
        within += tagging.tagged(passages.words(text), kept, work.material.labels)[1]
    for code, count in (("overlapping", overlapping), ("within-words", within)):
        if count:
            work.watch.events.note(said(code, count=count))


def _spans(work: Work, row: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = work.material.train[row]["answer"]["spans"]
    return found
