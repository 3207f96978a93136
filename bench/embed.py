"""Embeddings a second, beside a plain ONNX Runtime loop of the same model.

    python -m bench.embed [--texts 500] [--repeats 5] [--threads 2] [--json]

The floor is what one would write by hand: all-MiniLM-L6-v2 exported by torch.onnx (mean pooling and
normalisation included), a session as ONNX Runtime makes it on all cores, texts sorted by length, in
fixed batches of 32 and of 64; the better of the two counts. Both cut texts at 128 tokens and both
turn texts into tokens themselves. In turns, in one process; ratios are of turns side by side.
"""

import argparse
import json
import math
import os
import random
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ml import base_models, embedding
from ml.tokenizing import Tokens

Embed = Callable[[list[str]], Any]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=500)
    asked.add_argument("--repeats", type=int, default=5)
    asked.add_argument("--threads", type=int, default=os.cpu_count())
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        sides = _sides(Path(place), options.threads)
        table = {}
        for name, texts in corpora(options.texts).items():
            _agree(sides, texts[:50])
            table[name] = _figures(_turns(sides, texts, options.repeats), len(texts))
    print(json.dumps(table, indent=1) if options.json else _shown(table))


def corpora(count: int) -> dict[str, list[str]]:
    """Texts of 120 characters, and of 5 to 400 words, short ones as many as long ones."""
    from pydoc_data.topics import topics

    words = " ".join(topics.values()).split()
    draw = random.Random(0)

    def some(number: int) -> str:
        at = draw.randrange(len(words) - number)
        return " ".join(words[at : at + number])

    mixed = [round(math.exp(draw.uniform(math.log(5), math.log(400)))) for _ in range(count)]
    return {
        "120 characters": [some(60)[:120] for _ in range(count)],
        "5 to 400 words": [some(number) for number in mixed],
    }


def _sides(folder: Path, threads: int) -> dict[str, Embed]:
    model = base_models.by_name(base_models.DEFAULT.name)
    ours = embedding.OnnxEmbedder.of(model, folder / "kept", threads=threads)
    _export(model.folder, folder / "plain.onnx")
    return {
        "ours": ours.embed,
        "floor, batches of 32": _plain(folder / "plain.onnx", model.folder, size=32),
        "floor, batches of 64": _plain(folder / "plain.onnx", model.folder, size=64),
    }


def _export(source: Path, file: Path) -> None:
    import torch

    from ml import encoders

    made = encoders.from_base(source, labels=1)
    network = made.network.eval()
    network.forward = network.embed
    example = made.batch(["one", "one text that is a little longer than the other"])
    axes = {0: "rows", 1: "tokens"}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example["input_ids"], example["attention_mask"]),
            str(file),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "vectors": {0: "rows"}},
            opset_version=17,
            dynamo=False,
        )


def _plain(file: Path, source: Path, *, size: int) -> Embed:
    import onnxruntime

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    tokens = Tokens(source / "tokenizer.json", max_length=embedding.LONGEST)

    def embed(texts: list[str]) -> Any:
        ids = tokens.ids(texts)
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        vectors = np.zeros((len(ids), embedding.WIDTH), dtype=np.float32)
        for start in range(0, len(order), size):
            places = order[start : start + size]
            padded, mask = tokens.padded([ids[at] for at in places])
            feed = {"input_ids": padded, "attention_mask": mask}
            vectors[places] = session.run(None, feed)[0]
        return vectors

    return embed


def _agree(sides: dict[str, Embed], texts: list[str]) -> None:
    one, *others = (embed(texts) for embed in sides.values())
    for other in others:
        if np.abs(one - other).max() > 1e-5:
            raise SystemExit("The two sides do not give the same vectors.")


def _turns(sides: dict[str, Embed], texts: list[str], repeats: int) -> list[dict[str, float]]:
    turns = []
    for turn in range(repeats):
        seconds = {}
        names = list(sides)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            sides[name](texts)
            seconds[name] = time.perf_counter() - started
        turns.append(seconds)
    return turns


def _figures(turns: list[dict[str, float]], count: int) -> dict[str, float]:
    figures = {
        f"{name}, texts a second": count / statistics.median(turn[name] for turn in turns)
        for name in turns[0]
    }
    ratios = [min(s for name, s in turn.items() if name != "ours") / turn["ours"] for turn in turns]
    return figures | {"ours / better floor": statistics.median(ratios), "least": min(ratios)}


def _shown(table: dict[str, dict[str, float]]) -> str:
    names = list(table)
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for figure in table[names[0]]:
        values = " | ".join(f"{table[name][figure]:.3g}" for name in names)
        lines.append(f"| {figure} | {values} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
