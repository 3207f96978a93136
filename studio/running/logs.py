"""What a process says: all of it in a bounded log file, what is urgent also on the terminal."""

import os
import re
import time
from collections import deque
from pathlib import Path
from typing import TextIO

LIMIT = 5 * 1024**2
_URGENT = re.compile(r"\b(WARNING|ERROR|CRITICAL|PANIC)\b|\[(ERROR|WARN)\]|^\w+(Error|Exception):")
_LINES_A_BURST, _BURST_SECONDS = 8, 10.0


class Log:
    """One process's log: `name.log`, and the older half in `name.log.1`."""

    def __init__(self, folder: Path, name: str, terminal: TextIO | None) -> None:
        self.path = folder / f"{name}.log"
        self.name = name
        self.terminal = terminal
        self.tail: deque[str] = deque(maxlen=12)
        self._rest = b""
        self._shown: deque[float] = deque(maxlen=_LINES_A_BURST)
        self._open()

    def _open(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        self._size = self.path.stat().st_size

    def write(self, said: bytes) -> None:
        self._file.write(said)
        self._size += len(said)
        if self._size > LIMIT:
            self._file.close()
            self.path.replace(self.path.with_suffix(".log.1"))
            self._open()
        *lines, self._rest = (self._rest + said).split(b"\n")
        self._rest = self._rest[-4096:]
        for line in lines:
            self._notice(line.decode("utf-8", "replace").rstrip())

    def _notice(self, line: str) -> None:
        if not line:
            return
        self.tail.append(line)
        if self.terminal and _URGENT.search(line) and not self._too_much():
            self.terminal.write(f"{self.name} | {line[:300]}\n")
            self.terminal.flush()

    def _too_much(self) -> bool:
        """A process that shouts is heard eight times in ten seconds; its log has the rest."""
        now = time.monotonic()
        if len(self._shown) == _LINES_A_BURST and now - self._shown[0] < _BURST_SECONDS:
            return True
        self._shown.append(now)
        return False

    def close(self) -> None:
        self._file.close()
