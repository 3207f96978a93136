"""CSV: texts and labels as a table."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice

from django.utils.translation import gettext_lazy as _

from projects.exporting.cells import cells, header
from projects.exporting.format import Format
from projects.exporting.rows import PIECE, Asked, rows

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Csv(Format):
    """To the letter; or, for spreadsheets, with an apostrophe before what looks like a formula."""

    slug = "csv"
    title = "CSV"
    about = _("a plain table of texts and labels")
    icon, place = "file-type-csv", 1
    content_type = "text/csv; charset=utf-8"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        task = asked.project.kind
        found = (cells(task, row) for row in rows(asked, annotations=False, test=False))
        lines = chain(
            [header(task, meta=asked.meta)], map(disarmed, found) if asked.safe else found
        )
        if asked.safe:
            yield "\ufeff".encode()  # by which a spreadsheet knows UTF-8
        while some := list(islice(lines, PIECE)):
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(some)
            yield out.getvalue().encode()

    def name(self, asked: Asked) -> str:
        return "examples-for-spreadsheets.csv" if asked.safe else "examples.csv"


def disarmed(cells: list[str]) -> list[str]:
    """Cells of which a spreadsheet takes none for a formula."""
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
