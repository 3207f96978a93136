"""Counted words and letters with logistic regression: the baseline, and the way without a GPU,
a base model or a language that one reads."""

from __future__ import annotations

from ml import languages, logistic
from ml.linear import UNSPACED, WESTERN, Counter, TfidfLinear
from ml.task import Bundle
from ml.work import Learned, Work

STRENGTHS = (1.0, 8.0, 64.0)


def train(work: Work) -> Learned:
    """A bundle without a base model. The validation rows stay unseen, for calibration."""
    material = work.material
    grams = UNSPACED if languages.unspaced(material.texts) else WESTERN
    counter = Counter.learned(grams, material.texts)
    counts = counter.counts(material.texts)
    by_hand = work.hyperparameters.strength
    strength, trials, held_out = logistic.choose(
        counts,
        material.targets,
        (by_hand,) if by_hand else STRENGTHS,
        labels=len(material.labels),
        seed=work.seed,
        of="classical",
    )
    if work.plan.method == "classical":
        logistic.tell(trials, work.watch.events)
    layer = logistic.fit(
        counts, material.targets, labels=len(material.labels), strength=strength, seed=work.seed
    )
    model = TfidfLinear(counter, layer.weight, layer.bias)
    return Learned(Bundle(work.task.slug, "classical", material.labels, model), held_out)
