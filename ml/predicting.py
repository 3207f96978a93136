"""Answers from a finished bundle, by ONNX Runtime and numpy. Loads no torch."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import manifest
from ml.failures import DamagedBundle
from ml.linear import TfidfLinear
from ml.task import Floats as Chances
from ml.task import Prediction, Tuning
from ml.tasks import TASKS
from ml.tokenizing import Tokens, by_length
from ml.windowing import Marked, Words
from ml.word_linear import WordLinear

Floats = NDArray[np.float32]

FORMAT = 1
TOKENS_A_BATCH = 2048  # larger batches win little on a CPU
ROWS_A_BATCH = 32
TOLERANCE = 1e-3  # of a probability, by which a sound bundle may differ from its evaluation


class OnnxText:
    """A text encoder with its linear layer, as one ONNX graph: one logit a label."""

    def __init__(self, folder: Path, settings: dict[str, Any], *, threads: int) -> None:
        self._session = _session(folder, threads)
        self._width = len(settings["labels"])
        self._tokens = Tokens(
            folder / "tokenizer.json",
            max_length=settings["max_length"],
            prefix=settings["prefix"],
            pad=settings["pad"],
        )

    def logits(self, texts: Sequence[str]) -> Floats:
        """One row a text, one column a label."""
        ids = self._tokens.ids(texts)
        scores = np.zeros((len(texts), self._width), dtype=np.float32)
        for places in by_length(ids, tokens=TOKENS_A_BATCH, rows=ROWS_A_BATCH):
            padded, mask = self._tokens.padded([ids[at] for at in places])
            feed = {"input_ids": padded, "attention_mask": mask}
            scores[places] = self._session.run(["logits"], feed)[0]
        return scores


class OnnxWords:
    """The same with logits for each token, of which a word has one or more."""

    def __init__(self, folder: Path, settings: dict[str, Any], *, threads: int) -> None:
        self._session = _session(folder, threads)
        self._words = Words(folder / "tokenizer.json", settings)

    def marked(self, texts: Sequence[str]) -> list[Marked]:
        """The words of each text, with one row of logits each."""
        return self._words.marked(texts, self._answered, tokens=TOKENS_A_BATCH, rows=ROWS_A_BATCH)

    def _answered(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        found: Floats = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})[0]
        return found


def _session(folder: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads sleep: the machine is shared with the training.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        folder / "model.onnx", options, providers=["CPUExecutionProvider"]
    )


class Served:
    """A bundle that answers. May be asked by several threads at once."""

    def __init__(self, folder: Path, settings: dict[str, Any], scorer: Any) -> None:
        self.folder = folder
        self.task: str = settings["task"]
        self.labels: tuple[str, ...] = tuple(settings["labels"])
        self.tuning, self.model = Tuning.read(settings), scorer
        self.size_bytes = sum(file.stat().st_size for file in artifact_files(folder, settings))

    @classmethod
    def load(cls, folder: Path, *, threads: int | None = None) -> Served:
        """A bundle, once every file was found as written. Raises DamagedBundle."""
        if not folder.is_dir():
            raise DamagedBundle(f"There is no model in {folder.name}.")
        try:
            manifest.verify(folder)
            settings = json.loads((folder / "bundle.json").read_bytes())
            if settings["format"] != FORMAT:
                raise DamagedBundle(f"The model has format {settings['format']}, not {FORMAT}.")
            threads = threads or os.cpu_count() or 1
            return cls(folder, settings, scorer(folder, settings, threads=threads))
        except manifest.Damaged as damage:
            raise DamagedBundle(f"The model in {folder.name} is damaged: {damage}") from damage
        except (OSError, ValueError, KeyError, TypeError) as unreadable:
            raise DamagedBundle(f"The model in {folder.name} cannot be read.") from unreadable

    @classmethod
    def sound(cls, folder: Path, named: str, *, threads: int | None = None) -> Served:
        """Files as written, answers as evaluated. Raises DamagedBundle with that name."""
        served = cls.load(folder, threads=threads)
        difference = served.check()
        if not difference <= TOLERANCE:
            raise DamagedBundle(
                f"{named} does not answer here as it was evaluated: probabilities "
                f"differ by up to {difference:.2g}. Train it again on this machine."
            )
        return served

    def predict(self, inputs: Sequence[dict[str, Any]]) -> list[Prediction]:
        """One prediction an input, in their order. Inputs are `data` that the task has parsed."""
        if not inputs:
            return []
        task = TASKS[self.task]
        return task.decided(self, task.read(self, inputs), inputs)

    def check(self) -> float:
        """The largest difference between today's probabilities and those of the evaluation."""
        checks = json.loads((self.folder / "checks.json").read_bytes())["rows"]
        if not checks:
            return 0.0
        task = TASKS[self.task]
        said = task.read(self, [row["data"] for row in checks])
        then = [np.array(row["probabilities"]) for row in checks]
        return largest_difference(task.probabilities(self, said), then)


def largest_difference(some: Sequence[Chances], others: Sequence[Chances]) -> float:
    """Between probabilities, row by row; infinite where they are not of the same things."""
    if any(one.shape != other.shape for one, other in zip(some, others, strict=True)):
        return float("inf")
    pairs = zip(some, others, strict=True)
    return max((float(np.abs(one - other).max(initial=0.0)) for one, other in pairs), default=0.0)


def artifact_files(folder: Path, settings: dict[str, Any]) -> list[Path]:
    """The files that answering needs, the model itself first."""
    names = {
        "onnx": ("model.onnx", "tokenizer.json"),
        "onnx-words": ("model.onnx", "tokenizer.json"),
        "tfidf-linear": ("linear.safetensors", "vocabulary.json"),
        "word-linear": ("linear.safetensors", "vocabulary.json"),
    }[settings["artifact"]]
    return [folder / name for name in names]


def scorer(folder: Path, settings: dict[str, Any], *, threads: int) -> Any:
    """What answers in this folder, its files not verified."""
    return _SCORERS[settings["artifact"]](folder, settings, threads)


_SCORERS: Mapping[str, Callable[[Path, dict[str, Any], int], Any]] = {
    "onnx": lambda folder, settings, threads: OnnxText(folder, settings, threads=threads),
    "onnx-words": lambda folder, settings, threads: OnnxWords(folder, settings, threads=threads),
    "tfidf-linear": lambda folder, settings, threads: TfidfLinear.load(folder),
    "word-linear": lambda folder, settings, threads: WordLinear.load(folder),
}
