"""One run, from its folder to its result: plan, baseline, training, judgement, export."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ml import cards, exporting, failures, hyperparameters, judging, manifest, planning, results
from ml.base_models import by_name
from ml.checkpoints import Checkpoints
from ml.evaluating import Evaluation
from ml.events import Events, Progress
from ml.fitting import Watch
from ml.lifeline import Stop, Stopped
from ml.methods import METHODS
from ml.planning import EFFORTS, Plan
from ml.runs import RunFolder, Settings
from ml.saying import Said
from ml.task import Row
from ml.tasks import TASKS
from ml.work import Learned, Material, Work

PREDICTIONS = "test_predictions.jsonl"
SCORES_KEPT = 10


def train(
    folder: RunFolder, *, stop: Stop, echo: Callable[[dict[str, Any]], None] | None = None
) -> None:
    """Bring the run to its result. Raises Failure, told in the events; or Stopped.

    A run that has its result already is left alone.
    """
    began = time.monotonic()
    try:
        with folder.locked():
            if not folder.is_done():
                _train(folder, Events(folder.events, echo=echo), stop, began)
    except Stopped:
        raise
    except Exception as error:
        failure = failures.of(error)
        _tell(folder, failure, echo)
        raise failure from error


def _train(folder: RunFolder, events: Events, stop: Stop, began: float) -> None:
    settings = folder.settings()
    material = _material(folder.rows(settings), settings)
    plan = _planned(folder, settings, material)
    checkpoints = Checkpoints(folder.checkpoints)
    before = checkpoints.state()
    events.started(device=_device(plan), resumed_from_step=before.get("step"))
    watch = Watch(events, Progress(events), stop, checkpoints)
    work = _work(folder, settings, plan, material, watch, began)
    for said in [plan.why, *plan.beware, *_resumed(before)]:
        events.note(said)
    watch.progress.stage("baseline", until=0.1)
    baseline, baseline_seconds = _baseline(work)
    watch.progress.stage("training", until=0.85)
    learned = baseline if plan.method == "classical" else _method(work, plan.method)(work)
    watch.progress.stage("evaluating", until=0.95)
    verdict = judging.judge(work, learned, baseline, baseline_seconds=baseline_seconds)
    watch.progress.stage("exporting", until=1.0)
    seconds = time.monotonic() - began + before.get("seconds", 0.0)
    _leave(work, learned, verdict, results.result(work, learned, verdict, seconds=seconds))
    events.write("finished")
    checkpoints.clear()


def _material(rows: Sequence[Row], settings: Settings) -> Material:
    """Rows by split. Raises Failure where they cannot teach anything."""
    task = TASKS[settings.task]
    train = [row for row in rows if row["split"] == "train"]
    seen = {label for row in train for label in task.answer.labels_of(row["answer"])}
    return Material(
        task=task,
        labels=tuple(label for label in settings.labels if label in seen),
        train=train,
        validation=[row for row in rows if row["split"] == "validation"],
        test=[row for row in rows if row["split"] == "test"],
        left_out=settings.left_out,
    )


def _planned(folder: RunFolder, settings: Settings, material: Material) -> Plan:
    """The plan of an earlier attempt, else a new one."""
    planning.check(settings, material.task, len(material.train), material.by_label)
    decided = folder.decided().get("plan")
    if decided is not None:
        return Plan.restored(decided)
    plan = planning.plan(settings, material.task, material.texts, material.by_label)
    folder.decide(plan=asdict(plan))
    return plan


def _work(
    folder: RunFolder,
    settings: Settings,
    plan: Plan,
    material: Material,
    watch: Watch,
    began: float,
) -> Work:
    local = Path(settings.base_models_folder) if settings.base_models_folder else None
    return Work(
        task=TASKS[settings.task],
        labels=settings.labels,
        plan=plan,
        effort=EFFORTS[settings.effort],
        base=by_name(plan.base_model, local) if plan.base_model else None,
        material=material,
        hyperparameters=hyperparameters.parse(settings.hyperparameters),
        seed=settings.seed,
        folder=folder,
        watch=watch,
        began=began,
    )


def _resumed(before: Mapping[str, Any]) -> list[Said]:
    step = before.get("step")
    return [] if step is None else [Said("went-on", {"step": step})]


def _device(plan: Plan) -> str:
    if plan.base_model is None:
        return "CPU"  # no torch is needed, and none is loaded
    from ml import devices

    devices.use_threads()
    return devices.named()


def _baseline(work: Work) -> tuple[Learned, float]:
    start = time.monotonic()
    learned = _method(work, "classical")(work)
    return learned, time.monotonic() - start


def _method(work: Work, name: str) -> Callable[[Work], Learned]:
    return METHODS[work.task.family][name]


def _leave(work: Work, learned: Learned, verdict: judging.Verdict, result: dict[str, Any]) -> None:
    """The bundle, the test predictions and, last, the result: it says that the run is done."""
    rows = [*verdict.evaluation.rows, *work.material.train][: exporting.COMPARED]
    card = cards.card(result)
    artifact = exporting.export(learned.bundle, work.folder.bundle, rows, card)
    if verdict.split == "test":
        _write_predictions(work.folder.path / PREDICTIONS, verdict.evaluation)
        result["predictions"] = PREDICTIONS
    manifest.write_json(work.folder.result, {**result, "artifacts": [artifact]})


def _write_predictions(file: Path, evaluation: Evaluation) -> None:
    lines = [
        {
            "id": row["id"],
            "gold": row["answer"],
            "answer": one["answer"],
            "confidence": one["confidence"],
            "scores": _highest(one["scores"]),
        }
        for row, one in zip(evaluation.rows, evaluation.predictions, strict=True)
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    manifest.write_text(file, text)


def _highest(scores: Mapping[str, float]) -> dict[str, float]:
    """The labels that came closest; of hundreds, the others are nearly nothing."""
    ordered = sorted(scores.items(), key=lambda one: -one[1])
    return {label: round(score, 6) for label, score in ordered[:SCORES_KEPT]}


def _tell(
    folder: RunFolder,
    failure: failures.Failure,
    echo: Callable[[dict[str, Any]], None] | None,
) -> None:
    try:
        Events(folder.events, echo=echo).failed(failure)
    except OSError:
        return  # a full disk, say: the exit code has to tell it alone
