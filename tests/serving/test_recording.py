"""An answer that a caller has is in the database, whatever happens next."""

import asyncio
import signal
import socket
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from serving.models import Prediction
from serving.predictor import database
from serving.predictor.callers import Answering, Caller
from serving.predictor.recording import Recorder, Request
from tests.serving import calling
from tests.serving.calling import Process, until

WIN = "win a free prize now"


class Wire:
    """A socket between the predictor and PostgreSQL, which can be cut."""

    def __init__(self, folder: Path) -> None:
        info = connection.connection.info
        self._real = f"{info.host}/.s.PGSQL.{info.port}"
        self._path = folder / f".s.PGSQL.{info.port}"
        self._open: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        self._path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._path))
        self._listening.listen(50)
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def cut(self) -> None:
        # A thread may be waiting in accept(): shutting down wakes it, closing alone does not.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._path.unlink(missing_ok=True)
        for each in self._open:
            each.close() if each.fileno() < 0 else each.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._real)
            self._open += [near, far]
            for here, there in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=[here, there], daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        try:
            while data := here.recv(65536):
                there.sendall(data)
            there.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def test_it_has_recorded_what_it_answered_when_it_is_killed(own_predictor, endpoint, a_caller):
    caller, answered = a_caller(endpoint), []
    for _ in range(5):
        said = caller.predict(WIN, "see you at six").json()
        own_predictor.stop(signal.SIGKILL)
        answered += [each["id"] for each in said["predictions"]]
        own_predictor.start()
    kept = {str(each) for each in Prediction.objects.values_list("pk", flat=True)}
    assert set(answered) <= kept


def working(predictor: Process) -> float:
    """Seconds that it has computed for."""
    assert predictor.child is not None
    return psutil.Process(predictor.child.pid).cpu_times().user


def test_it_answers_what_it_took_before_it_stops(own_predictor, endpoint, a_caller):
    caller, answers = a_caller(endpoint), []
    assert caller.predict(WIN).status_code == 200
    texts = [f"{WIN} {n} " + "word " * 2000 for n in range(256)]
    asking = threading.Thread(target=lambda: answers.append(caller.predict(*texts)))
    before = working(own_predictor)
    asking.start()
    # Stopped while it is at work on the request: to read so much takes it a while.
    until(lambda: working(own_predictor) > before + 0.1, "it is at work")
    own_predictor.stop()
    asking.join()
    assert answers[0].status_code == 200
    assert len(answers[0].json()["predictions"]) == 256
    assert Prediction.objects.count() == 257


def test_without_a_database_it_answers_nothing_and_comes_back(
    endpoint, a_caller, settings, tmp_path
):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not connection.connection.info.host.startswith("/"):
        pytest.fail("This test puts a socket between the predictor and PostgreSQL's own socket.")
    with calling.short_folder() as folder:
        wire = Wire(folder)
        predictor = calling.process(tmp_path)
        parts = conninfo_to_dict(predictor.environment["DATABASE_URL"])
        predictor.environment["DATABASE_URL"] = make_conninfo(**parts | {"host": str(folder)})
        predictor.start()
        settings.PREDICTOR_URL = predictor.url
        caller = a_caller(endpoint)
        assert caller.predict(WIN).status_code == 200
        wire.cut()
        refused = caller.predict(WIN)
        assert refused.status_code == 503, refused.text
        assert int(refused.headers["retry-after"]) >= 1
        assert Prediction.objects.count() == 1
        wire.mend()
        until(lambda: caller.predict(WIN).status_code == 200, "it finds the database again")
        predictor.stop()
    assert Prediction.objects.count() == 2


def test_an_endpoint_erased_under_way_does_not_hurt_its_neighbours(endpoint, a_caller):
    key = a_caller(endpoint) and endpoint.keys.get()
    live = endpoint.running("live")
    release = Answering(live.pk, "live", 100, live.model_version_id, 1, live.model_version.folder)
    task = endpoint.project.kind

    def asked(endpoint_id: UUID) -> Request:
        caller = Caller(key.pk, None, endpoint_id, "slug", task, True, {})
        made = Request(caller, release, [{"text": WIN}], time.perf_counter())
        made.give(made.take(1), [{"answer": {"label": "ham"}, "confidence": 1.0, "scores": {}}])
        return made

    async def inside() -> list:
        pool = database.pool()
        await pool.open()
        recorder = Recorder(pool)
        requests = [asked(endpoint.pk), asked(uuid4()), asked(endpoint.pk)]
        written = await asyncio.gather(*map(recorder.record, requests), return_exceptions=True)
        await pool.close()
        return written

    first, erased, last = asyncio.run(inside())
    assert (first, last) == (None, None)
    assert erased.status == 404
    assert Prediction.objects.count() == 2
