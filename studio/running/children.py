"""One supervised process: what it is, how it starts, how it ends. The loop is elsewhere."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import psutil

from studio.running.logs import Log
from studio.running.placing import Account

OFTEN, WINDOW = 5, 60.0  # this many deaths in this many seconds are worth raising the voice
_SLOW_RETRY = 30.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, how: signal.Signals) -> None:
    """Called in a fresh process: Linux sends it that signal when its parent dies, even of -9."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it died in between
            os._exit(1)


@dataclass(frozen=True)
class Program:
    """What to run, and how it wants to be treated."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] | None = None  # None: ours
    account: Account | None = None  # None: ours
    niceness: int = 0
    ends_by: signal.Signals = signal.SIGTERM
    ends_at_once_by: signal.Signals = signal.SIGKILL
    grace: float = 15.0
    # What it gets when the supervisor itself is killed; None: it goes on, the next start ends it.
    orphaned_by: signal.Signals | None = signal.SIGTERM
    before: Callable[[], None] | None = None  # called before every start
    quiet: bool = False  # its warnings are for its log, not for the terminal


@dataclass
class Child:
    """A program while it is supervised, through all its starts."""

    program: Program
    log: Log
    process: subprocess.Popen[bytes] | None = None
    pipe: IO[bytes] | None = None
    born: float = 0.0
    started: str = ""
    restarts: int = 0
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=OFTEN))
    again_at: float | None = None  # on the monotonic clock
    once: bool = False  # it is meant to end
    code: int | None = None
    kills: list[float] = field(default_factory=list)

    def start(self) -> None:
        program = self.program
        if program.before:
            program.before()
        account = program.account
        self.process = subprocess.Popen(
            program.command,
            cwd=program.folder,
            env=program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,  # a Ctrl-C in the terminal is for the supervisor alone
            preexec_fn=self._prepared(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        self.pipe, self.again_at, self.code = self.process.stdout, None, None
        assert self.pipe is not None  # noqa: S101  (we asked for one)
        os.set_blocking(self.pipe.fileno(), False)
        with contextlib.suppress(psutil.NoSuchProcess):
            self.born = psutil.Process(self.process.pid).create_time()
        self.started = datetime.now(UTC).isoformat(timespec="seconds")

    def _prepared(self) -> Callable[[], None] | None:
        """What the fresh process does to itself before it becomes the program."""
        ours, niceness, orphaned_by = os.getpid(), self.program.niceness, self.program.orphaned_by
        if orphaned_by is None and not niceness:
            return None

        def prepare() -> None:
            if niceness:
                os.nice(niceness)
            if orphaned_by:
                die_with_parent(ours, orphaned_by)

        return prepare

    @property
    def alive(self) -> bool:
        return self.process is not None

    def read(self) -> bytes | None:
        """What it said; nothing (b"") once it is silent for ever, None if not just now."""
        if self.pipe is None:
            return b""
        try:
            return os.read(self.pipe.fileno(), 65536)
        except BlockingIOError:
            return None

    def bury(self) -> str:
        """Note that it ended, end what it left in its group, and tell how it ended."""
        assert self.process is not None  # noqa: S101
        self.code = self.process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process = None
        now = time.monotonic()
        while self.deaths and now - self.deaths[0] > WINDOW:
            self.deaths.popleft()
        self.deaths.append(now)
        return f"killed by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"

    def plan_next(self) -> float:
        """Decide when to start again. Seconds: a moment, then longer, long for what keeps dying."""
        often = len(self.deaths) >= OFTEN
        wait = _SLOW_RETRY if often else 0.2 * 3 ** max(len(self.deaths) - 1, 0)
        self.again_at = time.monotonic() + wait
        return wait

    def ask_to_end(self) -> None:
        self.once, self.again_at = True, None
        if self.process:
            self.process.send_signal(self.program.ends_by)

    def end_at_once(self) -> None:
        """Not by asking: its whole group; a server that ignores even that is killed after 5 s."""
        if self.process is None:
            return
        now = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            if not self.kills:
                os.killpg(self.process.pid, self.program.ends_at_once_by)
                self.kills.append(now)
            elif now - self.kills[0] > 5:
                os.killpg(self.process.pid, signal.SIGKILL)

    def described(self) -> dict[str, object]:
        return {
            "pid": self.process.pid if self.process else None,
            "started": self.started,
            "restarts": self.restarts,
            "born": self.born,
            "ends_by": self.program.ends_by.name,
        }
