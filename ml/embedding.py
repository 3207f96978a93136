"""Texts to vectors that lie near each other where the texts mean alike. Loads no torch.

Every vector has 384 dimensions, float32, and length 1: the dot product of two is their cosine.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ml import base_models, bert_graph, languages, manifest
from ml.base_models import WEIGHTS, BaseModel
from ml.tokenizing import Tokens, by_length

Floats = NDArray[np.float32]

WIDTH = 384  # dimensions
LONGEST = 128  # tokens: what these models were trained on
TOKENS_A_BATCH = 512  # the states of more leave a core's cache
FORMAT = 1  # of the graph: rises when it would be written otherwise
MULTILINGUAL = ("multilingual-e5-small", "paraphrase-multilingual-MiniLM-L12-v2")


class Embedder(Protocol):
    """What turns texts into vectors; the same text into the same vector, by the same name."""

    name: str

    def embed(self, texts: Sequence[str]) -> Floats:
        """(texts, 384), each row of length 1, in the order of the texts."""


def best_for(
    sample: Sequence[str],
    folder: Path,
    *,
    base_models_folder: Path | None = None,
    threads: int | None = None,
) -> Embedder:
    """What reads these texts best of what is on this machine.

    `folder` keeps the graphs that are made once of base models. MiniLM for English; else a
    multilingual model, where one is at hand; else counted pieces of the texts themselves.
    """
    for name in (base_models.DEFAULT.name, *MULTILINGUAL):
        model = base_models.by_name(name, base_models_folder)
        if model is not None and _serves(model) and languages.reads(model, sample):
            return OnnxEmbedder.of(model, folder, threads=threads)
    return CharacterNgrams()


def named(
    name: str,
    folder: Path,
    *,
    base_models_folder: Path | None = None,
    threads: int | None = None,
) -> Embedder | None:
    """The embedder of that name, if its base model is still on this machine."""
    if name == CharacterNgrams.name:
        return CharacterNgrams()
    model = base_models.by_name(name, base_models_folder)
    if model is None or not _serves(model):
        return None
    return OnnxEmbedder.of(model, folder, threads=threads)


def _serves(model: BaseModel) -> bool:
    return model.available and model.folder is not None and bert_graph.is_bert(model.folder)


@dataclass
class OnnxEmbedder:
    """A text encoder in ONNX Runtime, fp32 on the CPU: the mean of its states (Reimers and
    Gurevych 2019, Sentence-BERT).

    One session of one thread, asked by `threads` of ours at once with a batch each: no thread
    waits for another inside a batch, and none spins.
    """

    name: str
    session: Any
    tokens: Tokens
    threads: int

    @classmethod
    def of(cls, model: BaseModel, folder: Path, *, threads: int | None = None) -> OnnxEmbedder:
        """Of an available base model; its graph is kept in `folder`."""
        source = _source(model)
        tokens = Tokens(source / "tokenizer.json", max_length=LONGEST, prefix=model.prefix)
        session = _session(_graph(model.name, source, folder))
        return cls(model.name, session, tokens, threads or os.cpu_count() or 1)

    def embed(self, texts: Sequence[str]) -> Floats:
        """(texts, 384), each row of length 1. Some hundred texts at a time fill the batches."""
        ids = self.tokens.ids(texts)
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        # The longest first, so that no thread ends long after the others.
        batches = by_length(ids, tokens=TOKENS_A_BATCH, rows=TOKENS_A_BATCH)[::-1]

        def fill(places: Sequence[int]) -> None:
            padded, mask = self.tokens.padded([ids[at] for at in places])
            feed = {"ids": padded.astype(np.int32), "mask": mask.astype(np.int32)}
            vectors[places] = self.session.run(["vectors"], feed)[0]

        if self.threads == 1 or len(batches) < 2:
            for places in batches:
                fill(places)
            return vectors
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(fill, batches))
        return vectors


class CharacterNgrams:
    """Counted pieces of words, projected at random: needs no model, reads every script.

    Near means: written alike. Pieces of 3 to 5 characters within words, of 1 to 3 in scripts
    without blanks, hashed to 2^18 places; each place goes to 8 of the 384 dimensions with a sign
    (very sparse random projections: Li, Hastie and Church 2006). The seed is fixed.
    """

    name = "character-ngrams"
    places, spread, seed = 1 << 18, 8, 20_240_229

    def embed(self, texts: Sequence[str]) -> Floats:
        """(texts, 384), each row of length 1. Texts without any piece share one vector."""
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        unspaced = np.array([languages.unspaced([text]) for text in texts], dtype=bool)
        for rows, analyzer, sizes in (
            (np.flatnonzero(~unspaced).tolist(), "char_wb", (3, 5)),
            (np.flatnonzero(unspaced).tolist(), "char", (1, 3)),
        ):
            if rows:
                counts = self._counts([texts[row] for row in rows], analyzer, sizes)
                signs = _projection(self.places, self.spread, self.seed)
                vectors[rows] = (counts @ signs).toarray()
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[lengths[:, 0] == 0, 0] = 1
        lengths[lengths == 0] = 1
        return np.asarray(vectors / lengths, dtype=np.float32)

    def _counts(self, texts: Sequence[str], analyzer: str, sizes: tuple[int, int]) -> Any:
        from sklearn.feature_extraction.text import HashingVectorizer

        counter = HashingVectorizer(
            analyzer=analyzer,
            ngram_range=sizes,
            n_features=self.places,
            alternate_sign=False,
            norm=None,
            dtype=np.float32,
        )
        counts = counter.transform(texts)
        counts.data = 1 + np.log(counts.data)
        return counts


_projections: dict[tuple[int, int, int], Any] = {}
_projecting = threading.Lock()


def _projection(places: int, spread: int, seed: int) -> Any:
    """A sparse matrix (places, 384) with `spread` signs a row, made once."""
    from scipy.sparse import csr_matrix

    key = (places, spread, seed)
    with _projecting:
        if key not in _projections:
            draw = np.random.Generator(np.random.PCG64(seed))
            columns = draw.integers(0, WIDTH, size=places * spread, dtype=np.int32)
            signs = draw.integers(0, 2, size=places * spread, dtype=np.int8) * 2.0 - 1
            ends = np.arange(places + 1) * spread
            parts = (signs.astype(np.float32), columns, ends)
            _projections[key] = csr_matrix(parts, shape=(places, WIDTH))
        return _projections[key]


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Further optimising would fuse what is faster apart.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _source(model: BaseModel) -> Path:
    if model.folder is None:
        raise FileNotFoundError(f"The base model {model.name} is not on this machine.")
    return model.folder


def _graph(name: str, source: Path, folder: Path) -> Path:
    """The model's graph, made unless a sound one of the same weights is there."""
    kept = folder / f"{name}-{FORMAT}-{manifest.sha256(source / WEIGHTS)[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / f".{kept.name}.lock"):
        try:
            manifest.verify(kept)
        except manifest.Damaged:
            with manifest.whole_folder(kept) as aside:
                bert_graph.write(source, aside / "encoder.onnx")
    return kept / "encoder.onnx"


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """While one process makes a graph, others wait for it."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
