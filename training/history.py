"""Brings what the trainer says into the database: measurements, progress, notes, its last words."""

from datetime import datetime
from typing import Any

from training.folder import Events
from training.models import Measurement, Run


class Recorder:
    """Reads a run's events from the start; a measurement that is there already is replaced."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.events = Events(run)
        self.failure: dict[str, Any] | None = None
        self.notes: list[str] = []
        self.said: list[dict[str, Any]] = []  # the same as codes with values

    def read(self) -> None:
        """Record what came since the last call, under the run's lease. Raises LeaseLost."""
        before = self.events.offset
        fresh = list(self.events.new())
        if not fresh:
            return
        try:
            self._record(fresh)
        except Exception:
            self.events.offset = before  # read it again once the database answers
            raise

    def _record(self, fresh: list[dict[str, Any]]) -> None:
        changes: dict[str, Any] = {}
        for event in fresh:
            changes |= self._change(event)
        if changes:
            self.run.write(**changes)
        points = {(p.step, p.name): p for p in map(self._point, fresh) if p is not None}
        Measurement.objects.bulk_create(
            points.values(),
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["run", "step", "name"],
            update_fields=["epoch", "value", "at"],
        )

    def _change(self, event: dict[str, Any]) -> dict[str, Any]:
        kind = event.get("kind")
        if kind == "progress":
            return {
                "progress": min(0.99, float(event.get("progress") or 0)),
                "eta_seconds": event.get("eta_seconds"),
                "stage": str(event.get("stage") or "")[:50],
            }
        if kind == "started":
            self.failure = None
            return {"device": str(event.get("device") or "")[:50]}
        if kind == "note" and event.get("text") not in self.notes:
            self.notes.append(str(event["text"]))
            self.said.append({"code": event.get("code", ""), "values": event.get("values", {})})
            return {"notes": self.notes, "notes_said": self.said}
        if kind == "failed":
            self.failure = event
        return {}

    def _point(self, event: dict[str, Any]) -> Measurement | None:
        if event.get("kind") != "metric":
            return None
        return Measurement(
            run=self.run,
            step=event["step"],
            epoch=event.get("epoch"),
            name=str(event["name"])[:50],
            value=event.get("value"),
            at=datetime.fromisoformat(event["at"]),
        )
