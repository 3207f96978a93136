"""What the columns of a table are called, and whether its first row says so."""

import re
from collections.abc import Sequence

from ml.reading import limits
from ml.reading.found import UnreadableFile, plain

# Names that a column has: who finds one in the first row has found a header.
_NAMES = frozenset(
    {
        *("id", "text", "label", "category", "class", "title", "body", "content", "message"),
        *("sentence", "review", "comment", "question", "answer", "name", "date", "time", "url"),
        *("author", "source", "score", "rating", "value", "intent", "target", "sentiment"),
        *("topic", "tag", "lang", "language", "split", "spans", "tokens", "email", "user"),
        *("number", "文本", "内容", "句子", "评论", "问题", "标签", "类别", "分类", "意图", "标题"),
        *("日期", "姓名", "编号", "序号"),
    }
)
_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?")


def named(cells: Sequence[str]) -> list[str]:
    """Each column with a name of its own. Raises UnreadableFile."""
    if len(cells) > limits.COLUMNS:
        have, most = f"{len(cells):,}", f"{limits.COLUMNS:,}"
        raise UnreadableFile("file-columns", have=have, most=most)
    names = [plain(cell.strip())[: limits.NAME] for cell in cells]
    if not any(names):
        raise UnreadableFile("header-empty")
    said, taken = set(names), set[str]()
    for place, name in enumerate(names):
        names[place] = _free(name or f"column {place + 1}", said, taken)
        taken.add(names[place])
    return names


def _free(name: str, said: set[str], taken: set[str]) -> str:
    if name not in taken:
        return name
    count = 2
    while (other := f"{name} ({count})") in taken or other in said:
        count += 1
    return other


def numbered(width: int) -> list[str]:
    return named([f"column {place + 1}" for place in range(width)])


def missing(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is data, and clearly so: in doubt it is a header."""
    if len(below) < 3 or any(not c.strip() or c.strip().casefold() in _NAMES for c in first):
        return False
    columns = [[row[place] for row in below if len(row) > place] for place in range(len(first))]
    repeated = any(
        cells.count(cell) >= max(2, len(cells) / 20)
        for cell, cells in zip(first, columns, strict=True)
    )
    numbers = any(
        _NUMBER.fullmatch(cell) and all(map(_NUMBER.fullmatch, cells))
        for cell, cells in zip(first, columns, strict=True)
    )
    return repeated or (numbers and any(_is_sentence(cell) for cell in first))


def _is_sentence(cell: str) -> bool:
    return len(cell) > 60 or cell.rstrip().endswith((".", "!", "。", "！"))
