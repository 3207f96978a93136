"""Opens what a file holds, packed or not. Nothing is written but a nameless temporary file.

What unpacks is counted while it unpacks: no announced size is believed.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TextIO, cast

from ml.reading import limits
from ml.reading.found import UnreadableFile

GZIP, ZIP = b"\x1f\x8b", b"PK"
_BROKEN = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, ValueError, OSError)


class Meter:
    """How many bytes of a file have been read, for those who watch."""

    def __init__(self) -> None:
        self.bytes = 0


class _Metered(io.FileIO):
    """A file that counts what is read of it."""

    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(path)
        self._meter = meter

    def readinto(self, buffer: Any) -> int | None:
        count = super().readinto(buffer)
        self._meter.bytes += count or 0
        return count


class Source:
    """A file as it lies there."""

    def __init__(self, path: Path, name: str, meter: Meter | None = None) -> None:
        self.path, self.name, self.meter = path, name, meter or Meter()

    def open(self) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Metered(self.path, self.meter), 64 * 1024))

    def text(self, encoding: str) -> TextIO:
        """Line ends as they are, for those who know what they mean."""
        return io.TextIOWrapper(self.open(), encoding=encoding, newline="")

    def anywhere(self) -> BinaryIO:
        """For readers that jump about in a file."""
        return self.open()

    def head(self) -> bytes:
        with self.open() as file:
            return file.read(limits.SAMPLE)


class Packed(Source):
    """What a packed file holds; read from its start to its end."""

    def anywhere(self) -> BinaryIO:
        """A copy without a name beside the file: it is gone with whoever reads it."""
        copy = cast(BinaryIO, TemporaryFile(dir=self.path.parent))  # noqa: SIM115
        with self.open() as file:
            while chunk := file.read(limits.MEGABYTE):
                copy.write(chunk)
        copy.seek(0)
        return copy


class Gzipped(Packed):
    """The one file in a gzip."""

    def open(self) -> BinaryIO:
        file = super().open()
        raw = gzip.GzipFile(fileobj=file)
        raw.myfileobj = cast(Any, file)  # closes it with itself
        return _bounded(cast(BinaryIO, raw), self.path.stat().st_size)


class Archive:
    """A ZIP file. Its members' names are only ever shown and compared."""

    def __init__(self, source: Source) -> None:
        self.source = source
        with source.anywhere() as file:
            self.size = file.seek(0, io.SEEK_END)
            self.members = _listed(file)
        self._inflated: dict[str, int] = {}

    def member(self, name: str) -> "Member":
        return Member(self, name)

    def saw(self, name: str, size: int) -> int:
        """How much all members seen so far hold, now that this one is seen to hold so much."""
        self._inflated[name] = max(size, self._inflated.get(name, 0))
        return sum(self._inflated.values())


class Member(Packed):
    """One file of an archive."""

    def __init__(self, archive: Archive, name: str) -> None:
        super().__init__(archive.source.path, name, archive.source.meter)
        self.archive = archive

    def open(self) -> BinaryIO:
        whole = self.archive.source.anywhere()
        info = self.archive.members[self.name]
        if info.flag_bits & 1 or info.compress_type not in (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
        ):
            raise UnreadableFile("file-locked", name=shown(self.name))
        try:
            raw = zipfile.ZipFile(whole).open(info)  # noqa: SIM115
        except (*_BROKEN, RuntimeError, NotImplementedError) as error:
            raise UnreadableFile("file-damaged") from error
        seen = partial(self.archive.saw, self.name)
        return _bounded(cast(BinaryIO, raw), self.archive.size, seen)


def shown(name: str) -> str:
    """The last part of a member's name, as far as a line can show it."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c if c.isprintable() else "\ufffd" for c in last)[:100] or "?"


def _listed(file: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    try:
        infos = zipfile.ZipFile(cast(BinaryIO, _Shy(file))).infolist()
    except (*_BROKEN, NotImplementedError, IndexError) as error:
        raise UnreadableFile("file-damaged") from error
    if len(infos) > limits.MEMBERS:
        raise UnreadableFile("file-members", have=len(infos), most=limits.MEMBERS)
    return {info.filename: info for info in infos}


class _Shy:
    """A file that reads no more at once than the directory of an archive may need."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > limits.DIRECTORY:
            raise UnreadableFile("file-members", have=size // 46, most=limits.MEMBERS)
        return self._file.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _bounded(raw: BinaryIO, packed: int, seen: Callable[[int], int] = int) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Bounded(raw, packed, seen), 64 * 1024))


class _Bounded(io.RawIOBase):
    """Passes on what unpacks, as long as it is neither too much nor broken.

    `seen` takes how much this file held so far, and gives how much counts.
    """

    def __init__(self, raw: BinaryIO, packed: int, seen: Callable[[int], int]) -> None:
        self._raw, self._packed, self._seen = raw, packed, seen
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._raw.read(len(buffer))
        except _BROKEN as error:
            raise UnreadableFile("file-damaged") from error
        self._count += len(chunk)
        total = self._seen(self._count)
        if total > limits.INFLATED:
            most = f"{limits.INFLATED // limits.MEGABYTE:,}"
            raise UnreadableFile("file-inflated", most=most)
        if total > max(limits.HARMLESS, limits.RATIO * self._packed):
            raise UnreadableFile("file-inflated:ratio", most=limits.RATIO)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._raw.close()
        super().close()
