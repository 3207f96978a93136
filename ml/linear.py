"""TF-IDF with a linear layer: the classical model, as plain JSON and safetensors. No pickle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# One-letter words and signs count as well: “u”, “4”, “£”, “!”.
WORD = r"(?u)\b\w+\b|[^\w\s]"
VOCABULARY, WEIGHTS = "vocabulary.json", "linear.safetensors"


@dataclass(frozen=True)
class Grams:
    """Which pieces of a text are counted: words or characters, so many in a row."""

    analyzer: str  # "word", "char_wb" (within words) or "char"
    shortest: int
    longest: int
    most: int  # how many different pieces are kept


WESTERN = (Grams("word", 1, 2, 50_000), Grams("char_wb", 2, 4, 100_000))
UNSPACED = (Grams("char", 1, 3, 150_000),)  # for scripts that put no blanks between words


class Counter:
    """Texts to weighted counts of their pieces, learned from texts or read from a folder."""

    def __init__(self, grams: Sequence[Grams], vectorizers: Sequence[Any]) -> None:
        self.grams, self._vectorizers = tuple(grams), list(vectorizers)

    @classmethod
    def learned(cls, grams: Sequence[Grams], texts: Sequence[str]) -> Counter:
        """Vocabulary and rarity of each piece, from these texts."""
        # Only what occurs twice can teach anything, once there is enough of it.
        rarest = 1 if len(texts) < 1000 else 2
        made = [_vectorizer(one, min_df=rarest, max_features=one.most) for one in grams]
        for vectorizer in made:
            vectorizer.fit(texts)
        return cls(grams, made)

    def counts(self, texts: Sequence[str]) -> Any:
        """A sparse matrix, one row a text."""
        from scipy.sparse import hstack

        return hstack([one.transform(texts) for one in self._vectorizers], format="csr")

    def terms(self) -> list[list[str]]:
        """The pieces in the order of their columns."""
        return [one.get_feature_names_out().tolist() for one in self._vectorizers]

    def rarities(self) -> list[Floats]:
        """The inverse document frequencies, in the same order."""
        return [np.asarray(one.idf_, dtype=np.float32) for one in self._vectorizers]


@dataclass
class TfidfLinear:
    """A linear layer on weighted counts: one logit a label."""

    counter: Counter
    weight: Floats  # labels by pieces
    bias: Floats
    encoder = None  # nothing of it is a graph

    def logits(self, texts: Sequence[str]) -> Floats:
        """One row a text, one column a label."""
        if not texts:
            return np.zeros((0, len(self.bias)), dtype=np.float32)
        scores = self.counter.counts(texts) @ self.weight.T
        return np.asarray(scores, dtype=np.float32) + self.bias

    def settings(self) -> dict[str, Any]:
        """What bundle.json says about it."""
        return {"artifact": "tfidf-linear", "max_length": None, "prefix": ""}

    def save(self, folder: Path) -> None:
        """vocabulary.json and linear.safetensors."""
        from safetensors.numpy import save_file

        blocks = [
            {"analyzer": g.analyzer, "shortest": g.shortest, "longest": g.longest, "terms": terms}
            for g, terms in zip(self.counter.grams, self.counter.terms(), strict=True)
        ]
        text = json.dumps({"blocks": blocks}, ensure_ascii=True)
        (folder / VOCABULARY).write_text(text, encoding="utf-8")
        tensors = {f"idf.{at}": idf for at, idf in enumerate(self.counter.rarities())}
        tensors |= {"weight": np.ascontiguousarray(self.weight), "bias": self.bias}
        save_file(tensors, folder / WEIGHTS)

    @classmethod
    def load(cls, folder: Path) -> TfidfLinear:
        """The model as it was saved."""
        from safetensors.numpy import load_file

        tensors = load_file(folder / WEIGHTS)
        blocks = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["blocks"]
        grams = [Grams(b["analyzer"], b["shortest"], b["longest"], len(b["terms"])) for b in blocks]
        vectorizers = []
        for at, (one, block) in enumerate(zip(grams, blocks, strict=True)):
            vectorizers.append(_vectorizer(one, vocabulary=block["terms"]))
            vectorizers[-1].idf_ = tensors[f"idf.{at}"]
        return cls(Counter(grams, vectorizers), tensors["weight"], tensors["bias"])


def _vectorizer(grams: Grams, **more: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    if grams.analyzer == "word":
        more["token_pattern"] = WORD
    return TfidfVectorizer(
        analyzer=grams.analyzer,
        ngram_range=(grams.shortest, grams.longest),
        sublinear_tf=True,
        dtype=np.float32,
        **more,
    )
