"""The supervisor, on small real programs: it restarts, says so, and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from studio.running import leftovers
from studio.running.children import Program
from studio.running.logs import LIMIT, Log
from studio.running.supervision import CannotStart, Supervisor

SLEEP = "import time; time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); "


@pytest.fixture
def supervisor(tmp_path):
    numbers = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json")
    yield supervisor
    supervisor.signals = 2
    supervisor.stop([])
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def program(folder, name, code, **more):
    return Program(name=name, command=(sys.executable, "-c", code), folder=folder, **more)


def kill(child):
    os.kill(child.process.pid, signal.SIGKILL)


def test_what_dies_is_started_again_and_said(supervisor, tmp_path, capsys):
    child = supervisor.start(program(tmp_path, "sleeper", SLEEP))
    first = child.process.pid
    kill(child)
    supervisor.wait(lambda: child.restarts == 1, 10, "no restart")
    assert child.process.pid != first
    assert "sleeper ended (killed by signal 9); started again." in capsys.readouterr().err
    recorded = json.loads((tmp_path / "processes.json").read_text())["sleeper"]
    assert recorded["pid"] == child.process.pid
    assert recorded["restarts"] == 1


def test_what_keeps_dying_is_said_loudly_with_the_end_of_its_log(supervisor, tmp_path, capsys):
    child = supervisor.start(program(tmp_path, "broken", "raise SystemExit('no such thing')"))
    supervisor.wait(lambda: len(child.deaths) == 5, 60, "it lives")
    said = capsys.readouterr().err
    assert "broken ended 5 times within a minute (the last time: exit code 1)" in said
    assert "next try in 30 seconds" in said
    assert "    no such thing" in said


def test_a_program_that_cannot_be_started_again_does_not_end_the_others(
    supervisor, tmp_path, capsys
):
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    child = supervisor.start(Program("gone", (str(link), "-c", SLEEP), tmp_path))
    other = supervisor.start(program(tmp_path, "other", SLEEP))
    link.unlink()
    kill(child)
    supervisor.wait(lambda: child.restarts > 1, 10, "not tried again")
    assert "gone cannot start" in capsys.readouterr().err
    assert other.alive


def test_it_stops_stage_after_stage(supervisor, tmp_path):
    code = (
        "import signal, sys, time, pathlib\n"
        "def end(*_):\n"
        "    time.sleep(0.3); open('order', 'a').write(sys.argv[1] + ' '); sys.exit()\n"
        "signal.signal(15, end); open('ready-' + sys.argv[1], 'w').close(); time.sleep(600)"
    )
    for name in ("database", "web", "worker"):
        supervisor.start(Program(name, (sys.executable, "-c", code, name), tmp_path))
    ready = [tmp_path / f"ready-{name}" for name in ("database", "web", "worker")]
    supervisor.wait(lambda: all(path.exists() for path in ready), 20, "not ready")
    supervisor.stop([["web", "worker"], ["database"]])
    *first, last = (tmp_path / "order").read_text().split()
    assert sorted(first) == ["web", "worker"]
    assert last == "database"
    assert not (tmp_path / "processes.json").exists()


def test_what_does_not_listen_is_killed_after_its_grace_with_its_children(supervisor, tmp_path):
    code = DEAF + "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    command = (sys.executable, "-c", code, SLEEP)
    child = supervisor.start(Program("deaf", command, tmp_path, grace=0.5))
    process = psutil.Process(child.process.pid)
    supervisor.wait(lambda: bool(process.children()), 20, "no grandchild")
    family = [process, *process.children()]
    supervisor.stop([["deaf"]])
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_a_second_signal_makes_it_short(supervisor, tmp_path):
    code = DEAF + "time.sleep(600)"
    child = supervisor.start(program(tmp_path, "deaf", code, grace=600.0))
    supervisor.wait(lambda: "deaf" in child.log.tail, 20, "not ready")
    supervisor.signals = 2
    began = time.monotonic()
    supervisor.stop([["deaf"]])
    assert time.monotonic() - began < 60


def test_waiting_in_vain_ends_in_a_sentence(supervisor):
    with pytest.raises(CannotStart, match="The moon did not rise within 0 seconds"):
        supervisor.wait(lambda: False, 0.2, "The moon did not rise")


def test_what_a_dead_process_left_in_its_group_dies_too(supervisor, tmp_path):
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    child = supervisor.start(Program("parent", (sys.executable, "-c", code, SLEEP), tmp_path))
    process = psutil.Process(child.process.pid)
    supervisor.wait(lambda: bool(process.children()), 20, "no grandchild")
    orphans = process.children()
    kill(child)
    supervisor.wait(lambda: child.restarts == 1, 10, "no restart")
    assert psutil.wait_procs(orphans, timeout=10)[1] == []


def test_what_a_killed_supervisor_left_is_ended_and_a_stranger_with_its_number_is_not(tmp_path):
    command = [sys.executable, "-c", SLEEP]
    left, stranger = (subprocess.Popen(command, start_new_session=True) for _ in range(2))
    born = psutil.Process(left.pid).create_time()
    record = {
        "left": {"pid": left.pid, "born": born, "ends_by": "SIGTERM"},
        "other": {"pid": stranger.pid, "born": 1.0, "ends_by": "SIGTERM"},
    }
    (tmp_path / "processes.json").write_text(json.dumps(record))
    try:
        assert leftovers.stop(tmp_path / "processes.json") == ["left"]
        assert not psutil.pid_exists(left.pid)
        assert stranger.poll() is None
    finally:
        for process in (left, stranger):
            process.kill()
            process.wait()


def test_a_log_stays_within_its_bounds(tmp_path):
    log = Log(tmp_path, "chatty", None)
    for _ in range(30):
        log.write(b"x" * (LIMIT // 10) + b"\n")
    log.close()
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == 2
    assert sum(sizes) <= 2.5 * LIMIT


def test_a_warning_reaches_the_terminal_and_a_flood_of_them_does_not(tmp_path, capsys):
    log = Log(tmp_path, "web", sys.stderr)
    log.write(b"2026 INFO all is well\n2026 WARN")
    log.write(b"ING disk is slow\n" + b"2026 ERROR again\n" * 100)
    log.close()
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == "web | 2026 WARNING disk is slow"
    assert len(shown) == 8
