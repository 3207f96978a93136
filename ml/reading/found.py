"""What reading tells: what a file turned out to be, its rows, and what is wrong with some."""

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from ml.refusing import Refusal


class UnreadableFile(Refusal):
    """The file cannot be read at all."""


@dataclass(frozen=True)
class Options:
    """What a person says about a file; None where the file is to speak for itself."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    sheet: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Detected:
    """What a file turned out to be: all that is needed to read its rows, as JSON."""

    format: str  # csv, txt, json, jsonl, xlsx, parquet, arrow, conll
    encoding: str = ""  # empty where a format has its own
    delimiter: str | None = None
    columns: list[str] = field(default_factory=list)
    quote: str | None = None
    escaped: bool = False  # a quotation mark in a text is \", not ""
    header: bool = True
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    shape: str = ""  # of JSON: list, lists, members, values
    dialect: str = ""  # whose export it is
    packed: str = ""  # gzip, zip
    parts: list[dict[str, Any]] = field(default_factory=list)  # of a zip: {"name", "found"}
    passed: list[str] = field(default_factory=list)  # of a zip: files that are not read

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Voice(NamedTuple):
    """One answer of several that a row has: `said` is the answer, or what stands for it by column.

    `by` is who said it, in the words of the file: no account of ours.
    """

    said: dict[str, Any]
    by: str = ""
    source: str = ""
    hint: bool = False
    whole: bool = False  # `said` is the answer itself


class Beside(NamedTuple):
    """What a row says beside its columns. `lost` are the kinds of what cannot be kept of it,
    `known` the columns from which this was read."""

    voices: tuple[Voice, ...] = ()
    aside: bool = False
    tags: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


class Row(NamedTuple):
    """Counted from 1, the header not counted; `origin` is the file within an archive."""

    number: int
    values: dict[str, Any]
    origin: str = ""
    beside: Beside | None = None


class Problem(NamedTuple):
    """Why a row cannot be read."""

    number: int
    why: Refusal
    origin: str = ""


def problem(row: int, code: str, **values: str | int) -> Problem:
    return Problem(row, Refusal(code, row=row, **values))


def plain(text: str) -> str:
    """The text without what no database keeps: NUL, and halves of a character pair."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
