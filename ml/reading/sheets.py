"""Spreadsheets (XLSX), read as a stream: a sheet is never held whole, only its texts are.

A formula's cell is its last value; dates are written as ISO 8601 has them.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import islice
from posixpath import basename, join, normpath

from ml.reading import headers, limits, sheetcells
from ml.reading.found import Detected, Options, Problem, Row, UnreadableFile
from ml.reading.opening import Archive, Source
from ml.reading.sheetxml import Element, Wanted, events
from ml.reading.tables import fitted

_BOOK, _STRINGS, _STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"


class _Book:
    """What a workbook says of itself: its sheets, and how cells are to be read."""

    def __init__(self, source: Source) -> None:
        self.archive = Archive(source)
        self.names = {name.lower(): name for name in self.archive.members}
        self.old_dates = False
        self.places: dict[str, str] = {}  # of the sheets that hold cells
        self.hidden: set[str] = set()
        self._read_sheets(self._targets())

    def part(self, name: str) -> Source | None:
        real = self.names.get(name.lower())
        return self.archive.member(real) if real else None

    @cached_property
    def formats(self) -> sheetcells.Formats:
        styles = self.part(_STYLES)
        return sheetcells.formats(styles, old_dates=self.old_dates)

    @cached_property
    def texts(self) -> list[str]:
        strings = self.part(_STRINGS)
        return sheetcells.texts(strings) if strings else []

    def _targets(self) -> dict[str, str]:
        """Where the parts lie, by their ids."""
        part = self.part("xl/_rels/workbook.xml.rels")
        found: dict[str, str] = {}
        for element in events(part, Wanted({"Relationship"})) if part else ():
            target = element.said.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else join("xl", target)
            found[element.said.get("Id", "")] = normpath(place)
        return found

    def _read_sheets(self, targets: dict[str, str]) -> None:
        part = self.part(_BOOK)
        if part is None:
            raise UnreadableFile("file-damaged")
        for element in events(part, Wanted({"sheet", "workbookPr"})):
            if element.name == "workbookPr":
                self.old_dates = element.said.get("date1904") in ("1", "true")
            elif (place := targets.get(_id_of(element), "")) and self.part(place):
                name = element.said.get("name", "") or basename(place)
                self.places[name] = place
                if element.said.get("state", "visible") != "visible":
                    self.hidden.add(name)
        if not self.places:
            raise UnreadableFile("file-no-sheet")


def _id_of(element: Element) -> str:
    return next((value for name, value in element.said.items() if name.endswith(":id")), "")


def detect(source: Source, options: Options) -> Detected:
    """The sheet that a person chose, else the first that holds a table."""
    book = _Book(source)
    names = list(book.places)
    if options.sheet is not None and options.sheet not in book.places:
        known = ", ".join(f"“{name[:60]}”" for name in names[:20])
        raise UnreadableFile("file-sheet", sheet=options.sheet[:60], sheets=known)
    found = Detected("xlsx", sheets=names, sheet=options.sheet or _first_table(book))
    first = list(islice(_tabled(book, found), limits.ROWS_LOOKED_AT))
    if not first:
        raise UnreadableFile("file-no-sheet")
    header = options.header
    if header is None:
        header = not headers.missing(first[0], first[1:])
    while header and first[0] and not first[0][-1].strip():
        first[0].pop()
    columns = headers.named(first[0]) if header else headers.numbered(max(map(len, first)))
    return replace(found, columns=columns, header=header)


def _first_table(book: _Book) -> str:
    """Visible ones before hidden ones, those with rows before those with a header alone."""
    names = sorted(book.places, key=lambda name: name in book.hidden)
    sizes = {}
    for name in names:
        sizes[name] = len(list(islice(_tabled(book, Detected("xlsx", sheet=name)), 2)))
        if sizes[name] == 2:
            return name
    return max(names, key=lambda name: sizes[name])


def rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    book, width, number = _Book(source), len(found.columns), 0
    for place, cells in enumerate(_tabled(book, found)):
        if place == 0 and found.header:
            continue
        number += 1
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        yield fitted(number, cells, found.columns)


def _tabled(book: _Book, found: Detected) -> Iterator[list[str]]:
    """Rows that hold something, from the column in which the first of them begins."""
    part = book.part(book.places.get(found.sheet or "", ""))
    if part is None:
        raise UnreadableFile("file-no-sheet")
    left = None
    for cells in sheetcells.rows(part, book.texts, book.formats):
        if not any(map(str.strip, cells)):
            continue
        if left is None:
            left = next(place for place, cell in enumerate(cells) if cell.strip())
        yield cells[left:]
