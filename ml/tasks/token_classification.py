"""Mark names and phrases: one text in, passages with a label each out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import calibrating, passages, tagging
from ml.answers import Spans
from ml.chances import softmax
from ml.task import Answering, Bundle, Floats, Prediction, Row, Tuning
from ml.text_task import TextTask
from ml.windowing import Marked


class TokenClassification(TextTask):
    """One text, passages in it that the project's labels name."""

    slug = "token-classification"
    title = "Mark names and phrases in texts"
    answer = Spans()
    headline = "micro_f1"  # the field's own: F1 of spans whose places and label are exact
    family = "marking"
    phrases = True
    methods = ("full", "head", "classical")

    def load(self, source: Path, labels: Sequence[str]) -> Bundle:
        """A bundle from a base model's folder, or from a folder that a run has left."""
        from ml import bundles, marking

        if (source / "bundle.json").is_file():
            return bundles.saved(source)
        model = marking.Marker.fresh(source, width=tagging.width(labels))
        return Bundle(self.slug, "full", tuple(labels), model, base_model=source.name)

    def collate(self, bundle: Bundle, rows: Sequence[Row]) -> dict[str, Any]:
        """Windows of the rows' texts, and the tag of each word."""
        places, windows = bundle.model.words.windows([row["data"]["text"] for row in rows])
        tags = [
            tagging.tagged(where, passages.apart(row["answer"]["spans"])[0], bundle.labels)[0]
            for where, row in zip(places, rows, strict=True)
        ]
        found: dict[str, Any] = bundle.model.fed(windows, [tags[one.text] for one in windows])
        return found

    def read(self, model: Answering, inputs: Sequence[Mapping[str, Any]]) -> list[Marked]:
        """The words of each text, with the logits of their tags."""
        found: list[Marked] = model.model.marked([data["text"] for data in inputs])
        return found

    def probabilities(self, model: Answering, said: Sequence[Marked]) -> list[Floats]:
        """Of each word's tags."""
        return [_chances(one, model.tuning.temperature) for one in said]

    def decided(
        self, model: Answering, said: Sequence[Marked], inputs: Sequence[Mapping[str, Any]]
    ) -> list[Prediction]:
        """Spans, each with its score: the mean probability of its words' tags.

        A label's score is that of its best span; where it has none, the probability of the word
        that is most likely to be of it. The confidence is that of the whole answer.
        """
        chances = self.probabilities(model, said)
        return [
            _decided(data["text"], one.places, row, model)
            for data, one, row in zip(inputs, said, chances, strict=True)
        ]

    def tuned(self, bundle: Bundle, said: Sequence[Marked], rows: Sequence[Row]) -> Tuning:
        """A temperature from words, and how sure whole answers may be."""
        right = [
            tagging.tagged(one.places, passages.apart(row["answer"]["spans"])[0], bundle.labels)[0]
            for one, row in zip(said, rows, strict=True)
        ]
        width = tagging.width(bundle.labels)
        logits = np.concatenate([np.zeros((0, width)), *(one.logits for one in said)])
        temperature = calibrating.calibrate(logits, np.concatenate(right)).temperature
        chances = [_chances(one, temperature) for one in said]
        whole = np.array([_whole(one, tagging.path(one)) for one in chances])
        bundle.tuning = Tuning(temperature)
        answers = self.decided(bundle, said, [row["data"] for row in rows])
        hits = np.array([a["answer"] == r["answer"] for a, r in zip(answers, rows, strict=True)])
        return Tuning(temperature, sureness=calibrating.sureness(whole, hits))

    def usual(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Nothing is marked: no passage of one text is one of another."""
        return {"spans": []}


def _chances(said: Marked, temperature: float) -> Floats:
    return softmax(said.logits / temperature) if len(said.logits) else said.logits.astype(float)


def _whole(chances: Floats, tags: tagging.Tags) -> float:
    """The probability of all tags at once: their product, were they independent."""
    return float(np.prod(chances[np.arange(len(tags)), tags]))


def _decided(
    text: str, places: Sequence[passages.Place], chances: Floats, model: Answering
) -> Prediction:
    tags = tagging.path(chances)
    chosen = chances[np.arange(len(tags)), tags]
    found = tagging.spans(text, places, tags, model.labels)
    shares = [float(chosen[covered].mean()) for _, covered in found]
    of_label = chances[:, 1::2] + chances[:, 2::2]
    scores = dict(zip(model.labels, of_label.max(axis=0, initial=0.0).tolist(), strict=True))
    for label in {span["label"] for span, _ in found}:
        scores[label] = max(s for s, (one, _) in zip(shares, found, strict=True)
                            if one["label"] == label)  # fmt: skip
    return {
        "answer": {"spans": [span for span, _ in found]},
        "confidence": _whole(chances, tags) ** model.tuning.sureness,
        "scores": scores,
        "span_scores": shares,
    }
