"""A base model small enough to train in a second, and texts that it can learn."""

import json
import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from ml.runs import RunFolder

WORDS = {
    "billing": "invoice paid refund charge card price tax receipt",
    "delivery": "parcel late courier box door tracking address lost",
    "praise": "great thanks love friendly perfect happy kind wonderful",
}
FILLER = [
    "the",
    "a",
    "my",
    "is",
    "was",
    "it",
    "and",
    "today",
    "please",
    "very",
    "with",
    "for",
    "your",
    "shop",
    "order",
    "we",
]


def toy_rows(count: int, labels: int = 3, seed: int = 0) -> list[dict]:
    """Texts whose label two of their words tell, among words that tell nothing."""
    draw = random.Random(seed)
    names = sorted(WORDS)[:labels]
    rows = []
    for at in range(count):
        label = names[at % labels]
        words = draw.choices(FILLER, k=draw.randint(2, 9)) + draw.sample(WORDS[label].split(), 2)
        draw.shuffle(words)
        text = f"{' '.join(words)} {at}"
        rows.append({"id": str(at), "data": {"text": text}, "answer": {"label": label}})
    return rows


def tagged_rows(count: int, seed: int = 0) -> list[dict]:
    """Texts with the labels of the words in them: none, one or two."""
    draw, names = random.Random(seed), sorted(WORDS)
    rows = []
    for at in range(count):
        said = [name for name in names if draw.random() < 0.4]
        words = draw.choices(FILLER, k=draw.randint(3, 8))
        words += [word for name in said for word in draw.sample(WORDS[name].split(), 2)]
        draw.shuffle(words)
        text = f"{' '.join(words)} {at}"
        rows.append({"id": str(at), "data": {"text": text}, "answer": {"labels": said}})
    return rows


def marked_rows(count: int, seed: int = 0) -> list[dict]:
    """Texts in which words of a kind are marked, neighbours of the same kind as one passage."""
    draw, names = random.Random(seed), sorted(WORDS)
    rows = []
    for at in range(count):
        text, spans = draw.choice(FILLER), []
        for _ in range(draw.randint(2, 4)):
            name = draw.choice([*names, None, None])
            words = draw.sample(WORDS[name].split(), 2) if name else draw.choices(FILLER, k=2)
            said = " ".join(words)
            text += " "
            if name:
                place = {"start": len(text), "end": len(text) + len(said)}
                spans.append({**place, "label": name, "text": said})
            text += f"{said} {draw.choice(FILLER)}"
        text += f" {at}"
        rows.append({"id": str(at), "data": {"text": text}, "answer": {"spans": spans}})
    return rows


def with_toy_splits(rows: list[dict]) -> list[dict]:
    """A fifth to judge with, a fifth to steer by, the rest to learn from."""
    splits = ["train", "test", "train", "validation", "train"]
    return [{**row, "split": splits[at // 3 % 5]} for at, row in enumerate(rows)]


def write_base_model(folder: Path, *, extra: str = "", seed: int = 0) -> Path:
    """A BERT of a few thousand weights with a tokenizer of whole words."""
    import torch
    from transformers import BertConfig, BertModel

    words = [*FILLER, *(word for line in WORDS.values() for word in line.split()), *extra]
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *map(str, range(10)), *dict.fromkeys(words)]
    tokenizer = Tokenizer(WordLevel({n: i for i, n in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()  # a Chinese character is a word
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(names),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=0,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def base_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one base model, “tiny”."""
    folder = tmp_path_factory.mktemp("base-models")
    write_base_model(folder / "tiny")
    return folder


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAIN_THREADS", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture
def make_run(tmp_path: Path, base_models: Path):
    """A run's folder, as the supervisor prepares it."""

    def make(name: str = "run", rows: list[dict] | None = None, **said) -> RunFolder:
        folder = tmp_path / name
        folder.mkdir()
        found = with_toy_splits(toy_rows(90)) if rows is None else rows
        snapshot = "".join(json.dumps(row) + "\n" for row in found)
        (folder / "snapshot.jsonl").write_text(snapshot)
        settings = {
            "run": name,
            "task": "text-classification",
            "labels": sorted(WORDS),
            "rows": "snapshot.jsonl",
            "method": "full",
            "effort": "quick",
            "base_model": "tiny",
            "base_models_folder": str(base_models),
            "hyperparameters": {"steps": 40, "learning_rate": 0.003},
            "seed": 0,
            **said,
        }
        (folder / "run.json").write_text(json.dumps(settings))
        return RunFolder(folder)

    return make


def events_of(folder: RunFolder, kind: str | None = None) -> list[dict]:
    """The events told so far; a line that is being written is left out."""
    if not folder.events.exists():
        return []
    lines = folder.events.read_text().split("\n")[:-1]
    events = [json.loads(line) for line in lines if line]
    return [event for event in events if kind in (None, event["kind"])]


def flip_a_bit(file: Path) -> None:
    """One bit of the file's middle changes, as a failing disk does it."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
