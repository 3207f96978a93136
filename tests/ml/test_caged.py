"""What a Parquet or Arrow file does to whoever reads it, it does to a process of its own."""

import io
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from ml import reading
from ml.reading import caged, limits
from tests.odd import making


def parquet(path, rows):
    table = pyarrow.table({"text": [f"text {n}" for n in range(rows)], "n": list(range(rows))})
    pyarrow.parquet.write_table(table, path, row_group_size=1000)
    return path


@pytest.fixture
def children(monkeypatch):
    """The processes that were started, in order."""
    started, popen = [], subprocess.Popen

    def start(*args, **how):
        started.append(popen(*args, **how))
        return started[-1]

    monkeypatch.setattr(caged.subprocess, "Popen", start)
    return started


def test_a_reader_that_is_killed_is_a_damaged_file(tmp_path, children):
    path = parquet(tmp_path / "a.parquet", 50_000)
    rows = reading.rows(path, reading.detect(path, "a.parquet"))
    assert next(rows).values == {"text": "text 0", "n": 0}
    os.kill(children[-1].pid, signal.SIGKILL)
    with pytest.raises(reading.UnreadableFile) as refused:
        list(rows)
    assert refused.value.code == "file-damaged"


def test_a_reader_that_nobody_listens_to_ends(tmp_path, children):
    path = parquet(tmp_path / "a.parquet", 5_000)
    rows = reading.rows(path, reading.detect(path, "a.parquet"))
    next(rows)
    rows.close()
    assert [child.poll() is not None for child in children] == [True, True]


def test_a_reader_ends_with_a_worker_that_is_killed(tmp_path):
    path = parquet(tmp_path / "a.parquet", 50_000)
    reads = (
        "import sys, time; from pathlib import Path; from ml import reading, reading as r;"
        "from ml.reading import caged; import subprocess; p = subprocess.Popen; s = [];"
        "caged.subprocess.Popen = lambda *a, **k: s.append(p(*a, **k)) or s[-1];"
        "path = Path(sys.argv[1]); rows = r.rows(path, r.detect(path)); next(rows);"
        "print(s[-1].pid, flush=True); time.sleep(60)"
    )
    worker = subprocess.Popen(
        [caged.sys.executable, "-c", reads, path], stdout=subprocess.PIPE, cwd=caged.ROOT
    )
    child = int(worker.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    worker.kill()
    worker.wait()
    worker.stdout.close()
    end = time.monotonic() + 10
    while _is_alive(child):
        assert time.monotonic() < end
        time.sleep(0.02)


def _is_alive(pid):
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


def test_a_reader_gets_no_more_memory_than_it_may(tmp_path, children):
    path = parquet(tmp_path / "a.parquet", 50_000)
    rows = reading.rows(path, reading.detect(path, "a.parquet"))
    next(rows)
    told = Path(f"/proc/{children[-1].pid}/limits").read_text()
    assert re.search(rf"Max address space +{limits.CHILD_BYTES} ", told)
    rows.close()


def test_how_far_it_is_moves_with_the_rows(tmp_path):
    path = parquet(tmp_path / "a.parquet", 3_000)
    meter, seen = reading.Meter(), []
    for _ in reading.rows(path, reading.detect(path, "a.parquet"), meter):
        seen.append(meter.bytes)
    assert seen == sorted(seen) and seen[0] < seen[1500] < seen[-1] == path.stat().st_size
    assert abs(seen[1500] / seen[-1] - 0.5) < 0.01


def test_some_odd_files_are_told_as_they_are_without_a_process(tmp_path):
    for odd in list(making.family("columns"))[::20]:
        path = tmp_path / "upload"
        path.write_bytes(odd.content)
        try:
            found = reading.detect(path, odd.name)
            rows = [item.values for item in reading.rows(path, found) if hasattr(item, "values")]
        except reading.UnreadableFile as why:
            assert odd.beginning or odd.rows is None, (odd.title, str(why))
        else:
            assert odd.beginning or odd.rows is None or rows == odd.rows, odd.title


def test_the_stream_of_an_arrow_file_is_read_too(tmp_path):
    out = io.BytesIO()
    batch = pyarrow.record_batch({"text": ["a", None], "n": [1, 2]})
    with pyarrow.ipc.new_stream(out, batch.schema) as stream:
        stream.write_batch(batch)
    path = tmp_path / "a.arrow"
    path.write_bytes(out.getvalue())
    found = reading.detect(path, "a.arrow")
    told = [row.values for row in reading.rows(path, found)]
    assert told == [{"text": "a", "n": 1}, {"text": None, "n": 2}]
