"""What the machine can compute on, and how fast. Knows networks, not data."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def device() -> str:
    """Where to compute: "cuda" if there is one, else "cpu"."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def named() -> str:
    """The device in words, as a run shows it."""
    import torch

    if device() == "cuda":
        return f"GPU ({torch.cuda.get_device_name(0)})"
    return f"CPU ({torch.get_num_threads()} threads)"


def use_threads() -> None:
    """As many threads as TRAIN_THREADS says, else one a processor."""
    import torch

    wanted = os.environ.get("TRAIN_THREADS", "")
    torch.set_num_threads(int(wanted) if wanted.isdigit() and int(wanted) else _processors())


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def precision(device: str, *, bf16: bool) -> Iterator[None]:
    """Compute in bfloat16 where torch thinks it safe, or in fp32."""
    import torch

    with torch.autocast(device, dtype=torch.bfloat16, enabled=bf16):
        yield


@contextmanager
def evaluating(network: Any) -> Iterator[None]:
    """Without dropout and without gradients."""
    import torch

    was = network.training
    network.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        network.train(was)


def bf16_is_faster(network: Any, step: Callable[[], Any], device: str) -> bool:
    """Whether forward and backward are clearly faster in bfloat16 here, by trying both."""
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return _seconds(network, step, device, bf16=True) < 0.9 * _seconds(
        network, step, device, bf16=False
    )


def _seconds(network: Any, step: Callable[[], Any], device: str, *, bf16: bool) -> float:
    """The best of two tries, after one to warm up."""
    tries = []
    for _ in range(3):
        start = time.perf_counter()
        with precision(device, bf16=bf16):
            loss = step()
        loss.backward()
        tries.append(time.perf_counter() - start)
        network.zero_grad(set_to_none=True)
    return min(tries[1:])


@contextmanager
def untouched_randomness() -> Iterator[None]:
    """What happens inside draws no numbers from the run's own stream."""
    import torch

    with torch.random.fork_rng():
        yield
