"""A text encoder with pooling and a linear layer: what head, few-shot and full training shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import devices, failures
from ml.tokenizing import Tokens, by_length

Floats = NDArray[np.float32]

LONGEST = 256  # tokens, unless the base model or the run says otherwise
TOKENS_A_BATCH = 4096
ROWS_A_BATCH = 64


@dataclass(frozen=True)
class Shape:
    """How an encoder's states become one vector."""

    pooling: str  # "mean" or "cls"; or "none", where each token is looked at by itself
    normalise: bool

    @property
    def by_token(self) -> bool:
        return self.pooling == "none"


@dataclass
class EncoderModel:
    """A network with the tokenizer that feeds it. `network(ids, mask)` gives logits."""

    network: Any
    tokens: Tokens
    shape: Shape
    device: str

    @property
    def encoder(self) -> EncoderModel:
        """What is exported as a graph."""
        return self

    def batch(self, texts: Sequence[str]) -> dict[str, Any]:
        """Padded token ids and their mask, on the device."""
        return self._tensors(self.tokens.ids(texts))

    def tensor(self, numbers: NDArray[Any]) -> Any:
        """The same numbers on the device."""
        import torch

        return torch.from_numpy(numbers).to(self.device)

    def logits(self, texts: Sequence[str]) -> Floats:
        """One row a text, one column a label; exact (fp32), without dropout."""
        return self._by_length(texts, self.network, width=self.network.head.out_features)

    def embeddings(self, texts: Sequence[str], *, bf16: bool = False) -> Floats:
        """One vector a text."""
        width = self.network.head.in_features
        return self._by_length(texts, self.network.embed, width=width, bf16=bf16)

    def settings(self) -> dict[str, Any]:
        """What bundle.json says about it."""
        return {
            "artifact": "onnx",
            "max_length": self.tokens.max_length,
            "prefix": self.tokens.prefix,
            "pad": self.tokens.pad,
            "pooling": self.shape.pooling,
            "normalise": self.shape.normalise,
        }

    def save(self, folder: Path) -> None:
        """tokenizer.json, and weights/ with safetensors and the encoder's configuration."""
        from safetensors.torch import save_model

        self.tokens.save(folder / "tokenizer.json")
        weights = folder / "weights"
        weights.mkdir()
        self.network.encoder.config.to_json_file(weights / "config.json", use_diff=False)
        save_model(self.network, str(weights / "model.safetensors"))

    def _by_length(
        self, texts: Sequence[str], deed: Any, *, width: int, bf16: bool = False
    ) -> Floats:
        import torch

        ids = self.tokens.ids(texts)
        result = np.zeros((len(texts), width), dtype=np.float32)
        with devices.evaluating(self.network), devices.precision(self.device, bf16=bf16):
            for places in by_length(ids, tokens=TOKENS_A_BATCH, rows=ROWS_A_BATCH):
                batch = self._tensors([ids[at] for at in places])
                answered = deed(batch["input_ids"], batch["attention_mask"])
                result[places] = answered.to(torch.float32).cpu().numpy()
        return result

    def _tensors(self, ids: Sequence[Sequence[int]]) -> dict[str, Any]:
        import torch

        padded, mask = self.tokens.padded(ids)
        return {
            "input_ids": torch.from_numpy(padded).to(self.device),
            "attention_mask": torch.from_numpy(mask).to(self.device),
        }


def from_base(
    folder: Path,
    *,
    labels: int,
    prefix: str = "",
    max_length: int | None = None,
    shape: Shape | None = None,
) -> EncoderModel:
    """A base model with a fresh linear layer. Raises Failure if it cannot be loaded."""
    from transformers import AutoModel

    config = _config(folder)
    with quiet(), _missing(folder):
        encoder = AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True,
            dtype="float32",
        )  # fmt: skip
        longest = min(max_length or usual_length(folder), _positions(config))
        tokens = Tokens(
            folder / "tokenizer.json",
            max_length=longest,
            prefix=prefix,
            pad=config.get("pad_token_id") or 0,
        )
    return _model(encoder, tokens, shape or _shape(folder), labels)


def from_saved(folder: Path, settings: dict[str, Any]) -> EncoderModel:
    """The model of a bundle, as it was evaluated."""
    from safetensors.torch import load_model
    from transformers import AutoConfig, AutoModel

    weights = folder / "weights"
    _config(weights)
    config = AutoConfig.from_pretrained(weights, local_files_only=True, trust_remote_code=False)
    tokens = Tokens(
        folder / "tokenizer.json",
        max_length=settings["max_length"],
        prefix=settings["prefix"],
        pad=settings["pad"],
    )
    encoder = AutoModel.from_config(config, trust_remote_code=False)
    shape = Shape(settings["pooling"], settings["normalise"])
    model = _model(encoder, tokens, shape, settings.get("width", len(settings["labels"])))
    load_model(model.network, str(weights / "model.safetensors"))
    return model


def _model(encoder: Any, tokens: Tokens, shape: Shape, labels: int) -> EncoderModel:
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None  # BERT's own pooler: we pool ourselves, and it would go untrained
    device = devices.device()
    return EncoderModel(_network(encoder, shape, labels).to(device), tokens, shape, device)


def _network(encoder: Any, shape: Shape, labels: int) -> Any:
    """The torch module. A class in a function, so that reading this file loads no torch."""
    import torch

    class Network(torch.nn.Module):
        """Encoder, pooling, linear layer: one graph."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder
            self.dropout = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(encoder.config.hidden_size, labels)

        def embed(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
            if shape.by_token:
                return states
            pooled = states[:, 0] if shape.pooling == "cls" else _mean(states, attention_mask)
            return torch.nn.functional.normalize(pooled, dim=-1) if shape.normalise else pooled

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.head(self.dropout(self.embed(input_ids, attention_mask)))

    return Network()


def _mean(states: Any, attention_mask: Any) -> Any:
    mask = attention_mask.unsqueeze(-1).to(states.dtype)
    return (states * mask).sum(1) / mask.sum(1).clamp(min=1)


def _config(folder: Path) -> dict[str, Any]:
    """A model's configuration, unless it asks to run code of its own."""
    with _missing(folder):
        config: dict[str, Any] = json.loads((folder / "config.json").read_bytes())
    if "auto_map" in config:
        raise failures.base_model_missing(folder.name, [])
    return config


def _shape(folder: Path) -> Shape:
    """As sentence-transformers wrote it down; the mean of the states where nothing is said."""
    try:
        said = json.loads((folder / "1_Pooling" / "config.json").read_bytes())
        modules = json.loads((folder / "modules.json").read_bytes())
    except (OSError, ValueError):
        return Shape("mean", normalise=True)
    pooling = "cls" if said.get("pooling_mode_cls_token") else "mean"
    normalise = any(str(module.get("type", "")).endswith("Normalize") for module in modules)
    return Shape(pooling, normalise)


def usual_length(folder: Path) -> int:
    """How many tokens of a text a base model reads, unless someone says otherwise."""
    try:
        said = json.loads((folder / "sentence_bert_config.json").read_bytes())
        return int(said["max_seq_length"])
    except (OSError, ValueError, KeyError, TypeError):
        return LONGEST


def _positions(config: dict[str, Any]) -> int:
    # RoBERTa's positions start behind the padding's own.
    offset = 2 if "roberta" in str(config.get("model_type")) else 0
    return int(config.get("max_position_embeddings") or LONGEST) - offset


@contextmanager
def _missing(folder: Path) -> Iterator[None]:
    """Whatever goes wrong in reading a base model is a base model that is not there."""
    try:
        yield
    except (MemoryError, failures.Failure):
        raise
    except Exception as error:
        raise failures.base_model_missing(folder.name, []) from error


@contextmanager
def quiet() -> Iterator[None]:
    """transformers without its progress bars and warnings."""
    from transformers.utils import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
