"""Parquet: columns with their types, small and quick to read for data tools."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import orjson
from django.utils.translation import gettext_lazy as _

from projects.exporting.cells import cells, header
from projects.exporting.format import Format, written
from projects.exporting.rows import Asked, rows

GROUP = 5000  # rows that are compressed together
MORE = ("status", "source", "test", "annotations", "tags")


class Parquet(Format):
    """Everything that is known; who said what, and the tags, are columns of JSON."""

    slug = "parquet"
    says_who = True
    title = "Parquet"
    about = _("for data tools such as pandas, polars and DuckDB; with who said what")
    icon, place = "columns", 4
    content_type = "application/vnd.apache.parquet"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        return written(asked, _write)

    def name(self, asked: Asked) -> str:
        return "examples.parquet"


def _write(file: IO[bytes], asked: Asked) -> None:
    import pyarrow as arrow
    from pyarrow.parquet import ParquetWriter

    task = asked.project.kind
    texts = [*header(task, meta=asked.meta), *MORE]
    kinds = {"test": arrow.bool_()}
    schema = arrow.schema([(name, kinds.get(name, arrow.string())) for name in texts])
    lines = (_line(task, row) for row in rows(asked))
    with ParquetWriter(file, schema, compression="zstd") as out:
        while some := list(islice(lines, GROUP)):
            columns = [list(column) for column in zip(*some, strict=True)]
            out.write_table(arrow.table(columns, schema=schema))


def _line(task: Any, row: dict[str, Any]) -> list[Any]:
    """An empty cell is no value here."""
    told = [orjson.dumps(row.get(name, [])).decode() for name in ("annotations", "tags")]
    table = [cell or None for cell in cells(task, row)]
    return [*table, row["status"], row["source"], row["test"], *told]
