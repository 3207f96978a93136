"""Parquet and Arrow files, read in a process of its own: a file that ends it ends nothing else.

The library that reads them may abort the whole process over a damaged one. The child gets the open
file as its input, no name and no secret; it answers in lines of JSON. It ends with who reads it:
nobody takes its lines any more.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO, Any, cast

import orjson

from ml.reading import columnar, limits, ours
from ml.reading.found import Detected, Row, UnreadableFile
from ml.reading.opening import Source

ROOT = Path(__file__).resolve().parent.parent.parent


def detect(source: Source, kind: str) -> Detected:
    with _child(source, "detect", kind) as lines:
        found = Detected(**next(_answers(lines)))
    return replace(found, dialect="studio") if set(found.columns) >= ours.TABLE else found


def rows(source: Source, found: Detected) -> Iterator[Row]:
    """How far it is shows on the source's meter, though it is the child that reads."""
    before = source.meter.bytes
    with _child(source, "rows", found.format) as lines:
        part = source.meter.bytes - before or source.path.stat().st_size
        answers = _answers(lines)
        total = next(answers)["rows"]
        for number, values in enumerate(answers, 1):
            if total:
                source.meter.bytes = before + part * number // total
            told = ours.beside_table(values) if found.dialect else None
            yield Row(number, values, beside=told)


@contextmanager
def _child(source: Source, deed: str, kind: str) -> Iterator[IO[bytes]]:
    command = [sys.executable, "-m", "ml.reading.caged", deed, kind]
    with source.anywhere() as file:
        # In a session of its own: what stops the studio is not taken for a damaged file.
        child = subprocess.Popen(  # noqa: S603  (all of it is ours)
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd=ROOT, env={}, start_new_session=True,
        )  # fmt: skip
        with cast(IO[bytes], child.stdout) as lines:
            try:
                yield lines
            finally:
                child.kill()
                child.wait()


def _answers(lines: IO[bytes]) -> Iterator[Any]:
    """What the child says, up to its last word. Without one it came to harm."""
    for line in lines:
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
            break
        if said is None:
            return
        if isinstance(said, list):
            code, values = said
            raise UnreadableFile(code, **values)
        yield said
    raise UnreadableFile("file-damaged")


def _said(deed: str, kind: str) -> Iterator[Any]:
    source = _Given()
    try:
        if deed == "detect":
            yield asdict(columnar.detect(source, kind))
        else:
            yield {"rows": columnar.count(source, kind)}
            for row in columnar.rows(source, Detected(kind)):
                yield row.values
        yield None
    except UnreadableFile as why:
        yield [why.code, why.values]


class _Given(Source):
    """The file that was handed over."""

    def __init__(self) -> None:
        super().__init__(Path("/dev/null"), "")

    def open(self) -> Any:
        file = os.fdopen(os.dup(0), "rb")
        file.seek(0)
        return file


def main() -> None:
    """In the child: memory and time are bounded, whatever the file says."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.CHILD_BYTES),
        (resource.RLIMIT_CPU, limits.CHILD_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    out = sys.stdout.buffer
    for said in _said(*sys.argv[1:]):
        out.write(orjson.dumps(said) + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
