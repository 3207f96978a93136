"""Rows frozen in a file: Parquet, the same bytes for the same rows. Older ones are JSON Lines.

A row is `{"id", "data", "answer", "split"}`; data and answer stand in the file as canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

COLUMNS = ("id", "data", "answer", "split")
GROUP = 10_000  # rows
BATCH = 1000  # rows read at once
# Nothing that another release, or the data's order, may decide otherwise.
_SETTINGS: Mapping[str, Any] = {
    "version": "2.6",
    "data_page_version": "1.0",
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": ["split"],
    "write_statistics": ["id"],
    "store_schema": False,
    "write_page_checksum": True,
}


class Unreadable(ValueError):
    """The file is not what was written; the message says where it ends to be so."""


def canonical(value: object) -> str:
    """One way to write a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(rows: Iterable[Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """What identifies the rows and what is said about all of them, whatever file they lie in.

    sha256 over lines of canonical JSON: `about` first, then each row in its order.
    """
    seen = hashlib.sha256(canonical(about).encode() + b"\n")
    for row in rows:
        seen.update(canonical({name: row[name] for name in COLUMNS}).encode() + b"\n")
    return seen.hexdigest()


def write(rows: Iterable[Mapping[str, Any]], place: Path, *, lines: bool = False) -> None:
    """The rows in their order as Parquet; or as JSON Lines, the form of earlier releases."""
    if lines:
        with place.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(r, ensure_ascii=False, sort_keys=True) + "\n" for r in rows)
    else:
        _write_parquet(iter(rows), place)


def _write_parquet(rows: Iterator[Mapping[str, Any]], place: Path) -> None:
    import pyarrow as arrow
    from pyarrow.parquet import ParquetWriter

    schema = arrow.schema([arrow.field(name, arrow.string(), nullable=False) for name in COLUMNS])
    with place.open("wb") as file, ParquetWriter(file, schema, **_SETTINGS) as out:
        while some := list(islice(rows, GROUP)):
            columns = [
                [row["id"] for row in some],
                [canonical(row["data"]) for row in some],
                [canonical(row["answer"]) for row in some],
                [row["split"] for row in some],
            ]
            out.write_table(arrow.table(columns, schema=schema), row_group_size=GROUP)


def read(file: Path, columns: Sequence[str] = COLUMNS) -> Iterator[dict[str, Any]]:
    """The rows of either kind, with these columns, in their order. Raises Unreadable, OSError."""
    return _of_parquet(file, columns) if file.suffix == ".parquet" else _of_lines(file, columns)


def _of_parquet(file: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(file, page_checksum_verification=True) as found:
            for batch in found.iter_batches(BATCH, columns=list(columns), use_threads=False):
                for row in batch.to_pylist():
                    yield {name: _value(name, said) for name, said in row.items()}
    except pyarrow.ArrowException as error:
        raise Unreadable(f"{file.name}: {error}") from error


def _value(name: str, said: Any) -> Any:
    return json.loads(said) if name in {"data", "answer"} else said


def _of_lines(file: Path, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                said = json.loads(line)
                yield {name: said[name] for name in columns}
            except (ValueError, KeyError, TypeError) as error:
                raise Unreadable(f"{file.name}, line {number}: {error}") from error
