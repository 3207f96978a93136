"""Which column of a file is what: as the uploader said, else guessed from the names."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from ml.reading import UnreadableFile
from ml.task import Task

# What people call the columns, in the languages that the studio speaks.
KNOWN: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "sentence", "content", "message", "body", "review", "question", "comment"),
        *("utterance", "title", "文本", "内容", "句子", "评论", "问题"),
    ),
    "label": (
        *("label", "category", "class", "intent", "target", "sentiment", "topic", "tag", "answer"),
        *("标签", "类别", "分类", "意图"),
    ),
    "labels": ("labels", "tags", "categories", "topics", "label", "answer", "标签", "类别", "分类"),
    "spans": ("spans", "entities", "label", "labels", "answer", "实体", "标注"),
    "prompt": (
        *("prompt", "instruction", "question", "input", "user", "text", "提示", "指令", "问题"),
    ),
    "system": ("system", "system_prompt", "系统", "系统提示"),
    "context": ("context", "document", "passage", "background", "上下文", "背景", "材料"),
    "response": (
        *(
            "response",
            "completion",
            "output",
            "answer",
            "assistant",
            "回答",
            "回复",
            "输出",
            "答案",
        ),
    ),
    "query": ("query", "question", "prompt", "search", "查询", "问题"),
    "candidates": (
        *("candidates", "candidate_1", "candidate 1", "options", "responses", "documents", "候选"),
        *("候选1", "候选_1", "候选 1"),
    ),
    "ranking": ("ranking", "rank", "order", "answer", "排序", "排名"),
}
_FIRST = re.compile(r"(.*?[^\d])1")  # the first of columns that are counted: candidate_1


NEARLY_ALL = 0.8  # of the cells that say something


def fields(task: Task) -> list[str]:
    """The names that a column can be mapped to: the data's, then the answer's."""
    return [*task.example_schema()["properties"], task.answer.column]


Mapping = dict[str, str | None]


def complete(task: Task, said: Mapping, columns: list[str]) -> Mapping:
    """Field → column; None where someone said that there is none, rather than nothing.

    Raises UnreadableFile where a needed column cannot be told.
    """
    for field, column in said.items():
        if column is not None and column not in columns:
            raise UnreadableFile("column-missing", column=column, columns=_named(columns))
        if field not in fields(task):
            known = ", ".join(fields(task))
            raise UnreadableFile("column-unknown", field=field, fields=known)
    taken = {column for column in said.values() if column is not None}
    mapping: Mapping = {**_guess(task, columns, taken), **said}
    missing = [n for n in task.example_schema()["required"] if mapping.get(n) is None]
    if missing:
        raise UnreadableFile("column-unclear", field=missing[0], columns=_named(columns))
    return mapping


def guessed(task: Task, columns: list[str]) -> Mapping:
    """What the names of the columns tell; None for what is needed and cannot be told."""
    needed: Mapping = dict.fromkeys(task.example_schema()["required"])
    return {**needed, **_guess(task, columns, set())}


def _named(columns: list[str]) -> str:
    shown = [f"“{column[:60]}”" for column in columns[:20]]
    return ", ".join(shown + ["…"] * (len(columns) > 20))


def _guess(task: Task, columns: list[str], taken: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields(task):
        names = (field, *KNOWN.get(field, ()))
        by_name = {column.strip().casefold(): column for column in columns if column not in taken}
        hit = next((by_name[name] for name in names if name in by_name), None)
        if hit is not None:
            found[field] = hit
            taken = taken | {hit}
    return found | _left_over(task, columns, found, taken)


def _left_over(
    task: Task, columns: list[str], found: dict[str, str], taken: set[str]
) -> dict[str, str]:
    """A single column that is left must be the one thing that is missing."""
    missing = [name for name in task.example_schema()["required"] if name not in found]
    rest = [column for column in columns if column not in taken]
    return {missing[0]: rest[0]} if len(missing) == 1 and len(rest) == 1 else {}


def answered_in(
    task: Task, mapping: Mapping, rows: Iterable[dict[str, Any]], labels: Collection[str]
) -> Mapping:
    """The mapping with the column whose cells are nearly all labels, where none is called so."""
    if task.answer.column in mapping or not labels:
        return mapping
    known, hits, seen = {label.casefold() for label in labels}, Counter[str](), Counter[str]()
    for row in rows:
        for column, cell in row.items():
            named = () if cell is None else task.answer.named_in(cell)
            seen[column] += bool(cell is not None and str(cell).strip())
            hits[column] += bool(named) and known.issuperset(one.casefold() for one in named)
    taken = set(mapping.values())
    likely = [c for c in seen if c not in taken and hits[c] >= max(2, NEARLY_ALL * seen[c])]
    return {**mapping, task.answer.column: likely[0]} if len(likely) == 1 else mapping


def picked(values: dict[str, Any], mapping: Mapping, task: Task) -> tuple[Any, Any]:
    """A row's data, and what its answer column says (None where it says nothing).

    A field that may be missing is, where its cell is empty. A field that is a list comes from one
    column, or from all that are counted as it is: candidate_1, candidate_2 …
    """
    schema = task.example_schema()
    data = {
        field: _listed(values, column, schema["properties"].get(field, {}))
        for field, column in mapping.items()
        if field != task.answer.column and column is not None and column in values
    }
    for field in data.keys() - set(schema["required"]):
        if data[field] is None or data[field] == "":
            del data[field]
    column = mapping.get(task.answer.column)
    said = None if column is None else values.get(column)
    silent = said is None or said == "" or (said == [] and not task.answer.none)
    return data, None if silent else said


def is_counted(task: Task, mapping: Mapping, column: str) -> bool:
    """Whether the column is one of those that are counted on from the one that is mapped."""
    properties = task.example_schema()["properties"]
    for field, mapped in mapping.items():
        first = _FIRST.fullmatch(mapped or "")
        if first and properties.get(field, {}).get("type") == "array":
            number = column.removeprefix(first[1])
            if number != column and number.isdecimal():
                return True
    return False


def answer_in(said: Any, task: Task) -> Any:
    """What the answer column says: an answer as an object, or the text of a cell.

    A list is what the answer's own column holds.
    """
    if isinstance(said, list):
        return {task.answer.column: said}
    return said if isinstance(said, dict) else str(said)


def _listed(values: dict[str, Any], column: str, schema: dict[str, Any]) -> Any:
    first = _FIRST.fullmatch(column)
    if schema.get("type") != "array" or first is None:
        return values[column]
    found, at = [values[column]], 2
    while (name := f"{first[1]}{at}") in values:
        found.append(values[name])
        at += 1
    return [one for one in found if one is not None and one != ""]
