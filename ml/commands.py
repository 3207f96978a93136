"""The commands of `python -m ml`. Says everything in words; the work is done elsewhere."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ml import lifeline, manifest, rows, trainer
from ml.evaluating import judged
from ml.failures import DamagedBundle, Failure
from ml.planning import EFFORTS, METHODS
from ml.predicting import Served
from ml.runs import RunFolder
from ml.task import DataError
from ml.tasks import TASKS

PERMANENT, PASSING, MISUSED = 1, 2, 64  # exit codes


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.deed(asked))
    except Failure as failure:
        _say(str(failure))
        return PERMANENT if failure.permanent else PASSING
    except lifeline.Stopped:
        return lifeline.TERMINATED
    except (rows.RowError, DataError, DamagedBundle, OSError) as error:
        _say(str(error))
        return PERMANENT
    except KeyboardInterrupt:
        _say("Stopped. The same command goes on from the last checkpoint.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="learn from a file of labelled examples")
    train.add_argument("data", nargs="?", type=Path, help="JSON Lines: text and label")
    train.add_argument("--run", type=Path, help="a run's folder, as the studio prepares it")
    train.add_argument("--id", help="the run's id, shown in the list of processes")
    trainable = sorted(slug for slug, task in TASKS.items() if task.trainable)
    train.add_argument("--task", choices=trainable, default="text-classification")
    train.add_argument("--out", type=Path, help="a new folder for the model")
    train.add_argument("--method", choices=("auto", *METHODS), default="auto")
    train.add_argument("--effort", choices=tuple(EFFORTS), default="balanced")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--base-model")
    train.add_argument("--base-models-folder", type=Path)
    train.add_argument("--hyperparameter", action="append", default=[], metavar="NAME=VALUE")
    train.set_defaults(deed=_train)
    predict = commands.add_parser("predict", help="answer texts; one JSON line each")
    predict.add_argument("folder", type=Path)
    predict.add_argument("texts", nargs="+")
    predict.set_defaults(deed=_predict)
    evaluate = commands.add_parser("evaluate", help="judge a model on labelled examples")
    evaluate.add_argument("folder", type=Path)
    evaluate.add_argument("data", type=Path)
    evaluate.set_defaults(deed=_evaluate)
    return parser


def _train(asked: argparse.Namespace) -> int:
    stop = lifeline.Stop()
    lifeline.end_on_sigterm(stop)
    if asked.run is not None:
        if asked.id is not None:
            lifeline.end_when_orphaned()
        trainer.train(RunFolder(asked.run), stop=stop)
        return 0
    if asked.data is None or asked.out is None:
        _say("Say where the examples are and where the model goes: train data.jsonl --out folder")
        return MISUSED
    folder = RunFolder(asked.out)
    _prepare(asked, folder)
    trainer.train(folder, stop=stop, echo=_echo)
    _tell(json.loads(folder.result.read_bytes()))
    return 0


def _prepare(asked: argparse.Namespace, folder: RunFolder) -> None:
    """Make the run's folder, or find the same run there, to go on with. Raises Failure."""
    found, labels = rows.read(asked.data, TASKS[asked.task])
    split, left_out = rows.with_splits(found, TASKS[asked.task], salt="")
    said = {
        "run": asked.out.name,
        "task": asked.task,
        "labels": list(labels),
        "rows": "snapshot.jsonl",
        "left_out": left_out,
        "method": asked.method,
        "effort": asked.effort,
        "base_model": asked.base_model,
        "base_models_folder": asked.base_models_folder and str(asked.base_models_folder.resolve()),
        "hyperparameters": dict(_setting(one) for one in asked.hyperparameter),
        "seed": asked.seed,
    }
    snapshot = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in split)
    if folder.path.is_dir() and any(folder.path.iterdir()):
        return _find_same(folder, said, snapshot)
    folder.path.mkdir(parents=True, exist_ok=True)
    manifest.write_text(folder.path / "snapshot.jsonl", snapshot)
    manifest.write_json(folder.path / "run.json", said)
    return None


def _find_same(folder: RunFolder, said: dict[str, Any], snapshot: str) -> None:
    try:
        before = json.loads((folder.path / "run.json").read_bytes())
        rows_before = (folder.path / "snapshot.jsonl").read_text(encoding="utf-8")
    except (OSError, ValueError):
        before, rows_before = None, None
    if (before, rows_before) != (said, snapshot):
        raise Failure(
            "folder-in-use",
            f"{folder.path} is not empty, and holds something else than this run.",
            "Choose a new folder for --out.",
        )


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def _predict(asked: argparse.Namespace) -> int:
    served = Served.load(_bundle(asked.folder))
    task = TASKS[served.task]
    for one in served.predict([task.parse_data({"text": text}) for text in asked.texts]):
        _say(json.dumps(one, ensure_ascii=False), to=sys.stdout)
    return 0


def _evaluate(asked: argparse.Namespace) -> int:
    served = Served.load(_bundle(asked.folder))
    task = TASKS[served.task]
    found, _ = rows.read(asked.data, task)
    metrics = judged(task, found, served.predict([row["data"] for row in found])).metrics
    _say(json.dumps(metrics, ensure_ascii=False, indent=1), to=sys.stdout)
    return 0


def _bundle(folder: Path) -> Path:
    """A bundle's own folder, or that of the run that made it."""
    return folder / "bundle" if (folder / "bundle" / "bundle.json").is_file() else folder


def _echo(event: dict[str, Any]) -> None:
    match event["kind"]:
        case "started" if event["resumed_from_step"] is not None:
            _say(f"going on from step {event['resumed_from_step']} on {event['device']}")
        case "started":
            _say(f"training on {event['device']}")
        case "progress":
            _say(f"{event['progress']:4.0%}  {event['stage']}")
        case "note":
            _say(event["text"])
        case "metric" if event["name"].startswith("validation"):
            _say(f"      step {event['step']}: {event['name']} {event['value']:.4f}")
        case _:
            pass


def _tell(result: dict[str, Any]) -> None:
    metrics, baseline = result["metrics"], result["baseline"]
    parity = result["artifacts"][0]["parity"]
    for line in (
        f"method      {result['method']}: {result['method_reason']}",
        f"accuracy    {metrics['accuracy']:.4f} ({metrics['accuracy_low']:.4f} to "
        f"{metrics['accuracy_high']:.4f}) on {metrics['n']} {metrics['split']} examples",
        *_micro(metrics, baseline),
        f"macro F1    {metrics['macro_f1']:.4f}",
        f"calibration {metrics['ece']:.4f} error, temperature "
        f"{result['calibration']['temperature']:.2f}",
        f"majority    {baseline['majority']['accuracy']:.4f}",
        f"classical   {baseline['classical']['accuracy']:.4f}",
        f"served      differs by {parity['max_difference']:.1e} on {parity['rows']} examples",
        f"seconds     {result['seconds']:.1f}",
        *result["notes"],
    ):
        _say(line, to=sys.stdout)


def _micro(metrics: dict[str, Any], baseline: dict[str, Any]) -> list[str]:
    if "micro_f1" not in metrics:
        return []
    return [
        f"micro F1    {metrics['micro_f1']:.4f} ({metrics['micro_f1_low']:.4f} to "
        f"{metrics['micro_f1_high']:.4f}; classical {baseline['classical']['micro_f1']:.4f})"
    ]


def _say(line: str, to: Any = None) -> None:
    (to or sys.stderr).write(line + "\n")
    (to or sys.stderr).flush()
