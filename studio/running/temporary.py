"""A whole studio on a fresh data folder and free ports, for a while: for `make loop` and tests."""

import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.home import REPOSITORY
from studio.running.children import die_with_parent

_OURS = ("DATABASE_URL", "BROKER_URL", "STUDIO_URL", "PREDICTOR_URL", "SECRET_KEY", "HOST")


class DidNotStart(Exception):
    """The studio ended, or did not answer in time; the message holds what it said."""


@dataclass
class TemporaryStudio:
    """A studio that `manage.py up` runs as anywhere else; only its place is temporary."""

    folder: Path
    port: int
    predictor_port: int
    email: str
    password: str
    extra: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def predictor_url(self) -> str:
        return f"http://127.0.0.1:{self.predictor_port}"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def said(self) -> str:
        """What the supervisor wrote to its terminal so far."""
        return self._terminal.read_text(encoding="utf-8", errors="replace")

    @property
    def _terminal(self) -> Path:
        return self.folder / "terminal.txt"

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in _OURS}
        return {
            **ours,
            "STUDIO_HOME": str(self.home),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PREDICTOR_PORT": str(self.predictor_port),
            "STUDIO_ADMIN_EMAIL": self.email,
            "STUDIO_ADMIN_PASSWORD": self.password,
            **self.extra,
        }

    def start(self, *arguments: str, within: float = 240.0) -> None:
        """Start it, and wait until it says of itself that it is ready."""
        ours = os.getpid()
        with self._terminal.open("wb") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *arguments],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(ours, signal.SIGTERM),  # however we end
            )
        until = time.monotonic() + within
        while " ready (" not in self.said:
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise DidNotStart(f"The studio did not start:\n{self.said}")
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether all its parts answer now."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:  # an HTTPError is one, too
            return False

    def stop(self) -> int:
        """Ask it to stop, as Ctrl-C does; gives its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def log(self, name: str) -> str:
        """The end of one process's log."""
        path = self.home / "logs" / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace")[-4000:]

    def processes(self) -> dict[str, int]:
        """The process id of each part that runs now, by name."""
        status = json.loads((self.home / "run/processes.json").read_text(encoding="utf-8"))
        return {name: entry["pid"] for name, entry in status.items() if entry["pid"]}

    def kill(self, name: str) -> int:
        """`kill -9` one part; gives the process id that is no more."""
        number = self.processes()[name]
        os.kill(number, signal.SIGKILL)
        return number


@contextlib.contextmanager
def folder(below: Path | None = None) -> Iterator[Path]:
    """A temporary folder that the servers' own user may pass through, when root runs us."""
    path = Path(tempfile.mkdtemp(prefix="studio-", dir=below))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Of those that no outgoing connection is given meanwhile (on Linux: 32768 and above)."""
    found: list[int] = []
    while len(found) < count:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            found = [*found, *({port} - set(found))]
    return found


def at(place: Path, **extra: str) -> TemporaryStudio:
    """A studio in that folder, on free ports, not started yet."""
    port, predictor_port = free_ports(2)
    password = secrets.token_urlsafe(16)
    return TemporaryStudio(
        place, port, predictor_port, "administrator@example.org", password, extra
    )


@contextlib.contextmanager
def running(**extra: str) -> Iterator[TemporaryStudio]:
    """A started studio; stopped, and its folder removed, whatever happens inside."""
    with folder() as place:
        studio = at(place, **extra)
        try:
            studio.start()
            yield studio
        finally:
            studio.stop()
