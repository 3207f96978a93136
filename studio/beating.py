"""How workers and beat write their heartbeats. Only they load this; pages read studio/beats.py."""

import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from celery.worker import state as now

from studio import beats
from studio.beats import EVERY_SECONDS, Beat


def device() -> str:
    """What a worker computes on, by the slot it was started for."""
    slot = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    return f"GPU {slot}" if slot else f"{os.cpu_count() or 1} CPU"


class Beating(bootsteps.StartStopStep):
    """A step of Celery's consumer: it beats on the loop that takes the jobs, so it cannot beat for
    a worker that takes none."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        queues = sorted(consumer.app.amqp.queues.consume_from)
        self.beat = Beat(consumer.hostname, queues, device=device())
        self._write()
        self.timer = consumer.timer.call_repeatedly(EVERY_SECONDS, self._write)

    def stop(self, consumer: Any) -> None:
        if hasattr(self, "timer"):
            self.timer.cancel()
            _quietly(beats.leave, self.beat.node)

    shutdown = stop

    def _write(self) -> None:
        self.beat.doing = sorted(request.name for request in now.active_requests)
        _quietly(beats.write, self.beat)


class Scheduler(PersistentScheduler):
    """Celery's own timetable, which beats with every look at the clock."""

    node = f"beat@{socket.gethostname()}"

    def tick(self, *args: Any, **kwargs: Any) -> float:
        _quietly(beats.write, Beat(self.node))
        return min(super().tick(*args, **kwargs), EVERY_SECONDS)

    def close(self) -> None:
        _quietly(beats.leave, self.node)
        super().close()


def _quietly(deed: Callable[[Any], None], said: Beat | str) -> None:
    """Without Valkey there is nobody to tell, and the worker has greater worries."""
    with contextlib.suppress(*beats.AWAY):
        deed(said)
