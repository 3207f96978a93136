"""Texts on disk, read one by one: as many as fit there, and hardly any in memory."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

BUFFERED = 1024**2  # bytes


class Shelf(Sequence[str]):
    """A list of texts that costs 8 bytes each in memory. Add to it first, read from it then.

    Its file has no name, so that nothing is left of it whatever becomes of the process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._file = tempfile.TemporaryFile(dir=folder, buffering=BUFFERED)  # noqa: SIM115
        self._ends = array("Q", [0])

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, where: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._ends[-1]

    def add(self, text: str) -> None:
        """One more at the end."""
        written = text.encode("utf-8", "surrogatepass")
        self._file.write(written)
        self._ends.append(self.size + len(written))

    def ready(self) -> None:
        """All is written; from now on it is read, by several threads if need be."""
        self._file.flush()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        if not 0 <= at < len(self):
            raise IndexError(at)
        start, end = self._ends[at], self._ends[at + 1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "surrogatepass")
