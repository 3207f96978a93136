"""Parquet and Arrow files, batch by batch. Types that a file brings along itself are refused.

Data sets of Hugging Face name their labels in the file: numbers become these names.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from ml.reading import arrowstreams, flattening, headers, limits, tagged
from ml.reading.found import Detected, Row, UnreadableFile
from ml.reading.opening import Source

PARQUET = b"PAR1"
ARROW = (b"ARROW1", b"\xff\xff\xff\xff")
_AS_TEXT = ("decimal", "timestamp", "date", "time", "duration", "interval")
_WHOLE = re.compile(r"(\d\d:\d\d:\d\d)\.0+(?!\d)")  # a second
_MOST_ROWS = 32  # at once: many rows may share one long text, which the file has once

Names = dict[str, list[str]]


def is_arrow(head: bytes, name: str) -> bool:
    return head.startswith(ARROW[0]) or (
        head.startswith(ARROW[1]) and name.lower().endswith(".arrow")
    )


def detect(source: Source, kind: str, names: Names | None = None) -> Detected:
    """`names` of the labels, where they lie beside the file and not in it."""
    with _opened(source, kind) as file:
        schema = file.schema
        _check(schema)
        columns = headers.named(schema.names)
        found = Detected(kind, columns=columns, header=False)
        first = []
        for row in _rows(file, found):
            first.append(row.values)
            if len(first) == limits.ROWS_LOOKED_AT:
                break
    if not first:
        return found
    return Detected(kind, columns=flattening.columns(first), header=False)


def count(source: Source, kind: str) -> int:
    """How many rows the file says it has; 0 where it does not say."""
    with _opened(source, kind) as file:
        return file.count


def rows(source: Source, found: Detected) -> Iterator[Row]:
    with _opened(source, found.format) as file:
        _check(file.schema)
        yield from _rows(file, found)


def _rows(file: "_File", found: Detected) -> Iterator[Row]:
    names = _label_names(file.schema)
    tags = _tag_column(file.schema, names)
    columns = headers.named(file.schema.names)
    number = 0
    for batch in file.batches():
        if batch.num_columns != len(columns):
            raise UnreadableFile("file-damaged")
        for values in zip(*[_values(column) for column in batch.columns], strict=True):
            number += 1
            row = dict(zip(columns, values, strict=True))
            for name in names:
                row[name] = _named(row.get(name), names[name])
            if tags and isinstance(row["tokens"], list) and isinstance(row[tags], list):
                pairs = zip(row["tokens"], row[tags], strict=False)
                row |= tagged.joined([(str(token), str(tag)) for token, tag in pairs])
            yield Row(number, flattening.flat(row))


class _File:
    """Either kind, as a schema and batches."""

    def __init__(self, file: BinaryIO, kind: str) -> None:
        import pyarrow
        import pyarrow.parquet

        self._arrow = pyarrow
        self._file: Any
        if kind == "parquet":
            told = {"thrift_string_size_limit": limits.STRINGS, "pre_buffer": False}
            self._file = pyarrow.parquet.ParquetFile(file, buffer_size=limits.MEGABYTE, **told)
            self.schema = self._file.schema_arrow
            self.count = int(self._file.metadata.num_rows)
        else:
            start = 8 if file.read(6) == ARROW[0] else 0  # what follows is a stream, too
            arrowstreams.refuse_compressed(file, start)
            file.seek(start)
            self._file = pyarrow.ipc.open_stream(file)
            self.schema, self.count = self._file.schema, 0
        self._kind = kind

    def batches(self) -> Iterator[Any]:
        if self._kind == "parquet":
            yield from self._parquet_batches()
            return
        for batch in self._file:
            batch.validate(full=True)
            for start in range(0, batch.num_rows, _MOST_ROWS):
                yield batch.slice(start, _MOST_ROWS)

    def _parquet_batches(self) -> Iterator[Any]:
        """So few rows at once that a batch stays small.

        Nothing is asked of single column chunks: a damaged one ends the whole process.
        """
        told, size = self._file.metadata, 1
        for place in range(told.num_row_groups):
            group = told.row_group(place)
            if group.total_byte_size > limits.ROW_GROUP:
                most = limits.ROW_GROUP // limits.MEGABYTE
                raise UnreadableFile("file-group", most=f"{most:,}")
            size = max(size, group.total_byte_size // max(1, group.num_rows))
        rows = max(1, min(_MOST_ROWS, limits.BATCH // size))
        yield from self._file.iter_batches(batch_size=rows, use_threads=False)


@contextmanager
def _opened(source: Source, kind: str) -> Iterator[_File]:
    """What the library cannot read is a damaged file, whatever it says of it."""
    import pyarrow

    with source.anywhere() as file:
        try:
            yield _File(file, kind)
        except (pyarrow.ArrowException, OSError, MemoryError, EOFError, UnicodeError) as error:
            raise UnreadableFile("file-damaged") from error


def _check(schema: Any) -> None:
    if not schema.names:
        raise UnreadableFile("header-empty")
    for field in schema:
        if _is_foreign(field):
            kind = str(field.type)[:60]
            raise UnreadableFile("file-type", column=str(field.name)[:60], type=kind)


def _is_foreign(field: Any) -> bool:
    import pyarrow

    if isinstance(field.type, pyarrow.BaseExtensionType):
        return True
    if b"ARROW:extension:name" in (field.metadata or {}):
        return True
    return any(_is_foreign(field.type.field(place)) for place in range(field.type.num_fields))


def _values(column: Any) -> list[Any]:
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        used = column.indices.unique().drop_null()
        words = dict(zip(used.to_pylist(), _values(column.dictionary.take(used)), strict=True))
        return [words.get(place) for place in column.indices.to_pylist()]
    if str(column.type).startswith(_AS_TEXT):
        column = column.cast(pyarrow.string())
        return [_WHOLE.sub(r"\1", said) if said else None for said in column.to_pylist()]
    try:
        return [_simple(value) for value in column.to_pylist()]
    except (ValueError, OverflowError):  # moments that Python has no word for
        return [str(value) if value.is_valid else None for value in column]


def _simple(value: Any) -> Any:
    """As JSON has it: bytes are text or nothing, moments and decimals are text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None  # neither infinite nor no number
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    if isinstance(value, list | tuple):
        return [_simple(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _simple(one) for name, one in value.items()}
    return str(value)


def _named(value: Any, names: list[str]) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return names[value] if 0 <= value < len(names) else None
    return value


def _label_names(schema: Any) -> Names:
    """What the numbers of a column mean, if the file says so."""
    try:
        said = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = said["info"]["features"]
        found = {name: _names_in(feature) for name, feature in features.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {name: names for name, names in found.items() if names and name in schema.names}


def _names_in(feature: Any) -> list[str]:
    if isinstance(feature, list) and len(feature) == 1:
        return _names_in(feature[0])
    if not isinstance(feature, dict):
        return []
    if feature.get("_type") == "ClassLabel" and isinstance(feature.get("names"), list):
        return [str(name) for name in feature["names"]]
    return _names_in(feature.get("feature"))


def _tag_column(schema: Any, names: Names) -> str | None:
    """The column with a tag for each of `tokens`, if there is one."""
    if "tokens" not in schema.names:
        return None
    return next((name for name in names if "O" in names[name]), None)
