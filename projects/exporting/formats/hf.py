"""Hugging Face: the folder that `datasets.load_dataset` reads, as a ZIP."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

import orjson
from django.utils.translation import gettext_lazy as _

from ml.task import Task
from projects import relabeling
from projects.exporting.cells import cells, fields
from projects.exporting.format import Format, aside_folder, written
from projects.exporting.refusing import Refused
from projects.exporting.rows import Asked, lines

CARD = """---
configs:
- config_name: default
  data_files:
{files}
dataset_info:
  features:
{features}
---
Examples of one project. `test` is its protected test set; rows without an answer have none in
`{answer}`.
"""


class HuggingFace(Format):
    """One Parquet file a split, and a README.md that names the splits and the labels."""

    slug = "hf"
    title = "Hugging Face"
    about = _("a data set for load_dataset, with train and test apart")
    icon, place = "mood-smile", 5
    content_type = "application/zip"

    def pieces(self, asked: Asked) -> Iterator[bytes]:
        return written(asked, _write)

    def name(self, asked: Asked) -> str:
        return "examples-hugging-face.zip"

    def why_not(self, asked: Asked) -> str:
        """Its labels are a list of names, and an answer may still say one that is gone."""
        moving = _names(asked) is not None and relabeling.unfinished(asked.project)
        return "labels-moving" if moving else ""


def _write(file: IO[bytes], asked: Asked) -> None:
    names = _names(asked)
    with aside_folder() as aside:
        splits = _split(asked, names, Path(aside))
        # Parquet is compressed already.
        with ZipFile(file, "w", ZIP_STORED) as out:
            out.writestr("README.md", _card(asked, names, splits))
            for split in splits:
                out.write(Path(aside) / split, f"data/{split}-00000-of-00001.parquet")


def _names(asked: Asked) -> list[str] | None:
    """Of a column whose cells are one label each: numbers stand for these names."""
    answer, labels = asked.project.kind.answer, asked.project.label_names
    said = answer.schema(labels)["properties"].get(answer.column, {})
    return list(labels) if said.get("type") == "string" and "enum" in said else None


def _split(asked: Asked, names: list[str] | None, folder: Path) -> list[str]:
    """Write `train`, and `test` where it has rows; their names."""
    import pyarrow as arrow
    from pyarrow.parquet import ParquetWriter

    schema, numbers = _schema(asked, names), {name: n for n, name in enumerate(names or [])}
    found: dict[str, Any] = {}
    with ExitStack() as still_open:
        for some in chain([[]], lines(asked, annotations=False, test=True)):
            for split, rows in (
                ("train", [row for row in some if not row["test"]]),
                ("test", [row for row in some if row["test"]]),
            ):
                if split not in found and (rows or split == "train"):
                    writer = ParquetWriter(folder / split, schema, compression="zstd")
                    found[split] = still_open.enter_context(writer)
                if rows:
                    table = _columns(asked.project.kind, rows, numbers)
                    found[split].write_table(arrow.table(table, schema=schema))
    return list(found)


def _columns(task: Task, rows: list[dict[str, Any]], numbers: dict[str, int]) -> list[list[Any]]:
    columns = [list(column) for column in zip(*(cells(task, row) for row in rows), strict=True)]
    at = len(fields(task)) + 1  # of the answer; what else the file said stands behind it
    said: list[Any] = [cell or None for cell in columns[at]]
    if numbers:
        said = [None if cell is None else _number(cell, numbers) for cell in said]
    return [*columns[:at], said, *columns[at + 1 :]]


def _number(label: str, numbers: dict[str, int]) -> int:
    try:
        return numbers[label]
    except KeyError:  # answers follow behind the labels
        raise Refused("labels-moving") from None


def _schema(asked: Asked, names: list[str] | None) -> Any:
    import pyarrow as arrow

    told = {"info": {"features": _features(asked, names)}}
    kinds = {"ClassLabel": arrow.int64(), "Value": arrow.string()}
    columns = [(name, kinds[one["_type"]]) for name, one in told["info"]["features"].items()]
    return arrow.schema(columns, metadata={b"huggingface": orjson.dumps(told)})


def _features(asked: Asked, names: list[str] | None) -> dict[str, dict[str, Any]]:
    task, text = asked.project.kind, {"dtype": "string", "_type": "Value"}
    answer = text if names is None else {"names": names, "_type": "ClassLabel"}
    beside = {"meta": text} if asked.meta else {}
    return dict.fromkeys(("id", *fields(task)), text) | {task.answer.column: answer} | beside


def _card(asked: Asked, names: list[str] | None, splits: list[str]) -> str:
    files = [f"  - split: {split}\n    path: data/{split}-*" for split in splits]
    features = []
    for name, one in _features(asked, names).items():
        features.append(f"  - name: {name}")
        if one["_type"] == "Value":
            features.append("    dtype: string")
            continue
        features += ["    dtype:", "      class_label:", "        names:"]
        features += [f"          '{n}': {_quoted(said)}" for n, said in enumerate(names or [])]
    answer = asked.project.kind.answer.column
    said = {"files": "\n".join(files), "features": "\n".join(features), "answer": answer}
    return CARD.format(**said)


def _quoted(name: str) -> str:
    """As YAML writes any text in double quotes."""
    return f'"{"".join(map(_sign, name))}"'


def _sign(one: str) -> str:
    return one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}"
