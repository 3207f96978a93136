"""The predictor as callers meet it: a process of its own, reached over HTTP."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from django.conf import settings
from psycopg.conninfo import make_conninfo

from studio.running import temporary

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def short_folder() -> Iterator[Path]:
    """For a socket, whose path may have 107 characters."""
    with tempfile.TemporaryDirectory(prefix="wire-") as name:
        yield Path(name)


def test_database() -> str:
    """How another process reaches the database of this test."""
    said = settings.DATABASES["default"]
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    named |= {"host": "HOST", "port": "PORT"}
    return make_conninfo(**{libpq: str(said[ours]) for libpq, ours in named.items() if said[ours]})


def until(true: Callable[[], object], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


@dataclass
class Process:
    """A running predictor."""

    port: int
    log: Path
    environment: dict[str, str]
    child: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Process":
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "serving.predictor"],
                cwd=REPOSITORY,
                env={**os.environ, **self.environment, "PREDICTOR_PORT": str(self.port)},
                stdout=log,
                stderr=log,
            )
        until(self.answers, "the predictor answers /healthz", 60)
        return self

    def answers(self) -> bool:
        assert self.child is not None
        assert self.child.poll() is None, self.log.read_text()
        try:
            # To load certificates takes forty times as long as to ask, and none is needed.
            return httpx.get(f"{self.url}/healthz", verify=False).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.child is not None
        self.child.send_signal(sign)
        return self.child.wait(30)


def process(folder: Path) -> Process:
    environment = {"DATABASE_URL": test_database(), "STUDIO_HOME": str(settings.STUDIO_HOME)}
    return Process(temporary.free_ports(1)[0], folder / "predictor.log", environment)


@dataclass
class Caller:
    """Someone with a key for an endpoint."""

    url: str
    key: str
    client: httpx.Client

    def predict(self, *texts: str) -> httpx.Response:
        return self.send({"inputs": [{"text": text} for text in texts]})

    def send(self, body: object, path: str = "predict") -> httpx.Response:
        return self.client.post(f"{self.url}/{path}", json=body, headers=self.headers)

    def feedback(self, prediction: str, correct: bool, **more: object) -> httpx.Response:
        return self.send({"prediction_id": prediction, "correct": correct, **more}, "feedback")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}
