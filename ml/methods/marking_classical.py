"""Words, their shapes and their neighbours with logistic regression: the baseline of marking."""

from __future__ import annotations

import numpy as np

from ml import logistic, passages, tagging
from ml.methods.marking_head import tags_of
from ml.task import Bundle
from ml.word_linear import WordLinear, features, vocabulary
from ml.work import Learned, Work

STRENGTH = 2.0
ENOUGH = 20_000  # words, from which a feature must occur twice to teach anything


def train(work: Work) -> Learned:
    """A bundle without a base model. The validation rows stay unseen, for calibration."""
    material = work.material
    places = [tuple(passages.words(text)) for text in material.texts]
    tags = np.concatenate(tags_of(work, places))
    pairs = zip(material.texts, places, strict=True)
    seen = [some for text, where in pairs for some in features(text, where)]
    known = vocabulary(seen, rarest=2 if len(seen) >= ENOUGH else 1)
    width = tagging.width(material.labels)
    model = WordLinear(
        known, np.zeros((width, len(known)), np.float32), np.zeros(width, np.float32)
    )
    layer = logistic.fit(
        model.rows(iter(seen)), tags, labels=width,
        strength=work.hyperparameters.strength or STRENGTH, seed=work.seed, balanced=False,
    )  # fmt: skip
    model.weight, model.bias = layer.weight, layer.bias
    return Learned(Bundle(work.task.slug, "classical", material.labels, model))
