"""Small models, trained on the spot and exported as every model is."""

from pathlib import Path

import numpy as np

from ml import exporting, logistic
from ml.linear import WESTERN, Counter, TfidfLinear
from ml.task import Bundle, Row
from projects.models import Project
from training.models import ModelVersion, Run, Snapshot

SPAM = ("win a free prize now", "claim your cash reward today", "free entry, text win to us")
HAM = ("are we still meeting for lunch", "i will be home at six", "thanks for the notes, see you")


def rows(labels: tuple[str, str] = ("ham", "spam")) -> list[Row]:
    ham, spam = labels
    texts = [(text, spam) for text in SPAM] + [(text, ham) for text in HAM]
    return [
        {"id": str(at), "data": {"text": text}, "answer": {"label": label}, "split": "test"}
        for at, (text, label) in enumerate(texts * 4)
    ]


def train(folder: Path, *, flipped: bool = False) -> dict:
    """A classical model. `flipped`: one that has learned the opposite, so that versions differ."""
    labels = ("ham", "spam")
    examples = rows(labels[::-1] if flipped else labels)
    texts = [row["data"]["text"] for row in examples]
    targets = np.array([labels.index(row["answer"]["label"]) for row in examples])
    counter = Counter.learned(WESTERN, texts)
    layer = logistic.fit(counter.counts(texts), targets, labels=2, strength=8.0, seed=0)
    model = TfidfLinear(counter, layer.weight, layer.bias)
    bundle = Bundle("text-classification", "classical", labels, model)
    folder.parent.mkdir(parents=True, exist_ok=True)
    return exporting.export(bundle, folder, examples, "# A model for a test\n")


def version(project: Project, number: int, *, flipped: bool = False) -> ModelVersion:
    """A model version as a successful run leaves it."""
    snapshot, _ = Snapshot.objects.get_or_create(project=project, sha256="0" * 64, path="none")
    run = Run.objects.create(project=project, snapshot=snapshot, state="succeeded")
    artifact = train(run.folder / "bundle", flipped=flipped)
    return ModelVersion.objects.create(
        project=project,
        run=run,
        number=number,
        method="classical",
        labels=["ham", "spam"],
        artifacts=[artifact],
    )
