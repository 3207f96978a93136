"""Every odd file is read right, or refused with a sentence; none leaves anything behind."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from ml import reading
from ml.reading import Detected, Options, Problem, Row, caged, columnar, detecting
from tests.odd import making
from tests.odd.making import Odd

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def files(family: str) -> list[Odd]:
    return list(making.family(family))


def read(path: Path, odd: Odd) -> tuple[list[Row], list[Problem]]:
    """As the intake does it: what was detected is kept as JSON in between."""
    found = reading.detect(path, odd.name, Options(**odd.options))
    kept = Detected(**json.loads(json.dumps(found.as_json())))
    items = list(reading.rows(path, kept))
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    return (
        [item for item in items if isinstance(item, Row)],
        [item for item in items if isinstance(item, Problem)],
    )


def judge(odd: Odd, folder: Path) -> None:
    path = folder / "upload"
    path.write_bytes(odd.content)
    before = sorted(folder.rglob("*"))
    try:
        rows, problems = read(path, odd)
    except reading.UnreadableFile as why:
        assert str(why).endswith((".", "?"))
        assert odd.beginning or odd.rows is None, (odd.title, str(why))
        assert odd.refused in ("", why.code), (odd.title, why.code)
    else:
        said = [row.values for row in rows]
        assert not odd.refused, (odd.title, said[:3])
        if odd.beginning:
            whole = len(said) if problems else max(0, len(said) - 1)
            assert said[:whole] == (odd.rows or [])[:whole], (odd.title, said, problems)
        elif odd.rows is None:
            assert problems, (odd.title, said[:3])
        else:
            assert said == odd.rows, (odd.title, said[:5], [str(p.why) for p in problems[:3]])
            assert len(problems) == odd.problems, (odd.title, [str(p.why) for p in problems[:3]])
    assert sorted(folder.rglob("*")) == before


@pytest.fixture
def uncaged(monkeypatch):
    """To start a process takes a while, and hundreds of files need none: tests of it have some."""
    monkeypatch.setattr(caged, "detect", columnar.detect)
    for kind in ("parquet", "arrow"):
        monkeypatch.setitem(detecting._READERS, kind, columnar.rows)


@pytest.mark.parametrize("family", making.FAMILIES)
def test_every_odd_file_is_read_right_or_refused_with_a_sentence(family, tmp_path, uncaged):
    wrong = []
    for odd in files(family):
        try:
            judge(odd, tmp_path)
        except Exception as why:
            wrong.append(f"{odd.title} ({odd.name}): {type(why).__name__}: {str(why)[:300]}")
    assert wrong == []


def test_there_are_hundreds_and_no_two_are_the_same():
    titles = [(odd.title, odd.name) for family in making.FAMILIES for odd in files(family)]
    assert len(titles) >= 300
    assert len(set(titles)) == len(titles)


def test_the_script_writes_them_all(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "FAMILIES", ["jsons"])
    assert making.write(tmp_path / "odd") == len(list((tmp_path / "odd").iterdir()))


_READS = """
import sys
from pathlib import Path
from ml import reading

def peak():
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024

reading.detect(Path(sys.argv[1]), "small.csv")
before = peak()
try:
    found = reading.detect(Path(sys.argv[2]), sys.argv[3])
    items = reading.rows(Path(sys.argv[2]), found)
    problems = sum(isinstance(item, reading.Problem) for item in items)
    print(peak() - before, "problems", problems)
except reading.UnreadableFile as why:
    print(peak() - before, "refused", why.code)
"""


def line_of(megabytes: int, start: bytes, path: Path) -> None:
    """Of characters that are one byte each, and at last of ones that are four in memory."""
    with path.open("wb") as file:
        file.write(start)
        for _ in range(megabytes // 2):
            file.write(b"x" * 1024**2)
        for _ in range(megabytes // 2):
            file.write("😀".encode() * (256 * 1024))


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.csv", b"text,label\na,b\n"),
        ("a.txt", b"a\n"),
        ("a.jsonl", b'{"text": "a"}\n{"text": "'),
        ("a.json", b'[{"text": "a"}, {"text": "'),
        ("a.csv", b'text,label\na,b\n"open'),
        ("b.csv", b""),
    ],
)
def test_one_endless_line_costs_neither_memory_nor_the_worker(name, start, tmp_path):
    grown, said = _read_apart(64, name, start, tmp_path)
    assert grown <= 64 and said in ("problems 1", "refused header-unreadable"), (grown, said)


@pytest.mark.slow
def test_a_line_of_a_gigabyte_costs_no_more(tmp_path):
    grown, said = _read_apart(1024, "a.csv", b"text,label\na,b\n", tmp_path)
    assert grown <= 64 and said == "problems 1", (grown, said)


def _read_apart(megabytes: int, name: str, start: bytes, folder: Path) -> tuple[int, str]:
    """In a process of its own: by how many MB its memory grew at most, and what it said."""
    small, large = folder / "small", folder / "large"
    small.write_bytes(b"text,label\na,b\n")
    line_of(megabytes, start, large)
    asked = [sys.executable, "-c", _READS, str(small), str(large), name]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    large.unlink()
    grown, _, said = done.stdout.strip().partition(" ")
    return int(grown), said
