"""How a trainer ends when it is told to, or when nobody is left to hear from it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import threading

ORPHANED = 70  # the exit code when the supervisor is gone
TERMINATED = 143  # the exit code when the run was stopped from outside
GRACE = 4.0  # seconds to finish a step and save it


class Stopped(Exception):
    """The run was told to stop, and its work is saved."""


class Stop:
    """Whether the run was told to stop. Work that can be saved says so by `saving`."""

    def __init__(self) -> None:
        self.requested = False
        self.saving = False  # a loop runs that will notice, save and leave


def end_on_sigterm(stop: Stop) -> None:
    """On SIGTERM ask the loop to save and end; end at once if there is nothing to save.

    The signal is passed on to a thread, because the main one may be deep in a long computation.
    """
    heard, told = socket.socketpair()
    told.settimeout(0)  # never waits
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    threading.Thread(target=_await_sigterm, args=(heard, told, stop), daemon=True).start()


def end_when_orphaned() -> None:
    """If stdin is a pipe, end when its other end closes: the supervisor died."""
    kind = os.fstat(sys.stdin.fileno()).st_mode
    if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
        threading.Thread(
            target=_await_end_of_stdin, args=(sys.stdin.fileno(),), daemon=True
        ).start()


def _await_sigterm(heard: socket.socket, _told: socket.socket, stop: Stop) -> None:
    while signal.SIGTERM not in heard.recv(16):
        pass  # another signal: its own handler sees to it
    stop.requested = True
    if stop.saving:
        threading.Event().wait(GRACE)
    os._exit(TERMINATED)


def _await_end_of_stdin(handle: int) -> None:
    while os.read(handle, 1024):
        pass
    os._exit(ORPHANED)
