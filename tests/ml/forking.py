"""Trainers that begin with their libraries loaded: forks of one process that has loaded them.

To load torch and transformers takes several times what a toy run takes. Where a trainer is killed
in a step or in a save, that is not what is tested; everything after it is as in `python -m ml`, but
for the end of a trainer whose supervisor died: it is told by stdin, and a fork's stdin is no pipe.
"""

import multiprocessing
import os
import sys
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import BinaryIO

_forks = multiprocessing.get_context("forkserver")
# `ml.__main__` first: it says how the others behave.
_forks.set_forkserver_preload(
    [
        *("ml.__main__", "torch", "torch._dynamo", "transformers.models.bert.modeling_bert"),
        *("sklearn.linear_model", "sklearn.feature_extraction.text", "scipy.optimize"),
        *("onnx", "onnxruntime", "safetensors.torch", "tests.ml.forking"),
    ]
)


@dataclass
class Forked:
    """As much of a `Popen` as tests of a trainer ask for."""

    process: ForkServerProcess
    said: Path

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    @property
    def stdout(self) -> BinaryIO:
        return self.said.open("rb")

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        assert self.process.exitcode is not None, f"still there after {timeout} s"
        return self.process.exitcode


def trainer(run: Path) -> Forked:
    said = run / "said.txt"
    process = _forks.Process(target=_train, args=(run, said))
    process.start()
    return Forked(process, said)


def _train(run: Path, said: Path) -> None:
    from ml.commands import main

    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.exit(main(["train", "--run", str(run), "--id", "run-1"]))
