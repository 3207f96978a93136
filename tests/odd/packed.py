"""Packed files: several tables in one, names that play tricks, and what unpacks to too much."""

# ruff: noqa: E501  (a file and what must come of it is one line)
import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterator

from tests.odd.columns import arrow, named, parquet
from tests.odd.making import Odd, cut
from tests.odd.sheets import TABLE, book

ONE, TWO = b"text,label\na,x\nb,y\n", b"text,label\nc,x\n"
ROWS = [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]
BOTH = [*ROWS, {"text": "c", "label": "x"}]


def zipped(
    *members: tuple[str | zipfile.ZipInfo, bytes], packed: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, content in members:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a name is there twice
                archive.writestr(name, content, packed)
    return out.getvalue()


def files() -> Iterator[Odd]:
    yield from _gzip()
    yield from _zip()
    yield from _tricks()
    yield from _nested()
    yield from _bombs()
    yield from _of_hugging_face()


def _gzip() -> Iterator[Odd]:
    for name in ("a.csv.gz", "a.gz", "a.csv"):
        yield Odd(f"gzip called {name}", name, gzip.compress(ONE), ROWS)
    lines = b'{"text": "a"}\n{"text": "b"}\n'
    texts = [{"text": "a"}, {"text": "b"}]
    yield Odd("lines in gzip", "a.jsonl.gz", gzip.compress(lines), texts)
    yield Odd("text in gzip", "a.txt.gz", gzip.compress(b"a\nb\n"), texts)
    yield Odd("list in gzip", "a.json.gz", gzip.compress(b'[{"text": "a"}, {"text": "b"}]'), texts)
    yield Odd(
        "workbook in gzip", "a.xlsx.gz", gzip.compress(book(S=[["text"], ["a"], ["b"]])), texts
    )
    yield Odd("GB18030 in gzip", "a.csv.gz", gzip.compress("text\n我要退款\n".encode("gb18030")), [{"text": "我要退款"}])  # fmt: skip
    yield Odd(
        "gzips one after another", "a.csv.gz", gzip.compress(ONE) + gzip.compress(b"c,x\n"), BOTH
    )
    yield Odd("gzip with zeros behind", "a.csv.gz", gzip.compress(ONE) + b"\0" * 99, ROWS)
    yield Odd(
        "gzip with noise behind", "a.csv.gz", gzip.compress(ONE) + b"noise", refused="file-damaged"
    )
    yield Odd("nothing in gzip", "a.csv.gz", gzip.compress(b""), refused="file-empty")
    yield Odd(
        "gzip of gzip", "a.csv.gz.gz", gzip.compress(gzip.compress(ONE)), refused="file-nested"
    )
    wrong = bytearray(gzip.compress(ONE))
    wrong[-6] ^= 0xFF
    yield Odd("gzip with a wrong checksum", "a.csv.gz", bytes(wrong), refused="file-damaged")
    for odd in cut(Odd("gzip", "a.csv.gz", gzip.compress(ONE)), 8):
        yield Odd(odd.title, odd.name, odd.content)


def _zip() -> Iterator[Odd]:
    for name in ("a.zip", "a.csv", "a"):
        yield Odd(f"zip called {name}", name, zipped(("one.csv", ONE), ("two.csv", TWO)), BOTH)
    yield Odd("zip, not packed", "a.zip", zipped(("1.csv", ONE), packed=zipfile.ZIP_STORED), ROWS)
    yield Odd("formats of all kinds", "a.zip", zipped(("1.csv", ONE), ("2.jsonl", b'{"text": "c", "label": "x"}\n')), BOTH)  # fmt: skip
    yield Odd("a workbook in a zip", "a.zip", zipped(("1.xlsx", book(S=TABLE))), [dict(zip(TABLE[0], r, strict=True)) for r in TABLE[1:]])  # fmt: skip
    beside = (("__MACOSX/._1.csv", b"\0\5\x16\7"), (".DS_Store", b"\0\0\0\1"), ("d/", b""), ("README.md", b"# Hello"), ("a/b/1.csv", ONE))  # fmt: skip
    yield Odd("what systems put beside", "a.zip", zipped(*beside), ROWS)
    yield Odd("encodings of all kinds", "a.zip", zipped(("1.csv", "text,label\n我要退款,x\n".encode("gb18030")), ("2.csv", "text,label\n我要退款,y\n".encode("utf-16"))), [{"text": "我要退款", "label": label} for label in "xy"])  # fmt: skip
    yield Odd(
        "unlike columns",
        "a.zip",
        zipped(("1.csv", ONE), ("2.csv", b"a,b\n1,2\n")),
        refused="file-unlike",
    )
    yield Odd("more columns in one", "a.zip", zipped(("1.csv", ONE), ("2.csv", b"text,more\nc,d\n")), [*ROWS, {"text": "c", "more": "d"}])  # fmt: skip
    yield Odd(
        "one is broken", "a.zip", zipped(("1.csv", ONE), ("2.csv", b"")), refused="file-member"
    )
    yield Odd("only one, and empty", "a.zip", zipped(("1.csv", b"")), refused="file-empty")
    yield Odd("no files", "a.zip", zipped(), refused="file-nothing")
    yield Odd("only folders", "a.zip", zipped(("a/", b""), ("b/c/", b"")), refused="file-nothing")
    yield Odd(
        "only pictures",
        "a.zip",
        zipped(("a.png", b"\x89PNG"), ("b.png", b"")),
        refused="file-nothing",
    )
    yield Odd("the same name twice", "a.zip", zipped(("1.csv", TWO), ("1.csv", ONE)), ROWS)
    for packed, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        yield Odd(
            f"packed by {name}",
            "a.zip",
            zipped(("1.csv", ONE), packed=packed),
            refused="file-locked",
        )
    locked = bytearray(zipped(("1.csv", ONE)))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(mark) + place] |= 1
    yield Odd("with a password", "a.zip", bytes(locked), refused="file-locked")
    yield Odd("a program before it", "a.zip", b"MZ" + b"\x90" * 500 + zipped(("1.csv", ONE)))
    for odd in cut(Odd("zip", "a.zip", zipped(("one.csv", ONE * 50), ("two.csv", TWO))), 8):
        yield Odd(odd.title, odd.name, odd.content)


def _tricks() -> Iterator[Odd]:
    """Names that point elsewhere are names all the same: nothing is written by them."""
    for name in (
        "../../../../tmp/odd.csv", "/tmp/odd.csv", "C:\\odd.csv", "..\\..\\odd.csv", "\\\\host\\odd.csv",
        "a/../../odd.csv", "//odd.csv", "~/odd.csv", "a\nb.csv", "a" * 5000 + ".csv", "数据.csv", "\u202ecsv.csv",
        "con.csv", "'; DROP TABLE x; --.csv", "<script>alert(1)</script>.csv", " .csv",
    ):  # fmt: skip
        yield Odd(f"called {name[:40]!r}", "a.zip", zipped((name, ONE)), ROWS)
    nul = zipped(("abc.csv", ONE)).replace(b"abc.csv", b"a\0c.csv")
    yield Odd("a NUL in its name", "a.zip", nul, ROWS)
    link = zipfile.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    yield Odd("a link", "a.zip", zipped((link, b"/etc/passwd"), ("1.csv", ONE)))
    yield Odd("a link alone", "a.zip", zipped((link, b"/etc/passwd")), [])
    device = zipfile.ZipInfo("null.csv")
    device.create_system, device.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    yield Odd("a device", "a.zip", zipped((device, ONE)), ROWS)


def _nested() -> Iterator[Odd]:
    inner = zipped(("1.csv", ONE))
    for name in ("inner.zip", "inner.csv.gz", "inner.tar", "inner.7z"):
        yield Odd(
            f"{name} within", "a.zip", zipped(("1.csv", ONE), (name, inner)), refused="file-nested"
        )
    yield Odd("a zip called csv within", "a.zip", zipped(("1.csv", inner)), refused="file-nested")
    yield Odd(
        "a gzip called csv within",
        "a.zip",
        zipped(("1.csv", gzip.compress(ONE))),
        refused="file-nested",
    )
    yield Odd("a zip in a gzip", "a.zip.gz", gzip.compress(inner), refused="file-nested")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("../../odd.csv"))
    yield Odd("a tar", "a.tar", out.getvalue(), refused="file-kind")
    yield Odd("a tar in a gzip", "a.tar.gz", gzip.compress(out.getvalue()), refused="file-kind")


def _bombs() -> Iterator[Odd]:
    much = gzip.compress(b"text\n" + b"a" * 99_999_995)
    yield Odd("a hundred megabytes of a", "b.csv.gz", much, refused="file-inflated:ratio")
    yield Odd(
        "the same in a zip",
        "b.zip",
        zipped(("1.csv", b"a" * 100_000_000)),
        refused="file-inflated:ratio",
    )
    yield Odd("in many members", "b.zip", zipped(*[(f"{n}.csv", b"text\n" + b"a,\n" * 3_000_000) for n in range(8)]), refused="file-inflated:ratio")  # fmt: skip
    yield Odd(
        "too many members",
        "b.zip",
        zipped(*[(f"{n}.csv", b"") for n in range(1001)]),
        refused="file-members",
    )
    whole = zipped(("1.csv", ONE))
    yield Odd("lies that it is small", "b.zip", _lying(whole, 1))
    yield Odd("lies that it is large", "b.zip", _lying(whole, 2**32 - 2), ROWS)
    end = whole.rindex(b"PK\5\6")
    for title, place, form, value in (
        ("directory of 4 GB", 12, "<I", 2**32 - 2), ("directory elsewhere", 16, "<I", 2**31),
        ("65,000 members", 10, "<H", 65_000), ("a comment that is not there", 20, "<H", 65_000),
    ):  # fmt: skip
        changed = bytearray(whole)
        struct.pack_into(form, changed, end + place, value)
        lawful = title in ("65,000 members", "a comment that is not there")
        yield Odd(f"lies of a {title}", "b.zip", bytes(changed), ROWS if lawful else None)


def _lying(whole: bytes, size: int) -> bytes:
    changed = bytearray(whole)
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", changed, changed.index(mark) + place, size)
    return bytes(changed)


def _of_hugging_face() -> Iterator[Odd]:
    import pyarrow as pa

    table = pa.table({"text": ["a", "b"], "label": [0, 1]})
    labels = {"names": ["x", "y"], "_type": "ClassLabel"}
    known = named(table, label=labels)
    info, state = b'{"features": {}}', b'{"_data_files": [{"filename": "x"}]}'
    folder = zipped(
        ("ds/dataset_info.json", info), ("ds/state.json", state), ("ds/data-00000-of-00001.arrow", arrow(known)),
        ("ds/cache-1.arrow", arrow(known)),
    )  # fmt: skip
    yield Odd("a folder that datasets saved", "ds.zip", folder, ROWS)
    splits = zipped(
        ("ds/dataset_dict.json", b'{"splits": ["train"]}'), ("ds/train/data-0.arrow", arrow(known)),
        ("ds/train/dataset_info.json", info), ("ds/test/data-0.arrow", arrow(known)),
    )  # fmt: skip
    yield Odd("with two splits", "ds.zip", splits, ROWS * 2)
    hub = zipped(("README.md", b"# Data"), ("data/train-0.parquet", parquet(known)))
    yield Odd("a folder of the hub", "hub.zip", hub, ROWS)
