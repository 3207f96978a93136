"""Watches over one run: starts its trainer, reads back what it says, and knows when to let go.

The run's row is the truth. Every write carries the token of this claim; the moment a write is
refused, or the lease ends with the database out of reach, the trainer is stopped.
"""

import threading
import time
from typing import Any

from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.models import Max

from projects.leases import HEARTBEAT, LEASE, MAX_ATTEMPTS, LeaseLost, State
from projects.models import Project
from training import answered, folder, forgetting, snapshots, suspects, turns
from training.history import Recorder
from training.models import ModelVersion, Run
from training.trainer import Trainer

TICK_SECONDS = 0.5
STOPPED_TITLE = "The training was stopped three times."
STOPPED_HINT = (
    "Most likely the machine ran out of memory. Try a smaller batch size, shorter texts or the "
    "effort “quick”, or run fewer things beside it."
)
NOTHING_TITLE = "There is nothing to learn from."
# What training/wording.py has the words for.
STOPPED = {"code": "stopped", "values": {}}
NOTHING = {"code": "nothing-to-freeze", "values": {}}
# Set when the worker is asked to end: the run goes back to the queue with its checkpoint.
ending = threading.Event()


def supervise(run: Run) -> bool:
    """Carry a claimed run to its end. True if it went back to the queue and must be rung again."""
    try:
        _freeze(run)
        trainer = Trainer(run)
    except snapshots.LabelsMoving:
        run.give_back(counted=False)  # it is rung again in a while
        return False
    except snapshots.NothingToFreeze as problem:
        _fail(run, NOTHING_TITLE, str(problem), NOTHING)
        return False
    except LeaseLost:
        return False
    try:
        return _Watch(run, trainer).until_the_end()
    except LeaseLost:
        return False  # another worker owns the run; ours is already stopped
    finally:
        trainer.close()


def _freeze(run: Run) -> None:
    if run.snapshot is None:
        run.snapshot = snapshots.freeze(run.project, run.created_by)
        run.write(snapshot=run.snapshot)
    folder.prepare(run, run.snapshot)
    run.breathe()


class _Watch:
    """The loop around one trainer."""

    def __init__(self, run: Run, trainer: Trainer) -> None:
        self.run, self.trainer = run, trainer
        self.recorder = Recorder(run)
        self.breathed = time.monotonic()

    def until_the_end(self) -> bool:
        while (code := self.trainer.ended()) is None:
            if ending.wait(TICK_SECONDS):
                return self._hand_back()
            if self._reached(self._look):
                self.trainer.stop()
                self.recorder.read()
                self.run.finish(State.CANCELLED, eta_seconds=None)
                return False
        # The last words, and the end itself, wait for a database that is away.
        while True:
            try:
                self.recorder.read()
                return self._ended(code)
            except OperationalError:
                self._away()

    def _reached(self, deed: Any) -> Any:
        """Do something in the database; while it is away, hold on as long as the lease."""
        try:
            return deed()
        except OperationalError:
            self._away()
            return None

    def _away(self) -> None:
        connection.close()
        if time.monotonic() - self.breathed > LEASE.total_seconds():
            self.trainer.stop()
            raise LeaseLost
        time.sleep(TICK_SECONDS)

    def _look(self) -> bool:
        """Pass on what is new, breathe if it is time. True if someone wants the run to stop."""
        close_old_connections()
        self.recorder.read()
        if time.monotonic() - self.breathed > HEARTBEAT.total_seconds():
            asked = time.monotonic()
            self.run.breathe()
            self.breathed = asked
        wanted = self.run.mine.values_list("cancel_requested", flat=True).first()
        if wanted is None:
            self.trainer.stop()
            raise LeaseLost
        return wanted

    def _hand_back(self) -> bool:
        """The worker is ending in good order: keep a checkpoint, let another one go on."""
        self.trainer.stop()
        self.recorder.read()
        self.run.give_back(counted=False)
        return True

    def _ended(self, code: int) -> bool:
        forgetting.erased_meanwhile(self.run)
        result = folder.result(self.run)
        if code == 0 and result is not None:
            self.run.breathe()
            answered.keep(self.run, result)  # safe to repeat, so it need not hold the project
            _succeed(self.run, result, turns.measured(self.run))
            return False
        failed = self.recorder.failure
        if failed is not None and (failed.get("permanent") or self.run.attempts >= MAX_ATTEMPTS):
            said = {"code": failed.get("said", ""), "values": failed.get("values", {})}
            _fail(self.run, str(failed.get("title", "")), str(failed.get("hint", "")), said)
            return False
        if self.run.attempts >= MAX_ATTEMPTS:
            _fail(self.run, STOPPED_TITLE, STOPPED_HINT, STOPPED)
            return False
        self.run.give_back(counted=True)
        return True


@transaction.atomic
def _succeed(run: Run, result: dict[str, Any], comparison: dict[str, Any]) -> None:
    """The end of a run and its model version are one fact."""
    Project.objects.select_for_update().get(pk=run.project_id)
    notes, said = _notes(result)
    run.finish(
        State.SUCCEEDED,
        progress=1.0,
        eta_seconds=0,
        device=result["device"],
        metrics=result["metrics"],
        baseline=result["baseline"],
        stage="",
        notes=notes,
        notes_said=said,
        result=result,
    )
    highest = ModelVersion.objects.filter(project=run.project_id).aggregate(n=Max("number"))["n"]
    ModelVersion.objects.create(
        project_id=run.project_id,
        run=run,
        number=(highest or 0) + 1,
        method=result["method"],
        base_model=result["base_model"] or "",
        labels=result["labels"],
        metrics=result["metrics"],
        artifacts=result["artifacts"],
        comparison=comparison,
    )
    suspects.keep(run, result)


def _notes(result: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """What a person should know of the run: first why this method, then what to beware of.

    In English, and as codes with values.
    """
    notes, said = result["notes"], result.get("notes_said", [])
    reason = result.get("method_reason")
    if not reason or reason in notes:
        return notes, said
    return [reason, *notes], [result.get("method_reason_said", {}), *said]


def _fail(run: Run, title: str, hint: str, said: dict[str, Any]) -> None:
    run.finish(
        State.FAILED,
        error_title=title[:300],
        error_hint=hint,
        error_said=said,
        eta_seconds=None,
    )
