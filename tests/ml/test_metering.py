"""How far a file is read is told in bytes of the file itself, packed or not."""

import gzip
import io
import zipfile
from itertools import islice

import pytest

from ml import reading

ROWS = 80_000


def packed(kind, content):
    if kind == "plain":
        return content
    if kind == "gzip":
        return gzip.compress(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
        archive.writestr("b.csv", content)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip"])
def test_the_meter_follows_the_rows(tmp_path, kind):
    lines = (f"text number {n * 7919 % 65537} and {n * n}" for n in range(ROWS))
    path = tmp_path / "upload"
    path.write_bytes(packed(kind, "\n".join(["text", *lines]).encode()))
    meter, size = reading.Meter(), path.stat().st_size
    rows = reading.rows(path, reading.detect(path, "a.csv"), meter)
    whole = ROWS * (2 if kind == "zip" else 1)
    assert sum(1 for _ in islice(rows, whole // 2)) == whole // 2
    assert 0.2 < meter.bytes / size < 0.8
    assert sum(1 for _ in rows) == whole - whole // 2
    assert 0.95 < meter.bytes / size < 1.2
