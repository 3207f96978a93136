"""A linear layer on a base model that stays as it is: seconds, where training takes minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml import devices, encoders, failures, logistic
from ml.encoders import EncoderModel
from ml.logistic import HeldOut, Trial
from ml.work import Learned, Work

STRENGTHS = (1.0, 4.0, 16.0, 64.0, 256.0)
EXACT = 2000  # texts: up to here exact numbers cost little
A_CHUNK = 512  # texts between two words of progress


@dataclass(frozen=True)
class Probe:
    """What a linear layer learned from embeddings."""

    layer: logistic.Linear
    trials: list[Trial]
    held_out: HeldOut | None


def train(work: Work) -> Learned:
    """A bundle: the base model with a linear layer fitted to its embeddings."""
    model = fresh(work)
    vectors = embedded(work, model, work.material.texts)
    probe = fitted(work, vectors, work.material.targets)
    logistic.tell(probe.trials, work.watch.events)
    put_on(model, probe.layer)
    return Learned(work.bundled(model), probe.held_out)


def fresh(work: Work) -> EncoderModel:
    """The base model, as it was published."""
    base = work.base
    if base is None or base.folder is None:
        raise failures.base_model_missing(work.plan.base_model or "", [])
    return encoders.from_base(
        base.folder,
        labels=len(work.material.labels),
        prefix=base.prefix,
        max_length=work.hyperparameters.max_length,
    )


def embedded(work: Work, model: EncoderModel, texts: list[str]) -> NDArray[np.float32]:
    """One vector a text."""
    bf16 = len(texts) > EXACT and _faster_in_bf16(model, texts)
    chunks = []
    for start in range(0, len(texts), A_CHUNK):
        chunks.append(model.embeddings(texts[start : start + A_CHUNK], bf16=bf16))
        work.watch.progress.at(min(1.0, (start + A_CHUNK) / len(texts)))
    return np.concatenate(chunks)


def fitted(work: Work, vectors: NDArray[np.float32], targets: NDArray[np.int64]) -> Probe:
    """The linear layer that answers best on rows held out of its own fitting."""
    by_hand = work.hyperparameters.strength
    labels = len(work.material.labels)
    strength, trials, held_out = logistic.choose(
        vectors,
        targets,
        (by_hand,) if by_hand else STRENGTHS,
        labels=labels,
        seed=work.seed,
        of="head",
    )
    layer = logistic.fit(vectors, targets, labels=labels, strength=strength, seed=work.seed)
    return Probe(layer, trials, held_out)


def put_on(model: EncoderModel, layer: logistic.Linear) -> None:
    """Give the network this linear layer."""
    import torch

    head = model.network.head
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(layer.weight))
        head.bias.copy_(torch.from_numpy(layer.bias))


def _faster_in_bf16(model: EncoderModel, texts: list[str]) -> bool:
    batch = model.batch(texts[:16])

    def step() -> object:
        return model.network(batch["input_ids"], batch["attention_mask"]).float().sum()

    with devices.untouched_randomness():
        return devices.bf16_is_faster(model.network, step, model.device)
