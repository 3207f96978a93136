"""The rows of a file that were left out, as a table that is safe in a spreadsheet."""

import csv
import io

from django.utils.translation import gettext as _

from projects import wording
from projects.models import Upload

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(upload: Upload) -> bytes:
    """In the reader's language, with the mark by which a spreadsheet knows UTF-8."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([_("Row"), _("Reason"), _("How the row begins"), _("File in the archive")])
    for kept in wording.left_out(upload):
        told = [wording.reason(kept), kept.get("begins", ""), kept.get("file", "")]
        table.writerow([kept["row"], *map(_disarmed, told)])
    return out.getvalue().encode("utf-8-sig")


def _disarmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
