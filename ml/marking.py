"""An encoder with a linear layer on each word: what marks passages in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import devices, encoders
from ml.encoders import ROWS_A_BATCH, TOKENS_A_BATCH, EncoderModel, Shape
from ml.windowing import Marked, Window, Words

SHAPE = Shape("none", normalise=False)
NOT_LEARNED = -100  # the target of what another window answers for


@dataclass
class Marker:
    """A network with the tokenizer that feeds it, word by word."""

    encoder: EncoderModel
    words: Words

    @classmethod
    def fresh(
        cls, folder: Path, *, width: int, prefix: str = "", max_length: int | None = None
    ) -> Marker:
        """A base model with a fresh linear layer of so many outputs. Raises Failure."""
        encoder = encoders.from_base(
            folder, labels=width, prefix=prefix, max_length=max_length, shape=SHAPE
        )
        return cls(encoder, Words(folder / "tokenizer.json", _settings(encoder)))

    @classmethod
    def saved(cls, folder: Path, said: dict[str, Any]) -> Marker:
        """The model of a bundle, as it was evaluated."""
        return cls(encoders.from_saved(folder, said), Words(folder / "tokenizer.json", said))

    def marked(self, texts: Sequence[str]) -> list[Marked]:
        """The words of each text, with one row of logits each; exact (fp32), without dropout."""
        return self._read(texts, self.encoder.network)

    def states(self, texts: Sequence[str]) -> list[Marked]:
        """The words of each text, with the encoder's states instead of logits."""
        return self._read(texts, self.encoder.network.embed)

    def settings(self) -> dict[str, Any]:
        """What bundle.json says about it."""
        return {**self.encoder.settings(), "artifact": "onnx-words", **_settings(self.encoder)}

    def save(self, folder: Path) -> None:
        """tokenizer.json, and weights/ with safetensors and the encoder's configuration."""
        self.encoder.save(folder)
        self.words.save(folder / "tokenizer.json")

    def fed(self, windows: Sequence[Window], tags: Sequence[NDArray[np.int64]]) -> dict[str, Any]:
        """A batch: token ids, mask, to which word each token belongs, and each word's tag.

        `tags` are those of the windows' texts, by the place of the word.
        """
        ids, mask = self.words.padded([one.ids for one in windows])
        slots = np.full(ids.shape, -1, dtype=np.int64)
        targets: list[int] = []
        for row, (one, right) in enumerate(zip(windows, tags, strict=True)):
            words = np.array(one.words)
            begin = int(words[words >= 0].min(initial=len(right)))
            count = int(words.max(initial=-1)) + 1 - begin
            slots[row, : len(words)] = np.where(words < 0, -1, words - begin + len(targets))
            own = range(one.first, one.last)
            targets += [int(right[at]) if at in own else NOT_LEARNED
                        for at in range(begin, begin + count)]  # fmt: skip
        arrays = {"input_ids": ids, "attention_mask": mask, "slots": slots,
                  "labels": np.array(targets, dtype=np.int64)}  # fmt: skip
        return {name: self.encoder.tensor(array) for name, array in arrays.items()}

    def loss(self, batch: dict[str, Any]) -> Any:
        """Cross-entropy of each word's tag, against the mean of the logits of its tokens."""
        import torch

        logits = self.encoder.network(batch["input_ids"], batch["attention_mask"]).float()
        slots, targets = batch["slots"].flatten(), batch["labels"]
        real = slots >= 0
        flat = logits.reshape(-1, logits.shape[-1])[real]
        sums = torch.zeros(len(targets), flat.shape[1], device=flat.device)
        sums = sums.index_add(0, slots[real], flat)
        counts = torch.bincount(slots[real], minlength=len(targets)).clamp(min=1)
        means = sums / counts.unsqueeze(1)
        if not (targets != NOT_LEARNED).any():
            return means.sum() * 0
        return torch.nn.functional.cross_entropy(means, targets, ignore_index=NOT_LEARNED)

    def _read(self, texts: Sequence[str], deed: Any) -> list[Marked]:
        import torch

        device = self.encoder.device

        def read(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
            tensors = (torch.from_numpy(one).to(device) for one in (ids, mask))
            found: NDArray[np.float32] = deed(*tensors).to(torch.float32).cpu().numpy()
            return found

        with devices.evaluating(self.encoder.network):
            return self.words.marked(texts, read, tokens=TOKENS_A_BATCH, rows=ROWS_A_BATCH)


def _settings(encoder: EncoderModel) -> dict[str, Any]:
    tokens = encoder.tokens
    return {
        "max_length": tokens.max_length,
        "prefix": tokens.prefix,
        "pad": tokens.pad,
        "width": encoder.network.head.out_features,
    }
