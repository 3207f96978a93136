"""How many labels the smart order saves: two real sets, five seeds, beside the random order.

    python -m bench.label_efficiency [--seeds 5] [--folder FOLDER] [--json]

Fetches two public sets of the samples (pinned), makes vectors of their texts once (kept in FOLDER),
and lets a simulated person, who always answers right, label 400 examples in the order that the
desk would serve them: the studio's own choice (ml.choosing) by its own instant model (ml.instant),
trained anew after every 10 answers, looking at a window of 2,000; beside it the shuffled order.
The accuracy is that on the protected test set (one in five); the leases that serve it are the same
in both orders and are not counted. Writes docs/label-efficiency.svg.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np

from bench import drawing

SETS = ("sms-spam", "mail-spam")
AT = (20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400)
STEP, WINDOW, FIRST = 10, 2000, 20
REACHED = 200  # labels in random order, whose accuracy is to be reached
LONGEST = 4000  # characters of a text; a vector reads the first 128 tokens


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--folder", type=Path, default=Path("var/bench"))
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    found = {name: measured(name, options.seeds, options.folder) for name in SETS}
    drawing.curves(Path("docs/label-efficiency.svg"), found)
    print(json.dumps(found, indent=1) if options.json else shown(found))


@dataclass(frozen=True)
class Set:
    """Vectors (n, 384), the place of each right label, and the labels."""

    vectors: Any
    targets: Any
    labels: list[str]


def read(name: str, folder: Path) -> Set:
    kept = folder / f"{name}.npz"
    if not kept.is_file():
        embed(name, folder, kept)
    found = np.load(kept)
    labels = sorted({str(label) for label in found["labels"]})
    targets = np.array([labels.index(str(label)) for label in found["labels"]])
    return Set(found["vectors"].astype(np.float32), targets, labels)


def embed(name: str, folder: Path, kept: Path) -> None:
    from ml import embedding
    from samples.catalogue import CATALOGUE

    print(f"{name}: vectors, once …", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    rows = CATALOGUE[name].rows(folder)
    texts = [row.text[:LONGEST] for row in rows]
    vectors = embedding.best_for(texts[:500], folder / "graphs").embed(texts)
    np.savez(kept, vectors=vectors, labels=np.array([row.label for row in rows]))


def measured(name: str, seeds: int, folder: Path) -> dict[str, Any]:
    every = read(name, folder)
    found: dict[str, Any] = {"examples": len(every.targets)}
    for order in ("smart", "random"):
        print(f"{name}: {order} …", file=sys.stderr)
        runs = [labelled(every, order, seed) for seed in range(seeds)]
        found[order] = {
            at: {
                "accuracy": mean(run[at] for run in runs),
                "sd": stdev(run[at] for run in runs) if seeds > 1 else 0.0,
            }
            for at in AT
        }
    wanted = found["random"][REACHED]["accuracy"]
    reached = [at for at in AT if found["smart"][at]["accuracy"] >= wanted]
    return {
        **found,
        "random at 200": wanted,
        "smart reaches it at": reached[0] if reached else None,
    }


def labelled(every: Set, order: str, seed: int) -> dict[int, float]:
    """Accuracy on the protected test set at growing numbers of labels."""
    from ml import choosing

    shuffled = np.random.default_rng(seed).permutation(len(every.targets))
    test, waiting = np.split(shuffled, [len(shuffled) // 5])
    known: list[int] = []
    accuracy = {}
    while len(known) < AT[-1]:
        window = waiting[:WINDOW]
        if order == "random":
            taken = window[:STEP]
        else:
            head = learned(every, known)
            chosen = choosing.choose(
                every.vectors[window],
                every.vectors[known],
                None if head is None else chances(head, every.vectors[window]),
                every.labels,
                most=STEP,
                seed=seed * 1000 + len(known),
            )
            taken = window[[one.place for one in chosen]]
        known += taken.tolist()
        waiting = waiting[~np.isin(waiting, taken)]
        if len(known) in AT:
            accuracy[len(known)] = judged(every, known, test)
    return accuracy


def learned(every: Set, known: list[int]) -> Any:
    """The instant model's layer; None where it would not be trained yet."""
    from ml import instant, logistic

    targets = every.targets[known]
    if len(known) < FIRST or len(np.unique(targets)) < 2:
        return None
    return logistic.fit(
        every.vectors[known],
        targets,
        labels=len(every.labels),
        strength=instant.STRENGTH,
        seed=0,
    )


def chances(head: Any, vectors: Any) -> Any:
    from ml.chances import softmax

    return softmax(head.logits(vectors))


def judged(every: Set, known: list[int], test: Any) -> float:
    head = learned(every, known)
    if head is None:  # one label so far: it is what would be answered
        return float((every.targets[test] == every.targets[known[0]]).mean())
    return float((head.logits(every.vectors[test]).argmax(axis=1) == every.targets[test]).mean())


def shown(found: dict[str, dict[str, Any]]) -> str:
    lines = []
    for name, said in found.items():
        lines += [f"{name}, {said['examples']:,} examples", ""]
        lines += ["| labels | smart | random |", "|---|---|---|"]
        for at in AT:
            pair = [said[order][at] for order in ("smart", "random")]
            cells = [f"{one['accuracy']:.3f} ± {one['sd']:.3f}" for one in pair]
            lines.append(f"| {at} | {' | '.join(cells)} |")
        wanted, reached = said["random at 200"], said["smart reaches it at"]
        lines += ["", f"Random at {REACHED}: {wanted:.3f}; smart reaches it at {reached}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
