"""The ways to train, by name. Each is one file with one deed: work in, a trained bundle out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ml.methods import (
    classical,
    few_shot,
    full,
    head,
    marking_classical,
    marking_full,
    marking_head,
)
from ml.work import Learned, Work

Methods = Mapping[str, Callable[[Work], Learned]]

# By what the task does with a text: sort it as a whole, or mark passages in it.
METHODS: Mapping[str, Methods] = {
    "sorting": {
        "classical": classical.train,
        "head": head.train,
        "few-shot": few_shot.train,
        "full": full.train,
    },
    "marking": {
        "classical": marking_classical.train,
        "head": marking_head.train,
        "full": marking_full.train,
    },
}
