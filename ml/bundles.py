"""A model's folder: read it back as it was evaluated. Writing it is ml.exporting's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import encoders, manifest
from ml.failures import DamagedBundle
from ml.linear import TfidfLinear
from ml.marking import Marker
from ml.task import Bundle, Tuning
from ml.word_linear import WordLinear


def load(source: Path, labels: Sequence[str], *, task: str) -> Bundle:
    """A bundle that a run has left, or a fresh one on a base model's folder."""
    if (source / "bundle.json").is_file():
        return saved(source)
    said = _described(source)
    model = encoders.from_base(source, labels=len(labels), prefix=str(said.get("prefix") or ""))
    return Bundle(task, "full", tuple(labels), model, base_model=source.name)


def saved(folder: Path) -> Bundle:
    """A bundle that a run has left, once every file was found as written."""
    try:
        manifest.verify(folder)
        said = json.loads((folder / "bundle.json").read_bytes())
        model = _MODELS[said["artifact"]](folder, said)
    except (manifest.Damaged, OSError, ValueError, KeyError, TypeError) as damage:
        raise DamagedBundle(f"The model in {folder.name} cannot be read: {damage}") from damage
    return Bundle(
        said["task"],
        said["method"],
        tuple(said["labels"]),
        model,
        base_model=said["base_model"],
        tuning=Tuning.read(said),
    )


_MODELS: Mapping[str, Callable[[Path, dict[str, Any]], Any]] = {
    "onnx": encoders.from_saved,
    "onnx-words": Marker.saved,
    "tfidf-linear": lambda folder, said: TfidfLinear.load(folder),
    "word-linear": lambda folder, said: WordLinear.load(folder),
}


def _described(folder: Path) -> dict[str, object]:
    try:
        said = json.loads((folder / "base-model.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
