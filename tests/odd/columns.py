"""Parquet and Arrow files of all types, whole and damaged, and those of Hugging Face."""

# ruff: noqa: E501, DTZ001  (a file and what must come of it is one line)
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.odd.making import Odd, cut

ROWS = [{"text": "one, two", "label": "a"}, {"text": "三 😀", "label": "b"}]


def parquet(table: pa.Table, **how: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def arrow(table: pa.Table, *, stream: bool = True, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as file:
        file.write_table(table)
    return out.getvalue()


def named(table: pa.Table, **features: Any) -> pa.Table:
    """With the features that `datasets` writes beside its data."""
    told = json.dumps({"info": {"features": features}})
    return table.replace_schema_metadata({"huggingface": told})


def files() -> Iterator[Odd]:
    table = pa.Table.from_pylist(ROWS)
    for name in ("p.parquet", "p.csv", "p"):
        yield Odd(f"Parquet called {name}", name, parquet(table), ROWS)
    for how in ("none", "gzip", "zstd", "brotli", "lz4"):
        yield Odd(f"Parquet by {how}", "p.parquet", parquet(table, compression=how), ROWS)
    yield Odd("many row groups", "p.parquet", parquet(pa.Table.from_pylist(ROWS * 50), row_group_size=1), ROWS * 50)  # fmt: skip
    yield Odd("Arrow stream", "a.arrow", arrow(table), ROWS)
    yield Odd("Arrow file", "a.arrow", arrow(table, stream=False), ROWS)
    yield Odd("Arrow file called csv", "a.csv", arrow(table, stream=False), ROWS)
    yield Odd(
        "Arrow, compressed", "a.arrow", arrow(table, compression="zstd"), refused="file-compressed"
    )
    yield from _types()
    yield from _of_hugging_face()
    whole = Odd("Parquet", "p.parquet", parquet(pa.Table.from_pylist(ROWS * 99)), ROWS)
    yield from (Odd(o.title, o.name, o.content) for o in cut(whole, 9))
    yield from _flipped(whole.content)


def _flipped(content: bytes) -> Iterator[Odd]:
    """Damage in the middle: any end is fine but a crash; a checksum may be all that is wrong."""
    for part in range(1, 9):
        place = len(content) * part // 9
        damaged = content[:place] + bytes([content[place] ^ 0xFF]) * 40 + content[place + 40 :]
        yield Odd(f"Parquet, damaged at {place}", "p.parquet", damaged, ROWS * 99, beginning=True)


def _types() -> Iterator[Odd]:
    for title, column, told in (
        ("decimal", pa.array([Decimal("1.10"), None]), ["1.10", None]),
        ("day", pa.array([date(2024, 2, 29), None]), ["2024-02-29", None]),
        ("moment", pa.array([datetime(2024, 2, 29, 13, 30), None], pa.timestamp("s")), ["2024-02-29 13:30:00", None]),
        ("nanosecond", pa.array([1, None], pa.timestamp("ns")), ["1970-01-01 00:00:00.000000001", None]),
        ("far away", pa.array([2**62, None], pa.timestamp("us")), None),
        ("binary text", pa.array(["é".encode(), b"\xff"]), ["é", None]),
        ("dictionary", pa.array(["a", "a"]).dictionary_encode(), ["a", "a"]),
        ("large text", pa.array(["a", None], pa.large_string()), ["a", None]),
        ("list", pa.array([["a", None], []]), [["a", None], []]),
        ("no number", pa.array([float("nan"), float("inf")]), [None, None]),
        ("whole number", pa.array([2**63 - 1, -1]), [2**63 - 1, -1]),
        ("truth", pa.array([True, None]), [True, None]),
        ("nothing", pa.nulls(2), [None, None]),
        ("map", pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string())), [[["k", "v"]], []]),
    ):  # fmt: skip
        content = parquet(pa.table({"text": pa.array(["x", "y"]), "c": column}), store_schema=True)
        rows = [{"text": t, "c": c} for t, c in zip("xy", told, strict=True)] if told else None
        if rows:
            yield Odd(f"column of {title}", "t.parquet", content, rows)
    nested = pa.table({"text": ["x"], "meta": [{"who": {"name": "N"}}]})
    yield Odd("nested columns", "t.parquet", parquet(nested), [{"text": "x", "meta": {"who": {"name": "N"}}, "meta.who": {"name": "N"}, "meta.who.name": "N"}])  # fmt: skip
    for title, type in (("uuid", pa.uuid()), ("json", pa.json_())):
        storage = pa.array([b"0" * 16] if title == "uuid" else ["{}"], type.storage_type)
        foreign = pa.table({"text": ["x"], "c": pa.ExtensionArray.from_storage(type, storage)})
        yield Odd(f"extension type {title}", "t.parquet", parquet(foreign), refused="file-type")
        yield Odd(
            f"extension type {title} in Arrow", "t.arrow", arrow(foreign), refused="file-type"
        )
    unknown = pa.field("c", pa.binary(), metadata={"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": b"\x80\x04\x95"})  # fmt: skip
    pickled = pa.table([["x"], [b"y"]], pa.schema([("text", pa.string()), unknown]))
    yield Odd("a type by pickle", "t.parquet", parquet(pickled), refused="file-type")
    empty = pa.table({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())})
    yield Odd("no rows in Parquet", "t.parquet", parquet(empty), [])
    yield Odd("no columns in Parquet", "t.parquet", parquet(pa.table({})), refused="header-empty")
    twice = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"])
    yield Odd(
        "a name twice in Parquet", "t.parquet", parquet(twice), [{"text": "a", "text (2)": "b"}]
    )
    wide = pa.table({f"c{n}": ["x"] for n in range(2001)})
    yield Odd("2,001 columns in Parquet", "t.parquet", parquet(wide), refused="file-columns")
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), ["x" * 100_000])
    repeated = pa.table({"text": shared})
    yield Odd(
        "a long text, many times",
        "t.parquet",
        parquet(repeated),
        [{"text": "x" * 100_000}] * 20_000,
    )
    yield Odd("magic alone", "t.parquet", b"PAR1PAR1", refused="file-damaged")
    yield Odd(
        "a lying footer",
        "t.parquet",
        b"PAR1" + b"\0" * 20 + b"\xff\xff\xff\x7fPAR1",
        refused="file-damaged",
    )


def _of_hugging_face() -> Iterator[Odd]:
    labels = {"names": ["neg", "pos"], "_type": "ClassLabel"}
    table = pa.table({"text": ["a", "b", "c"], "label": [0, 1, -1]})
    told = [{"text": t, "label": name} for t, name in zip("abc", ["neg", "pos", None], strict=True)]
    known = named(table, text={"dtype": "string", "_type": "Value"}, label=labels)
    yield Odd("class labels in Parquet", "train.parquet", parquet(known), told)
    yield Odd("class labels in Arrow", "train.arrow", arrow(known), told)
    tags = {"names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}
    table = pa.table({"tokens": [["Ada", "Lovelace", "wrote"]], "ner_tags": [[1, 2, 0]]})
    for title, feature in {
        "Sequence": {"feature": tags, "_type": "Sequence"}, "List": {"feature": tags, "_type": "List"}, "bare": [tags],
    }.items():  # fmt: skip
        tagged = named(table, ner_tags=feature)
        span = {"start": 0, "end": 12, "label": "PER", "text": "Ada Lovelace"}
        row = {"tokens": ["Ada", "Lovelace", "wrote"], "ner_tags": ["B-PER", "I-PER", "O"], "text": "Ada Lovelace wrote", "spans": [span]}  # fmt: skip
        yield Odd(f"tags as {title}", "train.parquet", parquet(tagged), [row])
    odd = pa.table({"text": ["a"], "label": [0]}).replace_schema_metadata(
        {"huggingface": "{not json"}
    )
    yield Odd("features that are none", "train.parquet", parquet(odd), [{"text": "a", "label": 0}])
