"""The ways to train, by name. Each is one file with one deed: work in, a trained bundle out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ml.methods import classical, few_shot, full, head
from ml.work import Learned, Work

METHODS: Mapping[str, Callable[[Work], Learned]] = {
    "classical": classical.train,
    "head": head.train,
    "few-shot": few_shot.train,
    "full": full.train,
}
