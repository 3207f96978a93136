"""Many files of one store are fetched as one: with one lease, one clock, one limit, none twice."""

import contextlib
import gzip
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ml.reading import UnreadableFile
from projects import fetching, outside
from projects.models import Upload

S3 = {"endpoint": "http://x", "bucket": "b", "prefix": "", "region": "r", "key": ""}
ROW = b"text,label\nhello,ham\n"


class Answer:
    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self.pieces, self.pause = pieces, pause

    def iter_raw(self) -> Iterator[bytes]:
        for piece in self.pieces:
            time.sleep(self.pause)
            yield piece


def listing(*names: str, more: str = "") -> Answer:
    keys = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names)
    token = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    return Answer(f"<R>{token}{keys}</R>".encode())


@pytest.fixture
def store(monkeypatch) -> Callable[..., None]:
    """A store that lists some names, and answers each of them alike."""

    def stands(listed: Answer, file: Answer) -> None:
        @contextlib.contextmanager
        def opened(self: Any, path: str) -> Iterator[Answer]:
            yield listed if "list-type" in path else file

        monkeypatch.setattr(fetching.Store, "opened", opened)

    return stands


@pytest.fixture
def waiting(project) -> Upload:
    made = Upload.objects.create(project=project, name="x", fetched={"s3": S3})
    Upload.objects.filter(pk=made.pk).update(path=f"uploads/{made.pk}")
    claimed = Upload.claim(made.pk)
    assert claimed is not None
    return claimed


def members(upload: Upload) -> dict[str, bytes]:
    with zipfile.ZipFile(upload.file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_lease_goes_on_over_many_small_files(waiting, store, monkeypatch):
    monkeypatch.setattr(fetching, "TOLD_SECONDS", 0.1)
    store(listing(*(f"{n}.csv" for n in range(10))), Answer(ROW, pause=0.05))
    breaths: list[int] = []
    began = time.monotonic()
    fetching.bring(waiting, meanwhile=lambda: breaths.append(1))
    assert 3 <= len(breaths) <= (time.monotonic() - began) / 0.1
    assert len(members(waiting)) == 10


def test_a_store_that_lists_without_end_is_given_up(waiting, store, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_PAGES", 5)
    store(listing("a.png", more="x"), Answer(ROW))
    with pytest.raises(outside.NotFetched, match="5,000"):
        fetching.bring(waiting, meanwhile=lambda: None)
    assert not waiting.file.exists()


def test_all_of_it_together_has_its_time(waiting, store, monkeypatch):
    monkeypatch.setattr(outside, "WHOLE_SECONDS", 0.3)
    store(listing(*(f"{n}.csv" for n in range(20))), Answer(ROW, pause=0.05))
    with pytest.raises(outside.NotFetched, match="longer than"):
        fetching.bring(waiting, meanwhile=lambda: None)


def test_the_limit_that_is_named_is_that_of_all(waiting, store, settings):
    settings.UPLOAD_LIMIT_BYTES = 1024**2
    store(listing("a.csv", "b.csv"), Answer(b"a" * 600_000))
    with pytest.raises(outside.NotFetched, match="larger than 1 MB"):
        fetching.bring(waiting, meanwhile=lambda: None)


def test_every_kind_of_table_is_taken_and_gzip_is_unpacked(waiting, store):
    packed = gzip.compress(ROW) + gzip.compress(b"bye,ham\n")
    names = ("a.csv.gz", "B.JSONL.GZ", "state.tar.gz", "c.gz", "c.png", "d.zip")
    store(listing(*names), Answer(packed[:7], packed[7:30], packed[30:]))
    fetching.bring(waiting, meanwhile=lambda: None)
    assert members(waiting) == dict.fromkeys(("0001-a.csv", "0002-B.JSONL"), ROW + b"bye,ham\n")


@pytest.mark.parametrize("name", ["a.arrow", "a.tab", "a.bio", "a.iob2", "a.parquet", "a.xlsx"])
def test_what_an_upload_reads_a_folder_may_hold(waiting, store, name):
    store(listing(name), Answer(ROW))
    fetching.bring(waiting, meanwhile=lambda: None)
    assert [*members(waiting)] == [f"0001-{name}"]


def test_a_bomb_and_a_stump_are_refused(waiting, store, settings):
    settings.UPLOAD_LIMIT_BYTES = 1024**2
    store(listing("a.csv.gz"), Answer(gzip.compress(bytes(100 * 1024**2))))
    with pytest.raises(outside.NotFetched, match="larger than 1 MB"):
        fetching.bring(waiting, meanwhile=lambda: None)
    for broken in (gzip.compress(ROW)[:-9], b"no gzip"):
        store(listing("a.csv.gz"), Answer(broken))
        with pytest.raises(UnreadableFile, match="damaged"):
            fetching.bring(waiting, meanwhile=lambda: None)
