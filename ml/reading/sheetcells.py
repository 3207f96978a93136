"""What the cells of a spreadsheet say: texts, numbers as they are shown, dates as ISO 8601."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ml.reading import limits
from ml.reading.found import UnreadableFile
from ml.reading.opening import Source
from ml.reading.sheetxml import Element, Wanted, events

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_.', re.IGNORECASE)
_WIDEST = 16384
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_TEXT = Wanted({"si"}, {"t"}, {"rPh"})
_ROWS = Wanted({"row", "c"}, {"t", "v"}, {"rPh"})
_STYLES = Wanted({"cellXfs", "numFmt", "xf"})


@dataclass
class Formats:
    """By a cell's style: whether its number is a date; and the day they count from."""

    dates: list[bool] = field(default_factory=list)
    start: datetime = datetime(1899, 12, 30)  # noqa: DTZ001  (a spreadsheet knows no zones)

    def is_date(self, style: str) -> bool:
        return style.isdigit() and int(style) < len(self.dates) and self.dates[int(style)]


def formats(part: Source | None, *, old_dates: bool) -> Formats:
    start = datetime(1904, 1, 1) if old_dates else Formats.start  # noqa: DTZ001
    own: dict[str, str] = {}
    styles: list[Element] = []
    for element in events(part, _STYLES) if part else ():
        if element.name == "numFmt":
            own[element.said.get("numFmtId", "")] = element.said.get("formatCode", "")
        elif element.name == "cellXfs":
            styles = element.within
    return Formats([_dated(style.said.get("numFmtId", "0"), own) for style in styles], start)


def _dated(number: str, own: dict[str, str]) -> bool:
    if number in own:
        code = _QUOTED.sub("", own[number].split(";")[0]).lower()
        return any(mark in code for mark in "ymdhs") and "general" not in code
    return number.isdigit() and int(number) in _DATES


def texts(part: Source) -> list[str]:
    """The texts that cells share. They are held: so they are bounded."""
    found: list[str] = []
    held = 0
    for element in events(part, _TEXT):
        found.append(_unescaped("".join(element.texts)))
        held += len(found[-1]) + 64
        if held > limits.STRINGS:
            raise UnreadableFile("file-inflated", most=f"{limits.STRINGS // limits.MEGABYTE:,}")
    return found


def rows(part: Source, shared: list[str], formats: Formats) -> Iterator[list[str]]:
    for row in events(part, _ROWS):
        cells: list[str] = []
        for cell in row.within:
            place = _column(cell.said.get("r", ""), len(cells))
            if place > len(cells):
                cells += [""] * (place - len(cells))
            value = _value(cell, shared, formats)
            if place < len(cells):
                cells[place] = value
            else:
                cells.append(value)
        yield cells


def _column(reference: str, otherwise: int) -> int:
    """`C7` is column 2. A cell that does not say where it stands follows the one before."""
    number = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    place = number - 1 if number else otherwise
    if place >= _WIDEST:
        raise UnreadableFile("file-damaged")
    return place


def _value(cell: Element, shared: list[str], formats: Formats) -> str:
    said, kind = "".join(cell.texts), cell.said.get("t", "n")
    if kind == "s":
        place = int(said) if said.strip().isdecimal() and len(said) < 10 else -1
        if place < 0 or place >= len(shared):
            return ""
        return shared[place]
    if kind in ("str", "inlineStr"):
        return _unescaped(said)
    if kind == "b":
        return "TRUE" if said.strip() in ("1", "true") else "FALSE"
    if kind == "n" and said:
        return _number(said.strip(), formats, dated=formats.is_date(cell.said.get("s", "0")))
    return said


def _number(said: str, formats: Formats, *, dated: bool) -> str:
    """With the 15 digits that a spreadsheet shows: 0.1 + 0.2 is 0.3."""
    try:
        number = float(said)
    except ValueError:
        return said
    if dated and 0 <= number < 2_958_466:
        return _date(number, formats.start)
    if said.lstrip("-").isdecimal():
        return said
    short = f"{number:.15g}"
    return short if "e" not in short else f"{number:.0f}" if abs(number) >= 1e15 else short


def _date(number: float, start: datetime) -> str:
    """A whole number is a day, a fraction alone a time of day, both together both."""
    if number < 1:
        start = start.replace(hour=0)
    if start.year < 1900 and number < 60:
        number += number >= 1  # the 29th of February 1900, which spreadsheets count, never was
    moment = start + timedelta(seconds=round(number * 86400))
    if number < 1:
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M:%S")


def _unescaped(text: str) -> str:
    """A line end within a cell may be written `_x000D_`."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda said: chr(int(said[1], 16)), text)
