"""The studio's own processes, as in the table of docs/operating.md: which command is which."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from studio import home
from studio.running.children import Program

# A page mostly waits for PostgreSQL, so more threads than cores; as many as studio/wsgi.py pools.
_WEB_THREADS = "16"


def table() -> list[Program]:
    """Every process but the servers, with what the environment says about it."""
    return [web(), predictor(), beat(), *workers()]


def web() -> Program:
    host, port = listening("PORT", 8000)
    return _python(
        "web",
        *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", _WEB_THREADS),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws"),
        # Granian finds that many threads unusual and says so at every start; what the studio itself
        # logs is not silenced by it.
        *("--log-level", "error", "studio.wsgi:application"),
        # Only the web keeps a pool: its threads share connections, while a worker opens one a job.
        environment={"DATABASE_POOL": os.environ.get("DATABASE_POOL", _WEB_THREADS)},
    )


def predictor() -> Program:
    return _python("predictor", "-m", "serving.predictor")


def beat() -> Program:
    schedule = home.subfolder("run") / "beat-schedule"
    return _python("beat", *_celery("beat"), "--schedule", str(schedule))


def workers() -> list[Program]:
    """One worker per kind of work, so that no kind waits behind another."""
    return [
        _worker("control", "-P", "solo"),
        _worker("default", "-c", "2"),
        _worker("background", "-c", "1", niceness=19),
        *(_trainer(slot, len(slots)) for slots in [training_slots()] for slot in slots),
    ]


def training_slots() -> list[str | None]:
    """One slot a GPU, by its number; one that names none on a machine without."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return [gpu.strip() for gpu in given.split(",") if gpu.strip()] or [None]
    program = shutil.which("nvidia-smi")
    if program is None:
        return [None]
    listed = subprocess.run([program, "--list-gpus"], capture_output=True, text=True, timeout=60)
    count = sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
    return [str(number) for number in range(count)] or [None]


def _trainer(gpu: str | None, slots: int) -> Program:
    """A run is one child process of this worker; the worker itself only watches it."""
    name = "train" if slots == 1 else f"train-{gpu}"
    environment = {} if gpu is None else {"CUDA_VISIBLE_DEVICES": gpu}
    options = ("-P", "threads", "-c", "1", "--prefetch-multiplier", "1")
    return _worker(name, *options, queue="train", environment=environment)


def _worker(
    name: str,
    *options: str,
    queue: str | None = None,
    niceness: int = 0,
    environment: Mapping[str, str] | None = None,
) -> Program:
    return _python(
        f"worker-{name}",
        *_celery("worker"),
        *("-Q", queue or name, *options, "-n", f"{name}@%h"),
        *("--without-mingle", "--without-gossip"),
        niceness=niceness,
        environment=environment,
        # "Finish your tasks first" is no answer when nobody is left to end what takes too long.
        orphaned_by=signal.SIGKILL,
    )


def command(name: str, *arguments: str) -> Program:
    """A management command, run once."""
    return _python(name, "manage.py", *arguments)


def listening(name: str, default: int) -> tuple[str, int]:
    """Where a process listens, from HOST and the variable that names its port."""
    return os.environ.get("HOST") or "127.0.0.1", home.port(name, default)


def _celery(part: str) -> tuple[str, ...]:
    # Django's checks were made by `migrate` a moment ago; here they would load every page as well.
    quick = ("--quiet", "--skip-checks")
    return ("-m", "celery", *quick, "-A", "studio", part, "-l", "WARNING")


def _python(
    name: str,
    *arguments: str,
    niceness: int = 0,
    environment: Mapping[str, str] | None = None,
    orphaned_by: signal.Signals = signal.SIGTERM,
) -> Program:
    return Program(
        name=name,
        command=(sys.executable, *arguments),
        folder=Path(home.REPOSITORY),
        environment={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        niceness=niceness,
        orphaned_by=orphaned_by,
    )
