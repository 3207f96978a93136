"""`manage.py up`, whole: it starts, keeps its data, restarts what dies, and leaves nothing."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from studio import home
from studio.loop.client import Client
from studio.running import temporary

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("up")]
NAMES = {
    *("postgres", "valkey", "web", "predictor", "beat"),
    *("worker-control", "worker-default", "worker-background", "worker-train"),
}


@pytest.fixture(scope="module")
def studio():
    with temporary.folder() as place:
        blank = place / "with a blank"
        blank.mkdir()
        studio = temporary.at(blank)
        studio.start()
        yield studio
        studio.stop()


def log_in(studio):
    asked = {"email": studio.email, "password": studio.password, "name": "test"}
    return Client(studio.url, Client(studio.url).post("/api/v1/tokens/", asked)["token"])


def family(studio):
    supervisor = psutil.Process(studio.process.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def until(condition, within=60):
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.2)


def test_it_starts_every_process_and_the_administrator_can_log_in(studio):
    assert set(studio.processes()) == NAMES
    assert log_in(studio).get("/api/v1/me/")["email"] == studio.email
    assert f"Administrator  {studio.email}" in studio.said


def test_an_operator_can_tell_the_processes_apart_in_ps(studio):
    for name, number in studio.processes().items():
        line = " ".join(psutil.Process(number).cmdline())
        assert name.removeprefix("worker-").replace("web", "studio.wsgi") in line, line


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_is_killed_is_started_again_and_said(studio, name):
    before = studio.kill(name)
    until(lambda: studio.processes().get(name) not in {None, before})
    assert f"{name} ended (killed by signal 9); started again." in studio.said
    until(studio.answers)


def test_a_taken_port_ends_in_one_sentence_and_starts_nothing(studio):
    with temporary.folder() as place:
        other = temporary.at(place)
        other.port = studio.port
        with pytest.raises(temporary.DidNotStart, match=rf"Port {studio.port} on .* is taken by"):
            other.start()
        assert "Traceback" not in other.said
        assert not (other.home / "servers").exists()


def test_ctrl_c_leaves_no_process_and_the_next_start_finds_the_data(studio):
    asked = {"name": "Kept", "task": "text-classification", "labels": ["a", "b"]}
    made = log_in(studio).post("/api/v1/projects/", asked)
    processes = family(studio)
    os.killpg(studio.process.pid, signal.SIGINT)  # as the terminal does: to the whole group
    assert studio.process.wait(90) == 0
    assert psutil.wait_procs(processes, timeout=1)[1] == []
    assert studio.said.endswith("Stopping …\nStopped.\n")

    studio.start()
    assert log_in(studio).get(f"/api/v1/projects/{made['id']}/")["name"] == "Kept"


def test_a_killed_supervisor_takes_its_processes_along_and_the_next_start_is_whole(studio):
    ours = [psutil.Process(number) for name, number in studio.processes().items()]
    everyone = family(studio)[1:]
    studio.process.kill()
    studio.process.wait()
    lasting = psutil.wait_procs(everyone, timeout=20)[1]
    assert {process.name() for process in lasting} <= {"postgres", "valkey-server"}
    studio.start()
    assert psutil.wait_procs(ours, timeout=1)[1] == []
    assert set(studio.processes()) == NAMES
    until(studio.answers)


def _ordinary():
    """A prefix that runs a command as a user without rights, if we have more."""
    if os.getuid() != 0:
        return []
    command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    if not os.stat(sys.executable).st_mode & 0o001 or _below_private(sys.executable):  # noqa: PTH116
        # The interpreter is where only root may look: let this user look, but nothing more.
        command += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return command


def _below_private(path):
    real = os.path.realpath(path)
    parents = [os.path.dirname(real)]  # noqa: PTH120
    while parents[-1] != "/":
        parents.append(os.path.dirname(parents[-1]))  # noqa: PTH120
    return not all(os.stat(parent).st_mode & 0o001 for parent in parents)  # noqa: PTH116


def test_it_runs_as_an_ordinary_user():
    with temporary.folder() as place:
        if os.getuid() == 0:
            import pwd

            nobody = pwd.getpwnam("nobody")
            os.chown(place, nobody.pw_uid, nobody.pw_gid)
        studio = temporary.at(place)
        process = subprocess.Popen(
            [*_ordinary(), sys.executable, "manage.py", "up"],
            cwd=home.REPOSITORY,
            env={**studio.environment, "HOME": str(place)},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            until(lambda: process.poll() is not None or studio.answers(), 240)
            assert process.poll() is None, process.stderr.read()
            owner = psutil.Process(process.pid).uids().real
            assert owner != 0
            for number in studio.processes().values():
                assert psutil.Process(number).uids().real == owner
            assert log_in(studio).get("/api/v1/me/")["email"] == studio.email
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(90) == 0
