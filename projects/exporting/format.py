"""The contract of a format: how examples become a file. One file in formats/ fulfils it."""

import io
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import IO, Any, ClassVar, cast

from django.conf import settings
from django.utils.functional import Promise

from ml.task import Task
from projects.exporting.rows import Asked

Words = str | Promise
PIECE = 256 * 1024  # bytes
ASIDE = "export-"


class Format(ABC):
    """A form in which examples leave; each is read again by the upload."""

    slug: ClassVar[str]
    says_who: ClassVar[bool] = False  # whether it holds who said what, beside the agreed answer
    title: ClassVar[Words]
    about: ClassVar[Words]  # what it is good for, in the words of a non-expert
    icon: ClassVar[str]
    place: ClassVar[int]  # where it stands in a list of all
    content_type: ClassVar[str]

    @abstractmethod
    def pieces(self, asked: Asked) -> Iterator[bytes]:
        """The file, piece by piece."""

    @abstractmethod
    def name(self, asked: Asked) -> str:
        """What the file is called."""

    def takes(self, task: Task) -> str:
        """Nothing if answers of this task have a place here; else the code of why not."""
        return ""

    def why_not(self, asked: Asked) -> str:
        """The code of why just these examples do not fit in, see refusing.py; else nothing."""
        return ""


class _Watched(io.BufferedRandom):
    """A file that tells of itself while it is written."""

    asked: Asked

    def write(self, content: Any, /) -> int:
        self.asked.meanwhile()
        return super().write(content)


def aside_folder() -> "tempfile.TemporaryDirectory[str]":
    """For files on the way; its name says whose it is, should nobody be left to remove it."""
    return tempfile.TemporaryDirectory(prefix=ASIDE, dir=settings.FILE_UPLOAD_TEMP_DIR)


def written(asked: Asked, write: Callable[[IO[bytes], Asked], Any]) -> Iterator[bytes]:
    """What `write` writes, where the end must be known before the beginning is handed on."""
    aside = settings.FILE_UPLOAD_TEMP_DIR
    with (
        tempfile.TemporaryFile(dir=aside, buffering=0) as raw,
        _Watched(cast(io.RawIOBase, raw), PIECE) as file,
    ):
        file.asked = asked
        write(file, asked)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
