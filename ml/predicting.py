"""Answers from a finished bundle, by ONNX Runtime and numpy. Loads no torch."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml import manifest
from ml.failures import DamagedBundle
from ml.linear import TfidfLinear
from ml.measuring import softmax
from ml.task import Prediction
from ml.tasks import TASKS
from ml.tokenizing import Tokens, by_length

Floats = NDArray[np.float32]

FORMAT = 1
TOKENS_A_BATCH = 2048  # larger batches win little on a CPU
ROWS_A_BATCH = 32


class Scorer(Protocol):
    """What turns texts into one logit a label."""

    def logits(self, texts: Sequence[str]) -> Floats: ...


class OnnxText:
    """A text encoder with its linear layer, as one ONNX graph."""

    def __init__(self, folder: Path, settings: dict[str, Any], *, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Waiting threads sleep: the machine is shared with the training.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            folder / "model.onnx", options, providers=["CPUExecutionProvider"]
        )
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


class Served:
    """A bundle that answers. May be asked by several threads at once."""

    def __init__(self, folder: Path, settings: dict[str, Any], scorer: Scorer) -> None:
        self.folder = folder
        self.task: str = settings["task"]
        self.labels: tuple[str, ...] = tuple(settings["labels"])
        self.size_bytes = sum(file.stat().st_size for file in artifact_files(folder, settings))
        self._temperature = float(settings["temperature"])
        self._scorer = scorer

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

    def predict(self, inputs: Sequence[dict[str, Any]]) -> list[Prediction]:
        """One prediction an input, in their order. Inputs are `data` that the task has parsed."""
        task = TASKS[self.task]
        return [task.decide(self.labels, row) for row in self._probabilities(inputs).tolist()]

    def check(self) -> float:
        """The largest difference between today's probabilities and those of the evaluation."""
        checks = json.loads((self.folder / "checks.json").read_bytes())["rows"]
        if not checks:
            return 0.0
        then = np.array([row["probabilities"] for row in checks])
        return float(np.abs(self._probabilities([row["data"] for row in checks]) - then).max())

    def _probabilities(self, inputs: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
        if not inputs:
            return np.zeros((0, len(self.labels)))
        texts = [data["text"] for data in inputs]
        return softmax(self._scorer.logits(texts) / self._temperature)


def artifact_files(folder: Path, settings: dict[str, Any]) -> list[Path]:
    """The files that answering needs, the model itself first."""
    names = {
        "onnx": ("model.onnx", "tokenizer.json"),
        "tfidf-linear": ("linear.safetensors", "vocabulary.json"),
    }[settings["artifact"]]
    return [folder / name for name in names]


def scorer(folder: Path, settings: dict[str, Any], *, threads: int) -> Scorer:
    """What answers in this folder, its files not verified."""
    if settings["artifact"] == "onnx":
        return OnnxText(folder, settings, threads=threads)
    return TfidfLinear.load(folder)
