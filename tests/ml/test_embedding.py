import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ml import base_models, bert_graph, embedding
from tests.ml.conftest import write_base_model

ENGLISH = [
    "Where is my parcel?",
    "When does the package I ordered arrive?",
    "I love how friendly your staff was.",
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


@pytest.fixture(scope="module")
def minilm(kept: Path) -> embedding.Embedder:
    return embedding.best_for(ENGLISH, kept, threads=1)


def test_english_is_read_by_minilm(minilm):
    assert minilm.name == "all-MiniLM-L6-v2"
    vectors = minilm.embed(ENGLISH)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_order_length_and_threads_change_no_vector(minilm, kept):
    texts = [" ".join(["parcel"] * n) for n in (1, 90, 3, 400, 2, 40)] + ["", "\ud800"]
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    two = embedding.named("all-MiniLM-L6-v2", kept, threads=2)
    assert np.allclose(minilm.embed(texts), alone, atol=1e-5)
    assert np.allclose(two.embed(texts[::-1])[::-1], alone, atol=1e-5)
    assert minilm.embed([]).shape == (0, 384)


def test_a_damaged_graph_is_made_anew(minilm, kept):
    file = next(kept.glob("all-MiniLM*/encoder.onnx"))
    before = minilm.embed(ENGLISH)
    with file.open("r+b") as out:
        out.truncate(1000)
    again = embedding.best_for(ENGLISH, kept, threads=1)
    assert np.array_equal(again.embed(ENGLISH), before)


def test_the_graph_says_what_the_model_says(tmp_path):
    import onnxruntime

    from ml.encoders import from_base

    folder = write_base_model(tmp_path / "tiny")
    bert_graph.write(folder, tmp_path / "encoder.onnx")
    model = from_base(folder, labels=1)
    texts = ["my parcel was late", "refund please", "a very friendly shop with a perfect courier"]
    padded, mask = model.tokens.padded(model.tokens.ids(texts))
    session = onnxruntime.InferenceSession(tmp_path / "encoder.onnx")
    feed = {"ids": padded.astype(np.int32), "mask": mask.astype(np.int32)}
    ours = session.run(None, feed)[0]
    theirs = model.embeddings(texts)
    assert np.abs(ours - theirs / np.linalg.norm(theirs, axis=1, keepdims=True)).max() < 1e-5


def test_only_a_bert_has_its_graph_written_here(tmp_path):
    folder = write_base_model(tmp_path / "tiny")
    assert bert_graph.is_bert(folder)
    (folder / "config.json").write_text('{"model_type": "roberta", "hidden_act": "gelu"}')
    assert not bert_graph.is_bert(folder)
    assert not bert_graph.is_bert(tmp_path / "nowhere")


def test_what_minilm_cannot_read_is_counted(kept, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    chosen = embedding.best_for(["我的包裹什么时候到？", "包裹还没有到"], kept)
    assert chosen.name == "character-ngrams"
    vectors = chosen.embed(["我的包裹什么时候到", "包裹什么时候会到", "今天天气真好", "", "?"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert np.array_equal(vectors[0], chosen.embed(["我的包裹什么时候到"])[0])


def test_a_multilingual_model_at_hand_is_taken(kept, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = write_base_model(tmp_path / "multilingual-e5-small", extra="包裹没到")
    chosen = []
    monkeypatch.setattr(embedding.OnnxEmbedder, "of", lambda model, *_, **__: chosen.append(model))
    embedding.best_for(["包裹没到"], kept, base_models_folder=tmp_path)
    assert chosen[0].folder == folder


def test_a_base_model_that_is_gone_gives_no_embedder(kept, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert embedding.named("multilingual-e5-small", kept) is None
    assert embedding.named("character-ngrams", kept).name == "character-ngrams"
    absent = base_models.HUB["intfloat/multilingual-e5-small"]
    with pytest.raises(FileNotFoundError):
        embedding.OnnxEmbedder.of(absent, kept)


def test_nothing_of_it_loads_torch():
    code = (
        "import sys, tempfile, pathlib\n"
        "from ml import embedding, nearby, findings, mending, spreading, languages\n"
        "folder = pathlib.Path(tempfile.mkdtemp())\n"
        "embedding.best_for(['Where is my parcel?'], folder).embed(['one text'])\n"
        "languages.language('Where is my parcel, please?')\n"
        "sys.exit(', '.join({'torch', 'transformers', 'django'} & set(sys.modules)) or 0)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
