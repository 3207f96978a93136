"""Walks through the XML of a spreadsheet part. No document type is taken: so nothing expands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ml.reading import limits
from ml.reading.found import UnreadableFile
from ml.reading.opening import Source

_CHUNK = 256 * 1024
_ONE_TAG = 8 * limits.MEGABYTE


class _Refused(Exception):
    """What no spreadsheet has."""


@dataclass(frozen=True)
class Wanted:
    """Elements that are given out, and those within them whose text is kept."""

    elements: set[str]
    texts: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)  # whose texts are not


@dataclass
class Element:
    """An element that ended: its attributes, its texts, and its elements that are wanted."""

    name: str
    said: dict[str, str]
    texts: list[str] = field(default_factory=list)
    within: list["Element"] = field(default_factory=list)


def events(source: Source, wanted: Wanted) -> Iterator[Element]:
    """The wanted elements, outermost, as they end. Raises UnreadableFile."""
    ended: list[Element] = []
    parser = _parser(_Walk(wanted, ended))
    fed = 0
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _ONE_TAG:
                    raise _Refused
                yield from ended
                ended.clear()
            parser.Parse(b"", 1)
        except (expat.ExpatError, _Refused) as error:
            raise UnreadableFile("file-damaged") from error
    yield from ended


def _parser(walk: "_Walk") -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.text
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: Any) -> None:
    raise _Refused


class _Walk:
    """Keeps what is wanted of the elements that are open."""

    def __init__(self, wanted: Wanted, ended: list[Element]) -> None:
        self._wanted, self._ended = wanted, ended
        self._open: list[Element] = []
        self._texts = self._passed = 0
        self._held = 0

    def start(self, name: str, said: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in self._wanted.elements:
            self._open.append(Element(name, said))
            self._hold(64)
        elif name in self._wanted.texts:
            self._texts += 1
        elif name in self._wanted.passed:
            self._passed += 1

    def text(self, text: str) -> None:
        if self._texts and not self._passed and self._open:
            self._open[-1].texts.append(text)
            self._hold(len(text))

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in self._wanted.elements:
            element = self._open.pop()
            if self._open:
                self._open[-1].within.append(element)
            else:
                self._ended.append(element)
                self._held = 0
        elif name in self._wanted.texts:
            self._texts -= 1
        elif name in self._wanted.passed:
            self._passed -= 1

    def _hold(self, size: int) -> None:
        """One row, or one text, is bounded like a line of a text file."""
        self._held += size
        if self._held > 4 * limits.CELL_LIMIT:
            raise _Refused
