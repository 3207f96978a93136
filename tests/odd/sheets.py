"""Spreadsheets as Excel and others write them, and as nobody should."""

# ruff: noqa: E501, DTZ001  (a file and what must come of it is one line)
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from tests.odd.making import Odd, cut

ROWS = [{"text": "one, two", "label": "a"}, {"text": "三 😀", "label": "b"}]
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_IDS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def book(**sheets: list[list[Any]]) -> bytes:
    """A workbook with these rows, by sheet."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    hour = made.add_format({"num_format": "hh:mm:ss"})
    both = made.add_format({"num_format": 'd. mmm yyyy "at" hh:mm'})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, column, cell, both)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, time):
                    sheet.write_datetime(at, column, cell, hour)
                elif cell is not None:
                    sheet.write(at, column, cell)
    made.close()
    return out.getvalue()


def raw(sheet: str, strings: str = "", more: dict[str, str] | None = None) -> bytes:
    """A workbook whose one sheet holds this XML."""
    out = io.BytesIO()
    parts = {
        "xl/workbook.xml": f'{_HEAD}<workbook {_MAIN} {_IDS}><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{_HEAD}<worksheet {_MAIN}><sheetData>{sheet}</sheetData></worksheet>",
        **({"xl/sharedStrings.xml": f"{_HEAD}<sst {_MAIN}>{strings}</sst>"} if strings else {}),
        **(more or {}),
    }  # fmt: skip
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def _text(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


TABLE = [["text", "label"], ["one, two", "a"], ["三 😀", "b"]]


def files() -> Iterator[Odd]:
    yield from _lawful()
    yield from _by_hand()
    yield from _sheets()
    yield from _wrong()
    yield from _bombs()
    whole = Odd("workbook", "s.xlsx", book(S=TABLE * 50), ROWS)
    yield from (Odd(o.title, o.name, o.content) for o in cut(whole, 9))


def _lawful() -> Iterator[Odd]:
    for name in ("s.xlsx", "s.csv", "s.zip", "s"):
        yield Odd(f"workbook called {name}", name, book(S=TABLE), ROWS)
    cells = [
        ["what", "cell"], ["whole", 12], ["part", 0.5], ["sum", 0.1 + 0.2], ["large", 1e15], ["huge", 1e300],
        ["minus", -3.25], ["true", True], ["day", date(2024, 2, 29)], ["moment", datetime(2024, 2, 29, 13, 30)],
        ["hour", time(13, 30)], ["text of digits", "007"], ["formula as text", "'=cmd"], ["end of line", "a\nb"],
        ["blanks", "  a  "], ["control", "a\x01b"], ["looks escaped", "_x0041_"], ["first day", date(1900, 1, 1)],
    ]  # fmt: skip
    said = [
        "12", "0.5", "0.3", "1000000000000000", None, "-3.25", "TRUE", "2024-02-29", "2024-02-29 13:30:00",
        "13:30:00", "007", "'=cmd", "a\nb", "  a  ", "a\x01b", "_x0041_", "1900-01-01",
    ]  # fmt: skip
    for (what, cell), told in zip(cells[1:], said, strict=True):
        if told is not None:
            content = book(S=[["what", "cell"], [what, cell]])
            yield Odd(f"cell: {what}", "c.xlsx", content, [{"what": what, "cell": told}])
    gaps = book(S=[[], [None, None, "text", None, "label"], [], [None, None, "a", "", "b"]])
    yield Odd(
        "a table that begins at C2", "c.xlsx", gaps, [{"text": "a", "column 2": "", "label": "b"}]
    )
    yield Odd("short rows", "c.xlsx", book(S=[["text", "label"], ["a"], [None, "b"]]), [{"text": "a", "label": ""}, {"text": "", "label": "b"}])  # fmt: skip
    yield Odd("cells beyond the header", "c.xlsx", book(S=[["text", "label"], ["a", "b", "c"], ["d", "e"]]), [{"text": "d", "label": "e"}], 1)  # fmt: skip
    yield Odd("a name twice in a sheet", "c.xlsx", book(S=[["text", "text"], ["a", "b"]]), [{"text": "a", "text (2)": "b"}])  # fmt: skip


def _by_hand() -> Iterator[Odd]:
    header = f'<row r="1">{_text("A1", "text")}{_text("B1", "label")}</row>'
    rows = [{"text": "a", "label": "b"}]
    for title, row in {
        "a formula": '<row r="2"><c r="A2" t="str"><f>CONCAT("a")</f><v>a</v></c><c r="B2" t="str"><v>b</v></c></row>',
        "a row far below": f'<row r="1048576">{_text("A1048576", "a")}{_text("B1048576", "b")}</row>',
        "cells without a place": '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>',
        "cells in the wrong order": f'<row r="2">{_text("B2", "b")}{_text("A2", "a")}</row>',
        "blank rows": f'<row r="2"/><row r="3">{_text("A3", " ")}</row><row r="4">{_text("A4", "a")}{_text("B4", "b")}</row>',
        "text in pieces": f'<row r="2"><c r="A2" t="inlineStr"><is><r><t>a</t></r><rPh><t>ア</t></rPh></is></c>{_text("B2", "b")}</row>',
    }.items():  # fmt: skip
        yield Odd(title, "h.xlsx", raw(header + row), rows)
    errors = '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><f>A1</f></c></row>'
    yield Odd("an error, and a formula never worked out", "h.xlsx", raw(header + errors), [{"text": "#REF!", "label": ""}])  # fmt: skip
    lost = '<row r="2"><c r="A2" t="s"><v>99</v></c><c r="B2" t="s"><v>-1</v></c><c r="A2" t="s"><v>x</v></c></row>'
    yield Odd("texts that are not there", "h.xlsx", raw(header + f'<row r="3">{_text("A3", "a")}{_text("B3", "b")}</row>' + lost, "<si><t>q</t></si>"), rows)  # fmt: skip
    shared = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    strings = "<si><r><t>a</t></r><rPh><t>ア</t></rPh></si><si><t>b</t></si>"
    yield Odd("shared texts in pieces", "h.xlsx", raw(header + shared, strings), rows)
    yield Odd("an empty sheet by hand", "h.xlsx", raw(""), refused="file-no-sheet")


def _sheets() -> Iterator[Odd]:
    yield Odd("the second sheet has the table", "m.xlsx", book(Notes=[], Data=TABLE), ROWS)
    yield Odd(
        "a title alone, then the table", "m.xlsx", book(Title=[["A report"]], Data=TABLE), ROWS
    )
    yield Odd("a sheet chosen", "m.xlsx", book(One=[["text"], ["no"]], Two=TABLE), ROWS, options={"sheet": "Two"})  # fmt: skip
    yield Odd("a sheet that is not there", "m.xlsx", book(One=TABLE), refused="file-sheet", options={"sheet": "No"})  # fmt: skip
    yield Odd("no rows", "m.xlsx", book(One=[["text", "label"]]), [])
    yield Odd("no cells", "m.xlsx", book(One=[]), refused="file-no-sheet")
    yield Odd("a long name", "m.xlsx", book(**{"数" * 31: TABLE}), ROWS)
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    hidden, merged = made.add_worksheet("Hidden"), made.add_worksheet("Shown")
    hidden.hide()
    hidden.write_row(0, 0, ["text", "label"])
    hidden.write_row(1, 0, ["no", "no"])
    merged.write_row(0, 0, ["text", "label"])
    merged.merge_range(1, 0, 2, 0, "both")
    merged.write(1, 1, "a")
    merged.write(2, 1, "b")
    merged.activate()
    made.close()
    told = [{"text": "both", "label": "a"}, {"text": "", "label": "b"}]
    yield Odd("hidden sheets and merged cells", "m.xlsx", out.getvalue(), told)


def _wrong() -> Iterator[Odd]:
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for title, start in {"entities": doctype, "a file of the system": outside}.items():
        sheet = f'{start}<worksheet {_MAIN}><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'  # fmt: skip
        content = raw("", more={"xl/worksheets/sheet1.xml": sheet})
        yield Odd(title, "x.xlsx", content, refused="file-damaged")
    yield Odd("broken XML", "x.xlsx", raw("<row><c></row>"), refused="file-damaged")
    yield Odd("no sheets", "x.xlsx", raw("", more={"xl/workbook.xml": "<workbook/>"}), refused="file-no-sheet")  # fmt: skip
    far = raw("", more={"xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="../../../etc/passwd"/></Relationships>'})  # fmt: skip
    yield Odd("a sheet outside", "x.xlsx", far, refused="file-no-sheet")
    yield Odd(
        "a column beyond", "x.xlsx", raw(f"<row>{_text('ZZZ1', 'a')}</row>"), refused="file-damaged"
    )


def _bombs() -> Iterator[Odd]:
    one = "<si><t>" + "x" * 1_000_000 + "</t></si>"
    yield Odd("texts that unpack to much", "b.xlsx", raw("<row/>", one * 140))
    row = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    long = "<si><t>" + "x" * 30_000 + "</t></si>"
    same = {"column 1": "x" * 30_000, "column 2": "x" * 30_000}
    yield Odd("a long text in many cells", "b.xlsx", raw(row * 200, long), [same] * 200)
    yield Odd("two corners of a sheet", "b.xlsx", raw(f'<row r="1">{_text("A1", "text")}</row><row r="1048576">{_text("A1048576", "a")}{_text("XFD1048576", "b")}</row>'), [], 1)  # fmt: skip
    yield Odd("a wide row", "b.xlsx", raw("<row>" + '<c t="n"><v>1</v></c>' * 17_000 + "</row>"), refused="file-damaged")  # fmt: skip
    yield Odd(
        "an endless tag", "b.xlsx", raw(f'<row a="{"x" * 20_000_000}"/>'), refused="file-damaged"
    )
    yield Odd(
        "an endless row",
        "b.xlsx",
        raw("<row>" + "<c><v></v></c>" * 300_000),
        refused="file-damaged",
    )
