"""A trained bundle as a folder to serve, proven to answer as the evaluated model did."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ml import failures, manifest, predicting
from ml.encoders import EncoderModel
from ml.task import Answering, Bundle, Floats, Row, Task
from ml.tasks import TASKS

OPSET = 17
CHECKED = 32  # rows that go with the bundle
COMPARED = 200  # rows


@dataclass(frozen=True)
class Parity:
    """How the served model's probabilities differ from the evaluated one's."""

    max_difference: float
    rows: int
    labels_agree: bool


def export(bundle: Bundle, folder: Path, rows: Sequence[Row], card: str) -> dict[str, Any]:
    """Write the bundle's folder, whole or not at all; what it serves by, and how exactly."""
    chosen = rows[:COMPARED]
    task = TASKS[bundle.task]
    expected = _answered(bundle, task, chosen)
    with manifest.whole_folder(folder) as aside:
        settings = _settings(bundle)
        manifest.write_json(aside / "bundle.json", settings)
        bundle.model.save(aside)
        if encoder := bundle.model.encoder:
            to_onnx(encoder, aside / "model.onnx")
        (aside / "card.md").write_text(card, encoding="utf-8")
        _write_checks(aside / "checks.json", chosen, expected.chances)
        parity = compared(aside, settings, chosen, expected)
    predicting.Served.load(folder)
    return _artifact(folder, settings, parity)


def to_onnx(model: EncoderModel, file: Path) -> None:
    """The network as one graph: token ids and mask in, logits out; any batch, any length.

    The logits are one row a text; or one a token, where the states are not pooled.
    """
    import torch

    # Two rows of different length, so that no size is taken for a constant.
    example = model.batch(["one", "one text that is a little longer than the other"])
    network = model.network.cpu().eval()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example["input_ids"].cpu(), example["attention_mask"].cpu()),
            str(file),
            input_names=["input_ids", "attention_mask"],
            output_names=["logits"],
            dynamic_axes={
                "input_ids": {0: "rows", 1: "tokens"},
                "attention_mask": {0: "rows", 1: "tokens"},
                "logits": {0: "rows", 1: "tokens"} if model.shape.by_token else {0: "rows"},
            },
            opset_version=OPSET,
            dynamo=False,
        )
    network.to(model.device).eval()


def _settings(bundle: Bundle) -> dict[str, Any]:
    return {
        "format": predicting.FORMAT,
        "task": bundle.task,
        "method": bundle.method,
        "labels": list(bundle.labels),
        "base_model": bundle.base_model,
        **asdict(bundle.tuning),
        **bundle.model.settings(),
    }


@dataclass(frozen=True)
class Answered:
    """What a model says of some rows."""

    chances: list[Floats]
    answers: list[dict[str, Any]]


def _answered(model: Answering, task: Task, rows: Sequence[Row]) -> Answered:
    inputs = [row["data"] for row in rows]
    said = task.read(model, inputs)
    answers = [one["answer"] for one in task.decided(model, said, inputs)]
    return Answered(task.probabilities(model, said), answers)


def _write_checks(file: Path, rows: Sequence[Row], chances: Sequence[Floats]) -> None:
    checks = [
        {"data": row["data"], "probabilities": each.tolist()}
        for row, each in zip(rows[:CHECKED], chances[:CHECKED], strict=True)
    ]
    manifest.write_json(file, {"rows": checks})


def compared(
    folder: Path, settings: dict[str, Any], rows: Sequence[Row], expected: Answered
) -> Parity:
    """What the folder answers beside what was expected. Raises Failure if it is not the same."""
    served = predicting.Served(folder, settings, predicting.scorer(folder, settings, threads=1))
    found = _answered(served, TASKS[settings["task"]], rows)
    difference = predicting.largest_difference(found.chances, expected.chances)
    if not difference <= predicting.TOLERANCE:
        raise failures.export_differs(difference)
    return Parity(difference, len(rows), found.answers == expected.answers)


def _artifact(folder: Path, settings: dict[str, Any], parity: Parity) -> dict[str, Any]:
    files = predicting.artifact_files(folder, settings)
    listed = json.loads((folder / manifest.NAME).read_bytes())["files"]
    return {
        "format": settings["artifact"],
        "file": files[0].name,
        "size_bytes": sum(file.stat().st_size for file in files),
        "sha256": listed[files[0].name]["sha256"],
        "parity": {
            "max_difference": parity.max_difference,
            "rows": parity.rows,
            "labels_agree": parity.labels_agree,
        },
    }
