"""How long to train: steps that fit the effort's promise of time on the machine at hand."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import Any

from ml import devices
from ml.fitting import Course, Learner
from ml.work import Work

TRIED = 4  # batches, whose mean time stands for a step's
AFTERWARDS = 8.0  # seconds for export, check and report
EVALUATED = 100.0  # texts a second, cautiously
FEWEST = 10  # steps, however slow the machine
VALIDATIONS = 10  # a run, at most
CHECKPOINT_SECONDS = 20.0


@dataclass(frozen=True)
class Wanted:
    """What a method would do if time did not matter."""

    steps: int
    learning_rate: float
    warmup: float = 0.1
    weight_decay: float = 0.01
    patience: int = 4


def course(learner: Learner, work: Work, wanted: Wanted) -> Course:
    """The schedule: an earlier attempt's, else one made from a few timed steps."""
    decided = work.folder.decided().get("course")
    if decided is not None:
        return Course(**decided)
    batches = learner.batches(0)
    learner.network.train()
    with devices.untouched_randomness():
        bf16 = devices.bf16_is_faster(
            learner.network, lambda: learner.loss(batches[0]), learner.device
        )
        a_step = _seconds_a_step(learner, batches[:TRIED], bf16=bf16)
    made = _made(work, wanted, len(batches), a_step, bf16=bf16)
    work.folder.decide(course=asdict(made))
    return made


def _made(work: Work, wanted: Wanted, per_epoch: int, a_step: float, *, bf16: bool) -> Course:
    by_hand = work.hyperparameters
    left = _seconds_left(work)
    if by_hand.steps or by_hand.epochs:
        steps, longest = by_hand.steps or (by_hand.epochs or 1) * per_epoch, math.inf
    else:
        steps = max(FEWEST, min(wanted.steps, int(left / a_step)))
        longest = 1.5 * max(left, FEWEST * a_step)
    return Course(
        steps=steps,
        learning_rate=_first(by_hand.learning_rate, wanted.learning_rate),
        warmup=_first(by_hand.warmup, wanted.warmup),
        weight_decay=_first(by_hand.weight_decay, wanted.weight_decay),
        bf16=bf16,
        validate_every=max(1, min(per_epoch, steps), math.ceil(steps / VALIDATIONS)),
        patience=wanted.patience,
        checkpoint_seconds=_first(by_hand.checkpoint_seconds, CHECKPOINT_SECONDS),
        longest=min(longest, 1e9),
    )


def _seconds_left(work: Work) -> float:
    """What remains of the effort's time, without what comes after the training."""
    rows = len(work.material.train) + len(work.material.validation) + len(work.material.test)
    judged = len(work.material.validation) + len(work.material.test)
    spent = time.monotonic() - work.began
    return work.effort.allows(rows) - spent - AFTERWARDS - judged / EVALUATED


def _seconds_a_step(learner: Learner, batches: Any, *, bf16: bool) -> float:
    """The mean over some batches of forward, backward and the weights' update."""
    import torch

    # A rate of zero leaves the weights as they are.
    idle = torch.optim.AdamW(learner.network.parameters(), lr=0.0, weight_decay=0.0, fused=True)
    start = time.perf_counter()
    for batch in batches:
        with devices.precision(learner.device, bf16=bf16):
            loss = learner.loss(batch)
        loss.backward()
        idle.step()
        idle.zero_grad(set_to_none=True)
        float(loss.detach())
    return (time.perf_counter() - start) / len(batches)


def _first(by_hand: float | None, usual: float) -> float:
    return usual if by_hand is None else by_hand
