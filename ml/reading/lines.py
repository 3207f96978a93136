"""Text without a table: each line is an example."""

from collections.abc import Iterator

from ml.reading import limits
from ml.reading.found import Detected, Problem, Row, problem
from ml.reading.opening import Source

COLUMN = "text"


def detect(encoding: str) -> Detected:
    return Detected("txt", encoding, None, [COLUMN], header=False)


def rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    """Blank lines are passed over."""
    number, most = 0, limits.CELL_LIMIT
    with source.text(found.encoding) as file:
        while line := file.readline(most + 1):
            if line.isspace():
                continue
            number += 1
            if len(line) <= most:
                yield Row(number, {COLUMN: line.rstrip("\r\n")})
                continue
            yield problem(number, "row-long", most=f"{most:,}")
            while len(line) > most and line[-1] not in "\r\n":
                line = file.readline(most + 1)
