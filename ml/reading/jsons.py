"""JSON Lines, and JSON documents: lists of objects, objects with lists, objects of objects."""

import json
import math
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import orjson

from ml.reading import flattening, limits, peers
from ml.reading.elements import Element, elements
from ml.reading.found import Detected, Problem, Row, UnreadableFile, problem
from ml.reading.opening import Source

OBJECT = '{"text": "…"}'
# orjson rounds whole numbers that do not fit a machine word; the slow reader keeps them.
_MANY_DIGITS = re.compile(r"\d{19}").search
_LINES = (".jsonl", ".ndjson")

Item = tuple[int, Any] | Problem


class _NoNumber(ValueError):
    """What Python takes for a number, and JSON does not: NaN, Infinity."""


def detect(source: Source, encoding: str, text: str) -> Detected:
    """Raises UnreadableFile where nothing in it is an object."""
    shape = _shape(source, encoding, text.lstrip("\ufeff \t\r\n"))
    found = Detected("json" if shape else "jsonl", encoding, shape=shape, header=False)
    first = [item[1] for item in islice(_items(source, found), limits.ROWS_LOOKED_AT)
             if not isinstance(item, Problem)]  # fmt: skip
    dialect = peers.dialect(first)
    rows = [row for value in first if isinstance(row := _row(dialect, 0, value), Row)]
    if not (columns := flattening.columns(row.values for row in rows)):
        raise UnreadableFile("file-no-object:json" if shape else "file-no-object", form=OBJECT)
    columns = peers.columns(dialect, columns)
    return Detected(
        found.format, encoding, None, columns, header=False, shape=shape, dialect=dialect
    )


def rows(source: Source, found: Detected) -> Iterator[Row | Problem]:
    row, dialect = _row, found.dialect
    for item in _items(source, found):
        yield item if isinstance(item, Problem) else row(dialect, *item)


def _row(dialect: str, number: int, value: Any) -> Row | Problem:
    beside = None
    if dialect:
        beside = peers.beside(dialect, value)
        value = peers.converted(dialect, number, value)
        if isinstance(value, Problem):
            return value
    if type(value) is not dict:
        return problem(number, "row-not-object", form=OBJECT)
    return Row(number, flattening.flat(value), beside=beside)


def _shape(source: Source, encoding: str, text: str) -> str:
    """Which JSON this is; empty for JSON Lines."""
    if source.name.lower().endswith(_LINES):
        return ""
    if text.startswith("["):
        return "list"
    first, _, rest = text.partition("\n")
    whole = _is_object(first)
    if not (whole or first.rstrip() in ("{", "") or first.rstrip()[-1] in "[,{"):
        next_lines = rest.lstrip().splitlines()[:1]
        if next_lines and _is_object(next_lines[0]):
            return ""  # the first of several lines is broken, and will be a problem of its own
    if whole and rest.strip():
        return ""
    return _shape_of_object(source, encoding, whole=whole)


def _is_object(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _shape_of_object(source: Source, encoding: str, *, whole: bool) -> str:
    with source.text(encoding) as file:
        if any((one.text or "").lstrip().startswith("{") for one in elements(file, "lists")):
            return "lists"
    with source.text(encoding) as file:
        members = [_member(one) for one in islice(elements(file, "list"), 3)]
    if members and all(members):
        return "members"
    return "" if whole else "values"


def _member(element: Element) -> bool:
    """Whether a member of an object is an object itself."""
    try:
        said = orjson.loads(f"{{{element.text}}}")
    except orjson.JSONDecodeError:
        return False
    return all(isinstance(value, dict) for value in said.values())


def _items(source: Source, found: Detected) -> Iterator[Item]:
    """Each value with its number, or why there is none."""
    if not found.shape:
        yield from _lines(source, found.encoding)
        return
    read = _read_member if found.shape == "members" else parsed
    with source.text(found.encoding) as file:
        for number, element in enumerate(elements(file, found.shape), 1):
            yield _item(number, element, read)


def _item(number: int, element: Element, read: Callable[[int, str], Any]) -> Item:
    if element.text is None:
        return problem(number, "row-long", most=f"{limits.CELL_LIMIT:,}")
    if not element.whole:
        return problem(number, "row-cut")
    value = read(number, element.text)
    return value if isinstance(value, Problem) else (number, value)


def _read_member(number: int, text: str) -> Any:
    """`"a1": {…}` is an object whose name is one of its values."""
    said = parsed(number, f"{{{text}}}")
    if isinstance(said, Problem):
        return said
    key, value = next(iter(said.items()), ("", None))
    return {"key": key, **value} if isinstance(value, dict) else value


def _lines(source: Source, encoding: str) -> Iterator[Item]:
    number, most = 0, limits.CELL_LIMIT
    loads, many = orjson.loads, _MANY_DIGITS
    with source.text(encoding) as file:
        while line := file.readline(most + 1):
            if len(line) <= most:
                if line.isspace():
                    continue
                number += 1
                try:
                    if not many(line):
                        yield number, loads(line)
                        continue
                except orjson.JSONDecodeError:
                    pass
                value = slowly(number, line)
                yield value if isinstance(value, Problem) else (number, value)
                continue
            number += 1
            yield problem(number, "row-long", most=f"{most:,}")
            while len(line) > most and not line.endswith("\n"):
                line = file.readline(most + 1)  # what is left of it is never held whole


def parsed(number: int, text: str) -> Any:
    """The value that the text says, or a Problem."""
    if not _MANY_DIGITS(text):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
    return slowly(number, text)


def slowly(number: int, text: str) -> Any:
    """By Python's own reader: it keeps large numbers, and knows where a mistake is."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        return problem(number, "row-deep")
    except json.JSONDecodeError as error:
        return problem(number, "row-not-json", place=error.pos + 1)
    except _NoNumber as error:
        return problem(number, "row-not-json:number", name=str(error))
    except ValueError:  # Python reads no whole number of more than some thousand digits
        return problem(number, "row-not-json:digits")


def _refuse_constant(name: str) -> float:
    raise _NoNumber(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _NoNumber(digits[:40])
    return number
