"""Odd files, and what must come of each: `python -m tests.odd.making FOLDER` writes them all.

An oddity is lawful (its exact rows are told), a file that was cut (a beginning of its rows must
come), or wrong (it must be refused with a sentence, or give problems).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Odd:
    """A file with the name that a person gave it."""

    title: str
    name: str
    content: bytes
    rows: list[dict[str, Any]] | None = None  # exactly these
    problems: int = 0  # beside them
    beginning: bool = False  # or the first of them, the last of which may be cut
    refused: str = ""  # the code, where only one will do
    options: dict[str, Any] = field(default_factory=dict)


FAMILIES = ["texts", "tables", "jsons", "sheets", "columns", "packed", "peers"]


def family(name: str) -> Iterator[Odd]:
    yield from import_module(f"tests.odd.{name}").files()


def everything() -> Iterator[Odd]:
    for name in FAMILIES:
        yield from family(name)


def cut(whole: Odd, times: int) -> Iterator[Odd]:
    """The same file, ended too early at many points."""
    for part in range(1, times + 1):
        end = len(whole.content) * part // (times + 1)
        yield Odd(
            f"{whole.title}, cut at {end}", whole.name, whole.content[:end], whole.rows,
            beginning=True,
        )  # fmt: skip


def write(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, odd in enumerate(everything(), 1):
        (folder / f"{count:03}-{odd.name}").write_bytes(odd.content)
    return count


if __name__ == "__main__":
    print(write(Path(sys.argv[1])), "files")  # noqa: T201
