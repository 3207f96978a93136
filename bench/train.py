"""Training samples a second of a full fine-tune, beside a plain Hugging Face `Trainer`.

    pip install -r bench/requirements.txt
    python -m bench.train [--rows 480] [--repeats 3] [--json]

Both fine-tune all-MiniLM-L6-v2 on the same texts, with the same batch size and epochs, in turns,
each in a process of its own. Counted is the training loop alone: from the end of the first step to
the end of the last.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from bench.data import LABELS, WORDS

BATCH, EPOCHS = 16, 2
REPOSITORY = Path(__file__).resolve().parents[1]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=480)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write(folder / "rows.jsonl", options.rows)
        pairs = [(_ours(folder, turn), _theirs(folder)) for turn in range(options.repeats)]
    figures = {
        "ours, samples a second": statistics.median(ours for ours, _ in pairs),
        "Trainer, samples a second": statistics.median(theirs for _, theirs in pairs),
        "ours / Trainer": statistics.median(ours / theirs for ours, theirs in pairs),
    }
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print("\n".join(f"| {name} | {value:.3g} |" for name, value in figures.items()))


def _write(path: Path, count: int) -> None:
    """Texts of 5 to 60 words: lengths as uneven as people's messages are."""
    drawn = random.Random(0)
    with path.open("w") as out:
        for number in range(count):
            label = LABELS[number % len(LABELS)]
            length = min(60, 5 + int(drawn.expovariate(1 / 12)))
            text = " ".join([label, *drawn.choices(WORDS, k=length), str(number)])
            row = {"data": {"text": text}, "answer": {"label": label}, "id": str(number)}
            split = "train" if number % 10 else "validation"
            out.write(json.dumps(row | {"split": "test" if number % 20 == 10 else split}) + "\n")


def _ours(folder: Path, turn: int) -> float:
    out = folder / f"ours-{turn}"
    settings = {"batch_size": BATCH, "epochs": EPOCHS, "checkpoint_seconds": 3600}
    given = [f"--hyperparameter={name}={value}" for name, value in settings.items()]
    _run(
        *("ml", "train", str(folder / "rows.jsonl"), "--task", "text-classification"),
        *("--out", str(out), "--method", "full", *given),
    )
    lines = (out / "events.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    steps = [e for e in events if e["kind"] == "metric" and e["name"] == "loss"]
    spent = _moment(steps[-1]["at"]) - _moment(steps[0]["at"])
    return (len(steps) - 1) * BATCH / spent


def _theirs(folder: Path) -> float:
    said = _run("bench.peers.trainer", str(folder / "rows.jsonl"), str(BATCH), str(EPOCHS))
    return float(json.loads(said.splitlines()[-1])["samples_per_second"])


def _run(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
