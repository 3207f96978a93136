"""Tables as text: comma, semicolon, tab or bar between the cells, and what quotes them."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from ml.reading import headers, limits
from ml.reading.found import Detected, Options, Problem, Row, UnreadableFile, problem
from ml.reading.opening import Source

DELIMITERS = (",", ";", "\t", "|")
_NEVER = "\x1f"  # separates nothing: a table of one column whose texts have commas
_SEP = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_BACKSLASHED = re.compile(r'\\([\\"])')
_FITS = 0.9

csv.field_size_limit(limits.CELL_LIMIT)


@dataclass(frozen=True)
class Dialect:
    """How the cells of a table are set apart."""

    delimiter: str | None
    quote: str = '"'
    escaped: bool = False


class _LongLine(Exception):
    """A line, or a row of many lines, that is longer than memory should hold."""


class _Lines:
    """The lines of a file, none held that is too long.

    `held` counts the characters since a row began; who reads sets it to 0 after each. `cut` is
    whether the file ended within a row, as it does where a quotation mark is left open.
    """

    def __init__(self, file: TextIO) -> None:
        self._read, self.held, self.cut = file.readline, 0, False
        first = self._read(limits.CELL_LIMIT + 1)
        self.said = _SEP.fullmatch(first.lstrip("\ufeff"))
        self._first = None if self.said else first

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        limit = limits.CELL_LIMIT
        if self._first is not None:
            line, self._first = self._first, None
        else:
            line = self._read(limit + 1)
        if not line:
            self.cut = self.held > 0
            raise StopIteration
        self.held += len(line)
        if self.held > limit:
            while len(line) > limit and line[-1] not in "\r\n":
                line = self._read(limit + 1)
            raise _LongLine
        return line


class _Backslashed(_Lines):
    """Where a quotation mark in a text is written with a backslash."""

    def __next__(self) -> str:
        line = super().__next__()
        if "\\" not in line:
            return line
        return _BACKSLASHED.sub(lambda said: '""' if said[1] == '"' else said[1], line)


def detect(source: Source, encoding: str, options: Options) -> Detected:
    """Raises UnreadableFile where there is no header to speak of."""
    dialect = _dialect(source, encoding, options)
    try:
        first = [cells for cells in _sample(source, encoding, dialect) if cells]
    except csv.Error as error:
        raise UnreadableFile("header-unreadable") from error
    if not first:
        raise UnreadableFile("header-unreadable")
    header = options.header
    if header is None:
        header = not headers.missing(first[0], first[1:])
    columns = headers.named(first[0]) if header else headers.numbered(len(first[0]))
    return Detected(
        "csv", encoding, dialect.delimiter, columns,
        quote=dialect.quote, escaped=dialect.escaped, header=header,
    )  # fmt: skip


def rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    """A row that cannot be read is a Problem; blank ones are passed over."""
    columns, width = found.columns, len(found.columns)
    dialect = Dialect(found.delimiter, found.quote or "", found.escaped)
    with source.text(found.encoding) as file:
        lines = _lines(file, dialect)
        records = _records(lines, _reader(lines, dialect))
        for number, cells in enumerate(records, 0 if found.header else 1):
            if not number:
                continue
            if isinstance(cells, Exception):
                yield _unreadable(number, cells)
            elif lines.cut:
                yield problem(number, "row-open")
            elif len(cells) == width:
                yield Row(number, dict(zip(columns, cells, strict=True)))
            else:
                yield fitted(number, cells, columns)


def _records(lines: _Lines, reader: Iterator[list[str]]) -> Iterator[list[str] | Exception]:
    """The cells of each row that holds something, or why they cannot be read."""
    while True:
        lines.held = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _LongLine) as error:
            yield error
            continue
        if cells and (cells[0].strip() or any(map(str.strip, cells))):
            yield cells


def fitted(number: int, cells: list[str], columns: list[str]) -> Row | Problem:
    """A row with more or fewer cells than columns: fine where what is too much is empty."""
    width = len(columns)
    if len(cells) < width or any(map(str.strip, cells[width:])):
        return problem(number, "row-columns", have=len(cells), want=width)
    return Row(number, dict(zip(columns, cells[:width], strict=True)))


def _unreadable(number: int, error: Exception) -> Problem:
    if isinstance(error, _LongLine) or "limit" in str(error):
        return problem(number, "row-long", most=f"{limits.CELL_LIMIT:,}")
    return problem(number, "row-unreadable")


def _lines(file: TextIO, dialect: Dialect) -> _Lines:
    return _Backslashed(file) if dialect.escaped else _Lines(file)


def _reader(lines: _Lines, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter or _NEVER,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
    )


def _sample(source: Source, encoding: str, dialect: Dialect) -> list[list[str]]:
    """The first rows, without what cannot be read. Raises csv.Error where the first cannot."""
    found: list[list[str]] = []
    with source.text(encoding) as file:
        lines = _lines(file, dialect)
        reader = _reader(lines, dialect)
        size = 0
        while len(found) < 2 * limits.ROWS_LOOKED_AT and size < limits.SAMPLE:
            size, lines.held = size + lines.held, 0
            try:
                cells = next(reader)
            except StopIteration:
                break
            except (csv.Error, _LongLine) as error:
                if not found:
                    raise csv.Error from error
                break
            if lines.cut and not found:
                raise csv.Error  # a quotation mark is left open in the header
            if any(map(str.strip, cells)) or (not found and cells):
                found.append(cells)
    return found


def _dialect(source: Source, encoding: str, options: Options) -> Dialect:
    said, marks = _said(source, encoding), _marks(source, encoding)
    if options.delimiter is not None:
        delimiters = [options.delimiter if len(options.delimiter) == 1 else None]
    else:
        delimiters = [said] if said else list(DELIMITERS)
    quotes = ['"', "'"] if options.quote is None else [options.quote[:1]]
    candidates = [
        Dialect(delimiter, quote, escaped)
        for quote in quotes
        for escaped in (False, True)
        for delimiter in delimiters
        if (quote in ('"', "") or quote in marks or options.quote is not None)
        and (not escaped or (quote == '"' and '\\"' in marks))
    ]
    best = max(candidates, key=lambda one: _fit(source, encoding, one))
    if options.delimiter is None and said is None and _width(source, encoding, best) == 1:
        return _one_column(source, encoding, best)
    return best


def _said(source: Source, encoding: str) -> str | None:
    """What Excel's first line `sep=;` says."""
    with source.text(encoding) as file:
        said = _Lines(file).said
    return said[1] if said else None


def _marks(source: Source, encoding: str) -> set[str]:
    """Which unusual quotes the beginning of the file has."""
    with source.text(encoding) as file:
        text = file.read(limits.SAMPLE)
    single = re.search(r"(?:^|[,;\t|])'(?:''|[^'\r\n])*+'(?:[,;\t|]|\r?$)", text, re.MULTILINE)
    return {mark for mark, there in (("'", single), ('\\"', '\\"' in text)) if there}


def _fit(source: Source, encoding: str, dialect: Dialect) -> tuple[bool, bool, float, int]:
    """How well the first rows agree with the header; the usual dialect wins a tie."""
    widths = _widths(source, encoding, dialect)
    if not widths or widths[0] == 1:
        return (False, False, 0.0, 0)
    alike = sum(width == widths[0] for width in widths) / len(widths)
    return (True, alike >= _FITS, round(alike, 2) if alike < _FITS else 1.0, widths[0])


def _width(source: Source, encoding: str, dialect: Dialect) -> int:
    return next(iter(_widths(source, encoding, dialect)), 1)


def _widths(source: Source, encoding: str, dialect: Dialect) -> list[int]:
    try:
        found = _sample(source, encoding, dialect)
    except csv.Error:
        return []
    return [len(_trimmed(cells, len(found[0]))) for cells in islice(found, 200)]


def _trimmed(cells: list[str], width: int) -> list[str]:
    return cells if any(map(str.strip, cells[width:])) else cells[:width]


def _one_column(source: Source, encoding: str, dialect: Dialect) -> Dialect:
    """A header without a separator: the commas below it belong to the texts."""
    widths = _widths(source, encoding, Dialect(",", dialect.quote, dialect.escaped))
    ragged = len(set(widths[1:])) > 1
    return Dialect(None if ragged else ",", dialect.quote, dialect.escaped)
