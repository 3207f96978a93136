"""How a trainer ends when it is told to, or when nobody is left to hear from it."""

from __future__ import annotations

import os
import signal
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

    A thread waits for the signal, because the main thread may be deep in a long computation.
    To be called before any other thread starts, so that all leave the signal to this one.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    threading.Thread(target=_await_sigterm, args=(stop,), daemon=True).start()


def end_when_orphaned() -> None:
    """If stdin is a pipe, end when its other end closes: the supervisor died."""
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        threading.Thread(
            target=_await_end_of_stdin, args=(sys.stdin.fileno(),), daemon=True
        ).start()


def _await_sigterm(stop: Stop) -> None:
    signal.sigwait({signal.SIGTERM})
    stop.requested = True
    if stop.saving:
        threading.Event().wait(GRACE)
    os._exit(TERMINATED)


def _await_end_of_stdin(handle: int) -> None:
    while os.read(handle, 1024):
        pass
    os._exit(ORPHANED)
