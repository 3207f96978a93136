"""A linear layer on what can be seen of a word and its neighbours, without a base model."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import passages
from ml.linear import VOCABULARY, WEIGHTS
from ml.passages import Place
from ml.windowing import Marked

Floats = NDArray[np.float32]

LONGEST = 30  # characters of a word that are looked at
OUTSIDE = "\n"  # what stands before the first word and behind the last
MOST = 300_000  # features


@dataclass
class WordLinear:
    """Weights (tags by features) over the features that its vocabulary knows."""

    vocabulary: list[str]
    weight: Floats
    bias: Floats
    encoder = None  # nothing of it is a graph

    def __post_init__(self) -> None:
        self._place = {feature: at for at, feature in enumerate(self.vocabulary)}

    def marked(self, texts: Sequence[str]) -> list[Marked]:
        """The words of each text, with one row of logits each."""
        cut = [tuple(passages.words(text)) for text in texts]
        pairs = zip(texts, cut, strict=True)
        rows = self.rows(seen for text, places in pairs for seen in features(text, places))
        logits = np.asarray(rows @ self.weight.T, dtype=np.float32) + self.bias
        if not cut:
            return []
        ends = np.cumsum([len(places) for places in cut])[:-1]
        return [Marked(*one) for one in zip(cut, np.split(logits, ends), strict=True)]

    def rows(self, seen: Iterator[list[str]]) -> Any:
        """A sparse matrix, one row a word."""
        from scipy.sparse import csr_matrix

        columns: list[int] = []
        ends = [0]
        for some in seen:
            columns += [self._place[one] for one in some if one in self._place]
            ends.append(len(columns))
        ones = np.ones(len(columns), dtype=np.float32)
        return csr_matrix((ones, columns, ends), shape=(len(ends) - 1, len(self.vocabulary)))

    def settings(self) -> dict[str, Any]:
        """What bundle.json says about it."""
        return {"artifact": "word-linear", "max_length": None, "prefix": ""}

    def save(self, folder: Path) -> None:
        """vocabulary.json and linear.safetensors."""
        from safetensors.numpy import save_file

        text = json.dumps({"features": self.vocabulary}, ensure_ascii=True)
        (folder / VOCABULARY).write_text(text, encoding="utf-8")
        weight = np.ascontiguousarray(self.weight)
        save_file({"weight": weight, "bias": self.bias}, folder / WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> WordLinear:
        """The model as it was saved."""
        from safetensors.numpy import load_file

        tensors = load_file(folder / WEIGHTS)
        said = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["features"]
        return cls(said, tensors["weight"], tensors["bias"])


def vocabulary(seen: Sequence[list[str]], *, rarest: int) -> list[str]:
    """The features that occur so often, the most frequent first."""
    counts = Counter(feature for some in seen for feature in some)
    return [feature for feature, count in counts.most_common(MOST) if count >= rarest]


def features(text: str, places: Sequence[Place]) -> Iterator[list[str]]:
    """What is seen of each word: itself, its ends, its shape, and two words to each side."""
    said = [text[start:end][:LONGEST] for start, end in places]
    plain = [OUTSIDE] * 2 + [one.casefold() for one in said] + [OUTSIDE] * 2
    shapes = [OUTSIDE] + [_shape(one) for one in said] + [OUTSIDE]
    for at, one in enumerate(plain[2:-2]):
        before, after = plain[at : at + 2], plain[at + 3 : at + 5]
        yield [
            f"w {one}", f"s {shapes[at + 1]}", f"s- {shapes[at]}", f"s+ {shapes[at + 2]}",
            f"w- {before[1]}", f"w+ {after[0]}", f"w-- {before[0]}", f"w++ {after[1]}",
            f"b- {before[1]} {one}", f"b+ {one} {after[0]}",
            *(f"p{n} {one[:n]}" for n in (1, 2, 3) if len(one) > n),
            *(f"x{n} {one[-n:]}" for n in (1, 2, 3) if len(one) > n),
        ]  # fmt: skip


def _shape(word: str) -> str:
    """Such as Aa for Ada, d-d for 3-4: kinds of characters, each run once."""
    kinds = [
        "A" if c.isupper() else "a" if c.isalpha() else "d" if c.isdigit() else c for c in word
    ]
    return "".join(kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind)
