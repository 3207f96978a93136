"""What is wrong with a row, as it is kept with its upload: a reason, and how the row begins."""

from itertools import islice
from typing import Any

from ml import reading
from ml.refusing import Refusal

BEGINNING = 100  # characters of a row that is left out, to know it by


def begins(row: reading.Row) -> str:
    """Enough of the row to know it again."""
    said = " | ".join(str(value)[:BEGINNING] for value in islice(row.values.values(), 10) if value)
    return reading.plain(said[:BEGINNING])


def problem(row: int, why: Refusal, **about: str) -> dict[str, Any]:
    """As it is kept: in English for programs, with code and values for pages.

    What names the row itself says which; of any other it is said before. `about` the row: the
    new_label it has, the file of an archive it is in, how it begins.
    """
    reason = f"Row {row}: {why}" if row and "row" not in why.values else str(why)
    quoted = {name: _plain(value) for name, value in why.values.items()}
    said = {"code": why.code, "values": quoted}
    told = {name: reading.plain(value) for name, value in about.items() if value}
    return {"row": row, "reason": _plain(reason), "said": said, **told}


def kept(row: reading.Row, why: Refusal) -> dict[str, Any]:
    """What is wrong with a row that is kept all the same."""
    return problem(row.number, why, file=row.origin, begins=begins(row), kept="yes")


def _plain(value: Any) -> Any:
    return reading.plain(value) if isinstance(value, str) else value  # it may quote the row
