"""Cleans rows on their way in, and reports what it saw. Deletes nothing by itself."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

_TAG = re.compile(r"<(?:p|br|div|span|a|b|i|td|tr|li|ul|table)\b[^>]{0,200}>", re.IGNORECASE)
_MOJIBAKE = re.compile("[ÃÂâ][\u0080-\u00bf€™œ“”]|\ufffd|锟斤拷")


@dataclass
class Report:
    """Counts by finding: what a person may want to look at before labelling."""

    rows: int = 0
    found: Counter[str] = field(default_factory=Counter)

    @classmethod
    def going_on(cls, earlier: dict[str, int]) -> "Report":
        """From where an attempt that was interrupted had come to."""
        found = Counter(earlier)
        return cls(rows=found.pop("rows", 0), found=found)

    def as_json(self) -> dict[str, int]:
        return {"rows": self.rows, **self.found}


def clean(rows: Iterable[dict[str, Any]], report: Report) -> Iterator[dict[str, Any]]:
    """Normalise line ends and note leftovers in every text of each row.

    Text is otherwise kept verbatim: what a caller will send later is not cleaned either.
    """
    for row in rows:
        report.rows += 1
        yield {key: _cleaned(value, report) for key, value in row.items()}


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cleaned(value: Any, report: Report) -> Any:
    if not isinstance(value, str):
        return value
    text = unix_lines(value)
    report.found["html remains"] += bool(_TAG.search(text))
    report.found["broken characters"] += bool(_MOJIBAKE.search(text))
    report.found["blanks around"] += text != text.strip()
    return text
