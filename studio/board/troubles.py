"""What is wrong, in words, each with its remedy. Where nothing is, nothing is said."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from studio.beats import Pulse
from studio.board.storage import Storage
from studio.board.traffic import Traffic
from studio.board.work import Queue
from studio.board.workers import Worker


@dataclass
class Trouble:
    """What is wrong, and what to do."""

    what: str
    remedy: str


def of_processes(pulse: Pulse | None, workers: list[Worker]) -> list[Trouble]:
    if pulse is None:
        what = _("Valkey does not answer, so nobody knows who works and what waits.")
        return [Trouble(what, _("Is it running, is BROKER_URL right? Its log is logs/valkey.log."))]
    return [_of_process(worker) for worker in workers if not worker.alive]


def _of_process(worker: Worker) -> Trouble:
    if worker.name == "predictor":
        log, what = "predictor", _("The predictor does not answer: callers of endpoints get none.")
    elif worker.name == "beat":
        log, what = "beat", _("Nothing keeps the timetable: beat is silent.")
    else:
        log = f"worker-{worker.name}"
        what = _("No worker for “%(queue)s” answers: its work waits.") % {"queue": worker.name}
    remedy = _("Start it with “make run”. If it runs already, logs/%(log)s.log says why.")
    return Trouble(what, remedy % {"log": log})


def of_queues(queues: list[Queue]) -> list[Trouble]:
    what = _("The oldest upload has waited for %(age)s.")
    remedy = _("Other work is before it. More slots: start another worker for “default”.")
    return [Trouble(what % {"age": queue.age}, remedy) for queue in queues if queue.late]


def of_endpoints(endpoints: list[Traffic]) -> list[Trouble]:
    what = _("A release of “%(endpoint)s” is damaged: %(problem)s")
    remedy = _("Roll the endpoint back, or publish the version again.")
    return [
        Trouble(
            what % {"endpoint": each.endpoint.slug, "problem": release.readiness.problem}, remedy
        )
        for each in endpoints
        for release in each.damaged
    ]


def of_storage(storage: Storage) -> list[Trouble]:
    if not storage.scarce:
        return []
    what = _("Only %(percent)s %% of the disk is free.") % {"percent": storage.percent_free}
    return [
        Trouble(what, _("Delete projects that nobody needs, or give the studio a larger disk."))
    ]
