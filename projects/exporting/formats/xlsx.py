"""Excel: the same table as CSV, every cell a text and none a formula."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import IO, Any

from django.db.models import F, Func, IntegerField, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ml.task import Task
from projects.exporting.cells import cells, fields, header
from projects.exporting.format import Format, aside_folder, written
from projects.exporting.rows import Asked, rows
from projects.models import Example

SHEET = 1_048_575  # rows that Excel shows, the header not counted
CELL = 32_767  # what a cell holds, in UTF-16 units
TEXT = {"num_format": "@"}  # stays text when somebody edits it, too


class Excel(Format):
    """Written row by row; what does not fit on a sheet goes on to the next."""

    slug = "xlsx"
    title = "Excel"
    about = _("opens with a click; every cell is text, none a formula")
    icon, place = "table", 3
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        return written(asked, _write)

    def name(self, asked: Asked) -> str:
        return "examples.xlsx"

    def why_not(self, asked: Asked) -> str:
        """Nothing is ever cut: what is too long for a cell, text or answer, is said before."""
        task, long = asked.project.kind, Q()
        for name in fields(task):
            long |= _longer(KeyTextTransform(name, "data"))
        if asked.meta:
            long |= _longer(KeyTextTransform("meta", "origin"))
        found = asked.chosen.order_by()
        return "cell-long" if found.filter(long).exists() or _answered_long(task, found) else ""


def _longer(text: Any) -> Q:
    return Q(GreaterThan(_Units(Cast(text, TextField()), output_field=IntegerField()), CELL))


def _answered_long(task: Task, found: QuerySet[Example]) -> bool:
    """As JSON an answer is never shorter than its cell, so only few are looked at."""
    few = found.filter(_longer(F("gold"))).values_list("gold", flat=True)
    told = (task.answer.to_column(gold or {}) for gold in few.iterator(chunk_size=100))
    return any(len(cell.encode("utf-16-le", "surrogatepass")) > 2 * CELL for cell in told)


class _Units(Func):
    """UTF-16 units of a text: one a character, two for those beyond 65,535."""

    template = "length(regexp_replace(%(expressions)s, '[\U00010000-\U0010ffff]', 'xx', 'g'))"


class _Sheet(Worksheet):
    """Takes no text for one with markup, though it may begin with <r> and end with </r>."""

    def _xml_rich_inline_string(self, string: str, attributes: Any) -> None:
        self._xml_inline_string(string, preserve=True, attributes=attributes)


def _write(file: IO[bytes], asked: Asked) -> None:
    task = asked.project.kind
    lines = (cells(task, row) for row in rows(asked, annotations=False, test=False))
    with aside_folder() as aside:
        book = Workbook(file, {"constant_memory": True, "tmpdir": aside, "use_zip64": True})
        text, head = book.add_format(TEXT), book.add_format({"bold": True})
        first = next(lines, None)
        while True:
            sheet = book.add_worksheet(worksheet_class=_Sheet)
            sheet.set_column(0, len(header(task, meta=asked.meta)) - 1, 20, text)
            for place, name in enumerate(header(task, meta=asked.meta)):
                sheet.write_string(0, place, name, head)
            here = islice(chain([first] if first else [], lines), SHEET)
            for number, line in enumerate(here, 1):
                for place, cell in enumerate(line):
                    sheet.write_string(number, place, cell, text)
            first = next(lines, None)
            if first is None:
                break
        book.close()
