"""One loop that keeps processes running: starts, listens, restarts what dies, stops all in order.

Knows nothing of what the processes are. Runs in the main thread alone: Linux ties "die with your
parent" to the thread that forked, and a fork among threads is a trap.
"""

import contextlib
import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.home import write_aside
from studio.running.children import OFTEN, Child, Program
from studio.running.logs import Log


class InterruptedStart(Exception):
    """A signal came while we waited for something else."""


class CannotStart(Exception):
    """Something could not be started; the message is a sentence for the terminal."""


class Supervisor:
    """Everything that runs, by name."""

    def __init__(self, logs: Path, status: Path) -> None:
        self.logs = logs
        self.status = status
        self.children: dict[str, Child] = {}
        self.signals = 0
        self._signalled = 0.0
        self._selector = selectors.DefaultSelector()
        self._wake, waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(waker, False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        self._listen_to_signals()

    def _listen_to_signals(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake up
        signal.signal(signal.SIGINT, self._asked_to_stop)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: stay
            signal.signal(signal.SIGHUP, self._asked_to_stop)

    def _asked_to_stop(self, *_: object) -> None:
        now = time.monotonic()
        if now - self._signalled > 1.0:  # `make` passes a signal on that we also got ourselves
            self.signals += 1
            self._signalled = now

    def say(self, sentence: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may be gone; the work is not
            sys.stderr.write(f"{sentence}\n")
            sys.stderr.flush()

    def start(self, program: Program) -> Child:
        """Start a program, and again whenever it ends."""
        terminal = None if program.quiet else sys.stderr
        child = Child(program, Log(self.logs, program.name, terminal))
        self.children[program.name] = child
        self._launch(child)
        return child

    def _launch(self, child: Child) -> None:
        child.start()
        assert child.pipe is not None  # noqa: S101
        self._selector.register(child.pipe, selectors.EVENT_READ, child)
        self._record()

    def _start_again(self, child: Child) -> None:
        child.restarts += 1
        try:
            self._launch(child)
        except OSError as problem:  # its program is gone, or there is no memory for it
            wait = child.plan_next()
            self.say(f"{child.program.name} cannot start ({problem}); again in {wait:.0f} s.")

    def run(self, program: Program, timeout: float) -> Child:
        """Run a program to its end, listening to everything meanwhile."""
        child = self.start(program)
        child.once = True
        self.wait(lambda: not child.alive, timeout, f"`{program.name}` did not end")
        del self.children[program.name]
        child.log.close()
        return child

    def wait(self, condition: Callable[[], bool], timeout: float, otherwise: str) -> None:
        """Go on until the condition holds. Raises `CannotStart` after `timeout` seconds."""
        until = time.monotonic() + timeout
        while not condition():
            if self.signals:
                raise InterruptedStart
            if time.monotonic() > until:
                raise CannotStart(f"{otherwise} within {timeout:.0f} seconds: see {self.logs}.")
            self.turn(0.1)

    def forever(self) -> None:
        """Until somebody asks us to stop."""
        while not self.signals:
            self.turn(1.0)

    def turn(self, timeout: float) -> None:
        """Listen once to whoever speaks, note who ended, start again whose time has come."""
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                os.read(self._wake, 4096)
            else:
                self._hear(key.data)
        for child in list(self.children.values()):
            if child.process and child.process.poll() is not None:
                self._ended(child)
            elif child.again_at and time.monotonic() >= child.again_at:
                self._start_again(child)

    def _hear(self, child: Child) -> bool:
        said = child.read()
        if said:
            child.log.write(said)
        elif said is not None:
            self._hang_up(child)
        return bool(said)

    def _hang_up(self, child: Child) -> None:
        if child.pipe:
            self._selector.unregister(child.pipe)
            child.pipe.close()
            child.pipe = None

    def _ended(self, child: Child) -> None:
        how = child.bury()
        while self._hear(child):
            pass
        self._hang_up(child)
        if child.once:
            return
        wait = child.plan_next()
        self._record()
        if len(child.deaths) < OFTEN:
            self.say(f"{child.program.name} ended ({how}); started again.")
            return
        self.say(
            f"{child.program.name} ended {OFTEN} times within a minute (the last time: {how}); "
            f"next try in {wait:.0f} seconds. Its log {child.log.path} ends with:"
        )
        for line in child.log.tail:
            self.say(f"    {line}")

    def stop(self, stages: Sequence[Sequence[str]]) -> None:
        """End everything, stage after stage; a further Ctrl-C makes it short."""
        for names in stages:
            self._stop([self.children[name] for name in names if name in self.children])
        self._stop(list(self.children.values()))
        self.status.unlink(missing_ok=True)

    def _stop(self, children: Sequence[Child]) -> None:
        for child in children:
            child.ask_to_end()
        began = time.monotonic()
        while waited_for := [child for child in children if child.alive]:
            for child in waited_for:
                if self.signals > 1 or time.monotonic() - began > child.program.grace:
                    child.end_at_once()
            self.turn(0.1)
        for child in children:
            child.log.close()
            self.children.pop(child.program.name, None)

    def _record(self) -> None:
        """Write down who runs, for operators and for the next start."""
        running = {name: child.described() for name, child in self.children.items()}
        write_aside(self.status, json.dumps(running, indent=1))
