"""One start of the whole studio, from the checks to the last goodbye."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from studio import home
from studio.running import leftovers, preflight, processes, readiness, servers
from studio.running.placing import Place
from studio.running.supervision import CannotStart, InterruptedStart, Supervisor

_READY_WITHIN = 180.0


def run(*, servers_only: bool) -> None:
    """Run until somebody asks to stop. Raises `CannotStart` with a sentence."""
    os.environ["STUDIO_HOME"] = str(home.home())
    run_folder = home.subfolder("run")
    preflight.writable(run_folder)
    status = run_folder / "processes.json"
    with _alone():
        ended = leftovers.stop(status)
        supervisor = Supervisor(home.subfolder("logs"), status)
        if ended:
            supervisor.say(f"Ended what an earlier start had left running: {', '.join(ended)}.")
        try:
            _start(supervisor, servers_only=servers_only)
            supervisor.forever()
        except InterruptedStart:
            pass
        finally:
            _stop(supervisor)


def _start(supervisor: Supervisor, *, servers_only: bool) -> None:
    began = time.monotonic()
    preflight.check(servers_only=servers_only)
    place = servers.start(supervisor)
    if servers_only:
        supervisor.say(f"The servers are ready ({time.monotonic() - began:.1f} s).")
        return
    _once(supervisor, "migrate", "--noinput")
    who = _once(supervisor, "administrator")
    for program in processes.table():
        supervisor.start(program)
    state = readiness.Readiness()
    try:
        supervisor.wait(state.reached, _READY_WITHIN, "The studio did not get ready")
    except CannotStart as problem:
        raise CannotStart(f"{problem} Last heard: {state.heard}") from problem
    supervisor.say(_welcome(time.monotonic() - began, who, place))


def _once(supervisor: Supervisor, name: str, *arguments: str) -> str:
    """Run a management command to its end; gives the last line that it said."""
    child = supervisor.run(processes.command(name, name, *arguments), 600)
    if child.code != 0:
        said = "\n    ".join(child.log.tail)
        raise CannotStart(f"`manage.py {name}` failed, so the studio did not start:\n    {said}")
    return child.log.tail[-1] if child.log.tail else ""


def _stop(supervisor: Supervisor) -> None:
    if not supervisor.children:
        return
    supervisor.say("Stopping …")
    first = [name for name in supervisor.children if name not in {"postgres", "valkey"}]
    supervisor.stop([first, *servers.STAGES])
    servers.tidy()
    supervisor.say("Stopped.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One supervisor a data folder: two would start everything twice."""
    path = home.subfolder("run") / "up.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            file.seek(0)
            raise CannotStart(
                f"The studio already runs on the data folder {home.home()} ({file.read().strip()}):"
                " use that one, stop it first, or choose another folder with STUDIO_HOME."
            ) from problem
        file.truncate(0)
        file.write(f"process {os.getpid()}, {readiness.web()}")
        file.flush()
        yield


def _welcome(seconds: float, administrator: str, place: Place | None) -> str:
    lines = [
        f"The studio is ready ({seconds:.0f} s).",
        "",
        f"  Open it        {readiness.web()}",
        f"  Predictions    {readiness.predictor()}",
        f"  Administrator  {administrator}",
        f"  Data           {home.home()}",
    ]
    if place and not place.data.is_relative_to(home.home()):
        lines.append(f"  Database       {place.data} (its user cannot enter the data folder)")
    lines += [f"  Logs           {home.home() / 'logs'}", "", "Ctrl-C stops it.", ""]
    return "\n".join(["", *lines])
