"""A BERT encoder's weights as an ONNX graph, written directly: token ids in, unit vectors out.

Knows no torch: every process may build one, in a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.base_models import WEIGHTS

OPSET, IR = 17, 9
MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators

Weights = Mapping[str, NDArray[Any]]


def is_bert(folder: Path) -> bool:
    """Whether the folder's model is of the one kind that can be written here."""
    try:
        said = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):
        return False
    usual = said.get("position_embedding_type", "absolute") == "absolute"
    return said.get("model_type") == "bert" and said.get("hidden_act") == "gelu" and usual


def write(folder: Path, file: Path) -> None:
    """The folder's encoder, with the mean of its states brought to length 1.

    Inputs `ids` and `mask`, int32 (rows, tokens); output `vectors`, float32 (rows, hidden size).
    """
    import onnx
    from safetensors.numpy import load_file

    settings = json.loads((folder / "config.json").read_bytes())
    stored = load_file(folder / WEIGHTS)
    weights = {name.removeprefix("bert."): value for name, value in stored.items()}
    onnx.save(_Writer(settings, weights).model(), str(file))


class _Writer:
    """Nodes and weights of one graph while it grows."""

    def __init__(self, settings: Mapping[str, Any], weights: Weights) -> None:
        self._settings, self._weights = settings, weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        from onnx import TensorProto, helper

        states = self._embedded()
        for layer in range(self._settings["num_hidden_layers"]):
            states = self._layer(f"encoder.layer.{layer}.", states)
        self._pooled(states)
        size = ["rows", "tokens"]
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT32, size) for name in ("ids", "mask")
        ]
        width = ["rows", self._settings["hidden_size"]]
        output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, width)
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR)

    def _embedded(self) -> str:
        name = "embeddings."
        # All texts are of the first kind of token: its vector is added to every position's.
        kind = self._weights[name + "token_type_embeddings.weight"][0]
        positions = self._weights[name + "position_embeddings.weight"] + kind
        words = self._kept(name + "word_embeddings.weight")
        norm = (self._kept(name + "LayerNorm.weight"), self._kept(name + "LayerNorm.bias"))
        inputs = ["ids", "", words, self._constant("positions", positions), "", *norm]
        epsilon = self._settings["layer_norm_eps"]
        return self._node(
            "EmbedLayerNormalization", inputs, "embedded", more=["unused"], epsilon=epsilon
        )

    def _layer(self, name: str, states: str) -> str:
        parts = ("query", "key", "value")
        own = f"{name}attention.self."
        turned = [self._product(f"{own}{part}", states) for part in parts]
        bias = np.concatenate([self._weights[f"{own}{part}.bias"] for part in parts])
        heads = self._settings["num_attention_heads"]
        inputs = [*turned, self._constant(own + "bias", bias), "mask"]
        seen = self._node("MultiHeadAttention", inputs, own + "seen", num_heads=heads)
        states = self._added(f"{name}attention.output.", seen, states)
        wide = self._product(f"{name}intermediate.dense", states)
        inputs = [wide, self._kept(f"{name}intermediate.dense.bias")]
        return self._added(f"{name}output.", self._node("BiasGelu", inputs, name + "bent"), states)

    def _added(self, name: str, inner: str, skipped: str) -> str:
        """A linear layer, its input's input added, normalised.

        Not fused: ONNX Runtime's SkipLayerNormalization takes ten times as long on a CPU.
        """
        product = self._product(f"{name}dense", inner)
        biased = self._node("Add", [product, self._kept(f"{name}dense.bias")], name + "biased")
        total = self._node("Add", [biased, skipped], name + "total")
        norm = [self._kept(f"{name}LayerNorm.weight"), self._kept(f"{name}LayerNorm.bias")]
        epsilon = self._settings["layer_norm_eps"]
        return self._node(
            "LayerNormalization", [total, *norm], name + "normal", axis=-1, epsilon=epsilon
        )

    def _pooled(self, states: str) -> None:
        from onnx import TensorProto

        real = self._node("Cast", ["mask"], "real", to=TensorProto.FLOAT)
        last = self._constant("last", np.array([2]))
        column = self._node("Unsqueeze", [real, last], "column")
        counted = self._node("Mul", [states, column], "counted")
        tokens = self._constant("tokens", np.array([1]))
        summed = self._node("ReduceSum", [counted, tokens], "summed", keepdims=0)
        # A sum points where the mean does.
        self._node("LpNormalization", [summed], "vectors", axis=-1, p=2)

    def _product(self, name: str, states: str) -> str:
        turned = self._constant(f"{name}.turned", self._weights[f"{name}.weight"].T)
        return self._node("MatMul", [states, turned], f"{name}.product")

    def _kept(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        kind = np.int64 if value.dtype.kind == "i" else np.float32
        array = np.ascontiguousarray(value, dtype=kind)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def _node(
        self,
        kind: str,
        inputs: list[str],
        output: str,
        *,
        more: list[str] | None = None,
        **said: Any,
    ) -> str:
        from onnx import helper

        theirs = kind in ("EmbedLayerNormalization", "MultiHeadAttention", "BiasGelu")
        outputs = [output, *(more or [])]
        domain = MICROSOFT if theirs else ""
        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **said))
        return output
