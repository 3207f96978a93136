"""Reads tables from files: detects what a file is, then yields its rows one by one.

Knows nothing of projects: a row is a number and a mapping from column to text.
"""

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Never

from ml.refusing import Refusal

CELL_LIMIT = 16 * 1024**2  # characters; longer ones are refused by the task with a better sentence
SAMPLE = 256 * 1024
DELIMITERS = ",;\t|"
OBJECT = '{"text": "…"}'
# In this order: UTF-8 is strict, so what decodes as UTF-8 is UTF-8. The others need evidence.
CANDIDATES = ["gb18030", "big5", "shift_jis", "cp1252", "utf_16_le", "utf_16_be"]

csv.field_size_limit(CELL_LIMIT)


class UnreadableFile(Refusal):
    """The file cannot be read at all."""


class _NoNumber(ValueError):
    """What Python takes for a number, and JSON does not: NaN, Infinity."""


@dataclass(frozen=True)
class Detected:
    """What a file turned out to be."""

    format: str
    encoding: str
    delimiter: str | None = None
    columns: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Row:
    number: int  # counted from 1, the header not counted
    values: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    number: int
    why: Refusal


def plain(text: str) -> str:
    """The text without what no database keeps: NUL, and halves of a character pair."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def detect(path: Path, name: str = "") -> Detected:
    """Look at the file itself; its name only breaks ties. Raises UnreadableFile."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
    if not head.strip():
        raise UnreadableFile("file-empty")
    encoding = _encoding(path, head)
    text = _decoded_head(head, encoding)
    if not text.strip():
        raise UnreadableFile("file-empty")
    if _is_json_lines(text, name):
        return Detected("jsonl", encoding, None, _json_columns(path, encoding))
    if text.lstrip().startswith("["):
        raise UnreadableFile("file-json-list")
    return _detect_csv(path, encoding, text)


def rows(path: Path, found: Detected) -> Iterator[Row | Problem]:
    """All rows in order; one that cannot be read comes as a Problem and the rest goes on."""
    return _json_rows(path, found) if found.format == "jsonl" else _csv_rows(path, found)


def _encoding(path: Path, head: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding if _decodes(path, encoding) else _unknown()
    if _looks_binary(head):
        raise UnreadableFile("file-binary")
    return "utf-8" if _decodes(path, "utf-8") else _by_evidence(path, head)


def _looks_binary(head: bytes) -> bool:
    control = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return b"\0" in head or control > len(head) / 100


def _by_evidence(path: Path, head: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(head[: SAMPLE // 4], cp_isolation=CANDIDATES, threshold=0.2).best()
    if best is not None and _decodes(path, best.encoding):
        return str(best.encoding)
    return _unknown()


def _unknown() -> Never:
    raise UnreadableFile("file-encoding")


def _decodes(path: Path, encoding: str) -> bool:
    """Whether the whole file decodes strictly: a sample alone misjudges Asian encodings."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(1024**2):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _decoded_head(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="ignore").decode(head)


def _is_json_lines(text: str, name: str) -> bool:
    first = text.lstrip()
    return first.startswith("{") or name.lower().endswith((".jsonl", ".ndjson"))


def _json_columns(path: Path, encoding: str) -> list[str]:
    """The keys of the first hundred objects, however long these are."""
    columns: dict[str, None] = {}
    with path.open(encoding=encoding, newline="\n") as file:
        for line in islice(iter(lambda: file.readline(CELL_LIMIT), ""), 100):
            item = _json_row(0, line)
            if isinstance(item, Row):
                columns.update(dict.fromkeys(map(plain, item.values)))
    if not columns:
        raise UnreadableFile("file-no-object", form=OBJECT)
    return list(columns)


def _json_rows(path: Path, found: Detected) -> Iterator[Row | Problem]:
    number = 0
    with path.open(encoding=found.encoding, newline="\n") as file:
        while line := file.readline(CELL_LIMIT + 1):
            if not line.strip():
                continue
            number += 1
            yield _json_row(number, line)
            while len(line) > CELL_LIMIT and not line.endswith("\n"):
                line = file.readline(CELL_LIMIT + 1)  # what is left of it is never held whole


def _json_row(number: int, line: str) -> Row | Problem:
    if len(line) > CELL_LIMIT:
        return _problem(number, "row-long", most=f"{CELL_LIMIT:,}")
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except RecursionError:
        return _problem(number, "row-deep")
    except json.JSONDecodeError as error:
        return _problem(number, "row-not-json", place=error.pos + 1)
    except _NoNumber as error:
        return _problem(number, "row-not-json:number", name=str(error))
    except ValueError:  # Python reads no whole number of more than some thousand digits
        return _problem(number, "row-not-json:digits")
    if not isinstance(value, dict):
        return _problem(number, "row-not-object", form=OBJECT)
    return Row(number, value)


def _problem(row: int, code: str, **values: str | int) -> Problem:
    return Problem(row, Refusal(code, row=row, **values))


def _refuse_constant(name: str) -> float:
    raise _NoNumber(name)


def _detect_csv(path: Path, encoding: str, text: str) -> Detected:
    delimiter = _delimiter(text)
    with path.open(encoding=encoding, newline="") as file:
        try:
            header = next(csv.reader(file, delimiter=delimiter))
        except (csv.Error, StopIteration) as error:
            raise UnreadableFile("header-unreadable") from error
    columns = [plain(cell.strip()) for cell in header]
    _check_header(columns)
    return Detected("csv", encoding, delimiter, columns)


def _delimiter(text: str) -> str:
    """The separator that the header line has most of, outside of quotes."""
    outside, quoted = "", False
    for character in text.lstrip("\ufeff"):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            if outside.strip():
                break
        elif not quoted:
            outside += character
    counts = {mark: outside.count(mark) for mark in DELIMITERS}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _check_header(columns: list[str]) -> None:
    if not any(columns):
        raise UnreadableFile("header-empty")
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            variant = "header-twice" if column else "header-twice:unnamed"
            raise UnreadableFile(variant, column=column)
        seen.add(column)


def _csv_rows(path: Path, found: Detected) -> Iterator[Row | Problem]:
    number = 0
    with path.open(encoding=found.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=found.delimiter or ",")
        next(reader)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                number += 1
                yield _problem(number, "row-unreadable")
                continue
            if cells:
                number += 1
                yield _csv_row(number, cells, found.columns)


def _csv_row(number: int, cells: list[str], columns: list[str]) -> Row | Problem:
    if len(cells) != len(columns):
        return _problem(number, "row-columns", have=len(cells), want=len(columns))
    return Row(number, dict(zip(columns, cells, strict=True)))
