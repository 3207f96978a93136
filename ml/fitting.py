"""The one training loop: any learner, one schedule, checkpoints by the way.

Knows nothing of texts, labels or methods. A run that is killed and taken up again goes the same
steps in the same order: the order is drawn from (seed, epoch), and a checkpoint holds the rest.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ml import devices, failures
from ml.checkpoints import Checkpoint, Checkpoints, Tensors
from ml.events import Events, Progress
from ml.lifeline import Stop, Stopped
from ml.saying import said

CLIP = 1.0  # the longest gradient


class Learner(ABC):
    """What is trained, on what, and how wrong it is."""

    network: Any
    device: str

    @abstractmethod
    def batches(self, epoch: int) -> Sequence[Any]:
        """The epoch's batches in order; the same for the same epoch, as many in every epoch."""

    @abstractmethod
    def loss(self, batch: Any) -> Any:
        """How wrong the network is on a batch, as a tensor to differentiate."""

    def validate(self) -> dict[str, float]:
        """Figures on rows held out; none if there are no such rows."""
        return {}

    def score(self, figures: dict[str, float]) -> list[float]:
        """What to keep the best weights by: larger is better, the first that differs decides."""
        return [-figures["validation_loss"]]


@dataclass(frozen=True)
class Course:
    """The schedule of a training, decided once and kept for every attempt."""

    steps: int
    learning_rate: float
    warmup: float  # the share of the steps
    weight_decay: float
    bf16: bool
    validate_every: int
    patience: int  # validations without a better one, after which it ends
    checkpoint_seconds: float
    longest: float  # seconds of training, after which the best so far has to do

    def rate(self, step: int) -> float:
        """The learning rate of a step: up in a line, then down in a line."""
        rising = max(1, round(self.warmup * self.steps))
        if step < rising:
            return self.learning_rate * (step + 1) / rising
        return self.learning_rate * (self.steps - step) / max(1, self.steps - rising)


@dataclass
class Watch:
    """Who hears of a training, and who can end it."""

    events: Events
    progress: Progress
    stop: Stop
    checkpoints: Checkpoints


@dataclass
class State:
    """Where a training is; what a checkpoint holds beside tensors."""

    step: int = 0
    seconds: float = 0.0
    losses: float = 0.0  # summed since the last report
    counted: int = 0
    best_step: int = 0
    best: list[float] = field(default_factory=list)
    stale: int = 0  # validations since the best
    ended: bool = False
    random: list[str] = field(default_factory=list)


def fit(learner: Learner, course: Course, watch: Watch, *, seed: int) -> State:
    """Train from the last checkpoint, or from the start, and leave the best weights in place."""
    loop = _Loop(learner, course, watch, seed)
    loop.resume()
    watch.stop.saving = True
    try:
        loop.run()
    finally:
        watch.stop.saving = False
    loop.take_best()
    return loop.state


class _Loop:
    def __init__(self, learner: Learner, course: Course, watch: Watch, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        self.learner, self.course, self.watch = learner, course, watch
        self.trained = {
            name: tensor
            for name, tensor in learner.network.named_parameters()
            if tensor.requires_grad
        }
        self.optimizer = _optimizer(self.trained, course)
        self.state, self.best, self.saved = State(), dict[str, Any](), time.monotonic()
        self.epoch, self.order = -1, learner.batches(0)
        self.per_epoch = len(self.order)

    def resume(self) -> None:
        found = self.watch.checkpoints.latest()
        if found is not None:
            self._restore(found)

    def run(self) -> None:
        self.learner.network.train()
        while not self.state.ended:
            began = time.monotonic()
            self._step()
            self.state.seconds += time.monotonic() - began
            self._end_if_late()
            if self.state.ended or self._every(self.course.validate_every):
                self._validate()
            self.state.ended = self.state.ended or self.state.step >= self.course.steps
            self._save_if_due()
            self.watch.progress.at(self.state.step / self.course.steps)

    def take_best(self) -> None:
        """Put the best weights into the network."""
        import torch

        with torch.no_grad():
            for name, tensor in self.best.items():
                self.trained[name].copy_(tensor)
        self.learner.network.eval()

    def _step(self) -> None:
        epoch, place = divmod(self.state.step, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, self.learner.batches(epoch)
        rate = self.course.rate(self.state.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.state.step += 1
        self._descend(self.order[place])
        if self._every(self._report_every()):
            self._report(rate)

    def _descend(self, batch: Any) -> None:
        import torch

        with devices.precision(self.learner.device, bf16=self.course.bf16):
            loss = self.learner.loss(batch)
        loss.backward()
        length = torch.nn.utils.clip_grad_norm_(list(self.trained.values()), CLIP)
        if not (torch.isfinite(loss) and torch.isfinite(length)):
            raise failures.loss_not_finite(self.state.step, self.course.learning_rate)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.state.losses += float(loss.detach())
        self.state.counted += 1

    def _every(self, steps: int) -> bool:
        return self.state.step % steps == 0 or self.state.step >= self.course.steps

    def _report_every(self) -> int:
        return max(1, self.course.steps // 1000)  # a curve of a thousand points is fine enough

    def _report(self, rate: float) -> None:
        self._metric("loss", self.state.losses / self.state.counted)
        self._metric("learning_rate", rate)
        self.state.losses, self.state.counted = 0.0, 0

    def _metric(self, name: str, value: float) -> None:
        step = self.state.step
        self.watch.events.metric(name, value, step=step, epoch=step / self.per_epoch)

    def _validate(self) -> None:
        figures = self.learner.validate()
        if not figures:
            return
        for name, value in figures.items():
            self._metric(name, value)
        score = self.learner.score(figures)
        if not self.state.best or score > self.state.best:
            self.state.best, self.state.best_step, self.state.stale = score, self.state.step, 0
            self.best = {name: held.detach().clone() for name, held in self.trained.items()}
        else:
            self.state.stale += 1
            self.state.ended = self.state.ended or self.state.stale >= self.course.patience

    def _end_if_late(self) -> None:
        if self.state.seconds > self.course.longest and self.state.step < self.course.steps:
            self.state.ended = True
            self.watch.events.note(
                said("ended-early", step=self.state.step, steps=self.course.steps)
            )

    def _save_if_due(self) -> None:
        waited = time.monotonic() - self.saved
        epoch_ends = self.state.step % self.per_epoch == 0
        # Epochs of a few seconds are not worth a save each.
        due = waited > self.course.checkpoint_seconds / (4 if epoch_ends else 1)
        if due or self.state.ended or self.watch.stop.requested:
            self._save()
        if self.watch.stop.requested:
            raise Stopped

    def _save(self) -> None:
        self.state.random = _random_state()
        tensors: Tensors = {
            "model": {name: held.detach() for name, held in self.trained.items()},
            "optimizer": _moments(self.optimizer, self.trained),
        }
        if self.best and self.state.best_step != self.state.step:
            tensors["best"] = self.best
        self.watch.checkpoints.save(self.state.step, tensors, asdict(self.state))
        self.watch.events.write("checkpoint", step=self.state.step)
        self.saved = time.monotonic()

    def _restore(self, found: Checkpoint) -> None:
        import torch

        self.state = State(**found.state)
        with torch.no_grad():
            for name, held in self.trained.items():
                held.copy_(found.tensors["model"][name])
        _set_moments(self.optimizer, self.trained, found.tensors["optimizer"])
        if self.state.best:
            held_best = found.tensors.get("best", found.tensors["model"])
            self.best = {name: t.to(self.learner.device) for name, t in held_best.items()}
        _set_random_state(self.state.random)


def _optimizer(trained: dict[str, Any], course: Course) -> Any:
    import torch

    groups: list[dict[str, Any]] = [
        # Biases and normalisation weights are not pulled towards zero.
        {"params": [t for t in trained.values() if t.ndim >= 2]},
        {"params": [t for t in trained.values() if t.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=course.learning_rate,
        weight_decay=course.weight_decay,
        fused=True,
    )


def _moments(optimizer: Any, trained: dict[str, Any]) -> dict[str, Any]:
    """The optimizer's memory, by kind and parameter."""
    return {
        f"{kind}:{name}": held
        for name, tensor in trained.items()
        for kind, held in optimizer.state[tensor].items()
    }


def _set_moments(optimizer: Any, trained: dict[str, Any], moments: dict[str, Any]) -> None:
    for key, held in moments.items():
        kind, name = key.split(":", 1)
        optimizer.state[trained[name]][kind] = held.to(trained[name].device)


def _random_state() -> list[str]:
    import torch

    states = [torch.get_rng_state()]
    if torch.cuda.is_available():
        states.append(torch.cuda.get_rng_state())
    return [bytes(state.tolist()).hex() for state in states]


def _set_random_state(states: Sequence[str]) -> None:
    import torch

    tensors = [torch.tensor(list(bytes.fromhex(state)), dtype=torch.uint8) for state in states]
    torch.set_rng_state(tensors[0])
    if len(tensors) > 1 and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors[1])
