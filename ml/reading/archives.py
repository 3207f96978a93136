"""ZIP files: the tables in them, one after another, as if they were one."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ml.reading import limits
from ml.reading.found import Detected, Problem, Row, UnreadableFile
from ml.reading.opening import Archive, Source, shown

TABLES = (
    *(".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".parquet"),
    *(".arrow", ".conll", ".bio", ".iob", ".iob2", ".iobes"),
)
_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst")
# A folder that `datasets` saved has these beside its data.
_BESIDE = ("dataset_info.json", "dataset_dict.json", "dataset_infos.json", "state.json")

Detect = Callable[[Source], Detected]
Rows = Callable[[Source, Detected], Iterator[Row | Problem]]


def is_workbook(archive: Archive) -> bool:
    return any(name.lower() == "xl/workbook.xml" for name in archive.members)


def detect(archive: Archive, detect: Detect) -> Detected:
    """Each table as it is by itself; together they have the columns of all."""
    names, passed = _chosen(archive)
    parts = [(name, _part(archive, name, detect)) for name in names]
    whole = parts[0][1]
    columns: dict[str, None] = {}
    for name, found in parts:
        if not set(found.columns) & set(whole.columns):
            raise UnreadableFile("file-unlike", name=shown(name), first=shown(names[0]))
        columns |= dict.fromkeys(found.columns)
    return replace(
        whole,
        columns=list(columns)[: limits.COLUMNS],
        packed="zip",
        parts=[{"name": name, "found": found.as_json()} for name, found in parts],
        passed=[shown(name) for name in passed[:100]],
    )


def rows(source: Source, found: Detected, rows: Rows) -> Iterator[Row | Problem]:
    """Counted on from file to file."""
    archive, number = Archive(source), 0
    for part in found.parts:
        if part["name"] not in archive.members:
            raise UnreadableFile("file-damaged")
        origin = part["name"][:500]
        for item in rows(archive.member(part["name"]), Detected(**part["found"])):
            number += 1
            if isinstance(item, Row):
                yield Row(number, item.values, origin, item.beside)
            else:
                yield Problem(number, item.why.at(number), origin)


def _part(archive: Archive, name: str, detect: Detect) -> Detected:
    try:
        return detect(archive.member(name))
    except UnreadableFile as why:
        if len(archive.members) == 1 or why.code.startswith("file-inflated"):
            raise
        raise UnreadableFile("file-member", name=shown(name)) from why


def _chosen(archive: Archive) -> tuple[list[str], list[str]]:
    """The members that are tables, and the rest that someone may have meant to be some."""
    names = [name for name in archive.members if _is_for_us(name)]
    for name in names:
        if name.lower().endswith(_ARCHIVES):
            raise UnreadableFile("file-nested", name=shown(name))
    tables = [name for name in names if name.lower().endswith(TABLES)]
    tables = [name for name in tables if shown(name) not in _BESIDE]
    for preferred in (".arrow", ".parquet"):
        if any(name.lower().endswith(preferred) for name in tables):
            tables = [name for name in tables if name.lower().endswith(preferred)]
    if any(not name.lower().endswith(".txt") for name in tables):
        tables = [name for name in tables if not name.lower().endswith(".txt")]
    if not tables and len(names) == 1:
        tables = names
    if not tables:
        raise UnreadableFile("file-nothing")
    return sorted(tables), [name for name in names if name not in tables]


def _is_for_us(name: str) -> bool:
    """Not a folder, nor what systems put beside files."""
    parts = name.replace("\\", "/").split("/")
    last = parts[-1]
    cached = last.startswith("cache-") and last.endswith(".arrow")
    return bool(last) and not last.startswith(".") and "__MACOSX" not in parts and not cached
