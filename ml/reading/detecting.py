"""What a file is: by what it holds, and by its name where that leaves a doubt."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ml.reading import (
    archives,
    caged,
    columnar,
    encodings,
    jsons,
    lines,
    sheets,
    tables,
    tagged,
)
from ml.reading.found import Detected, Options, Problem, Row, UnreadableFile
from ml.reading.opening import GZIP, ZIP, Archive, Gzipped, Meter, Source

_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"\x93NUMPY", "NumPy"),
    (b"\x89HDF", "HDF5"),
    (b"SQLite format 3\0", "SQLite"),
    (b"\x80\x04\x95", "pickle"),
    (b"\x80\x05\x95", "pickle"),
)
_ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"\x78\x5e")
SPACY = '[["…", {"entities": [[0, 5, "…"]]}]]'
_TEXTS = (".txt", ".text", ".md", ".log")
_JSON = re.compile(r"[\ufeff\s]*(?:\{\s*[\"}]|\[\s*[\"{\[\]])")
_READERS = {
    "csv": tables.rows,
    "txt": lines.rows,
    "json": jsons.rows,
    "jsonl": jsons.rows,
    "xlsx": sheets.rows,
    "parquet": caged.rows,
    "arrow": caged.rows,
    "conll": tagged.rows,
}


def detect(path: Path, name: str = "", options: Options | None = None) -> Detected:
    """Look at the file itself; its name only breaks ties. Raises UnreadableFile."""
    options = options or Options()
    source = Source(path, name)
    head = source.head()
    if head.startswith(GZIP):
        inner = Gzipped(path, name[: -len(".gz")] if name.lower().endswith(".gz") else name)
        return replace(_one(inner, options), packed="gzip")
    if head.startswith(ZIP):
        archive = Archive(source)
        if not archives.is_workbook(archive):
            return archives.detect(archive, lambda member: _one(member, options))
    return _one(source, options)


def rows(path: Path, found: Detected, meter: Meter | None = None) -> Iterator[Row | Problem]:
    """All rows in order; one that cannot be read comes as a Problem and the rest goes on."""
    if found.packed == "zip":
        return archives.rows(Source(path, "", meter), found, _rows)
    kind = Gzipped if found.packed == "gzip" else Source
    return _rows(kind(path, "", meter), found)


def _rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    return _READERS[found.format](source, found)


def _one(source: Source, options: Options) -> Detected:
    """A file that is no archive, or what is in one."""
    head = source.head()
    if not head.strip():
        raise UnreadableFile("file-empty")
    if head.startswith(columnar.PARQUET):
        return caged.detect(source, "parquet")
    if columnar.is_arrow(head, source.name):
        return caged.detect(source, "arrow")
    if head.startswith(b"PK\3\4"):
        return _workbook(source, options)
    _refuse_others(source, head)
    return _text(source, head, options)


def _workbook(source: Source, options: Options) -> Detected:
    if not archives.is_workbook(Archive(source)):
        raise UnreadableFile("file-nested", name=source.name[:100] or "?")
    return sheets.detect(source, options)


def _refuse_others(source: Source, head: bytes) -> None:
    if head.startswith(GZIP):
        raise UnreadableFile("file-nested", name=source.name[:100] or "?")
    if source.name.lower().endswith(".spacy") or head.startswith(_ZLIB):
        raise UnreadableFile("file-spacy", form=SPACY)
    for mark, kind in _OTHERS:
        if head.startswith(mark):
            raise UnreadableFile("file-kind", kind=kind)
    if head[257:262] == b"ustar":
        raise UnreadableFile("file-kind", kind="TAR")


def _text(source: Source, head: bytes, options: Options) -> Detected:
    encoding = encodings.told(source, head, options.encoding)
    text = encodings.decoded_head(head, encoding)
    if not text.strip("\ufeff \t\r\n"):
        raise UnreadableFile("file-empty")
    name = source.name.lower()
    as_table = options.delimiter is not None or options.header is True or options.quote is not None
    if _JSON.match(text) or name.endswith((".jsonl", ".ndjson")):
        return jsons.detect(source, encoding, text)
    if not as_table and tagged.looks(text, name):
        return tagged.detect(encoding)
    if not as_table and name.endswith(_TEXTS) and not _is_tabbed(text):
        return lines.detect(encoding)
    return tables.detect(source, encoding, options)


def _is_tabbed(text: str) -> bool:
    """Excel's “Unicode text” is a table with the name of a text."""
    first = text.splitlines()[:50]
    counts = {line.count("\t") for line in first[:-1] or first if line.strip()}
    return len(counts) == 1 and counts != {0} and len(first) > 1
