"""The examples of an export, oldest first. The database builds the JSON: one line an example.

Pages by id keep the memory flat and hold no transaction open while somebody's network is slow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from projects import meta
from projects.models import Example, Project, Tag

# A page is a question to the database. How many examples it looks at follows from the texts of the
# page before; where longer ones come all of a sudden, it ends at so many bytes all the same.
FIRST, MOST = 200, 10_000  # examples
PIECE = 500  # rows of a table written at once
BYTES = 2 * 1024**2  # of the data on a page; the one that passes it still counts

Line = bytes | bytearray | memoryview


def _unwatched() -> None:
    """Nobody waits for this one."""


@dataclass
class Asked:
    """What goes out: which examples of which project, and how."""

    project: Project
    chosen: QuerySet[Example]
    safe: bool = False  # spreadsheets must take no cell for a formula
    blind: bool = False  # without what people said of examples that wait for more answers
    out: int = 0  # how many rows have gone so far
    # Called now and then; it may ask the database, and end everything by raising.
    meanwhile: Callable[[], None] = _unwatched

    @cached_property
    def meta(self) -> bool:
        """Whether files have brought other columns: then there is one more, of objects."""
        return self.project.uploads.filter(report__has_key=meta.COUNT).exists()


def rows(asked: Asked, *, annotations: bool = True, test: bool = True) -> Iterator[dict[str, Any]]:
    """`id`, `data`, `answer` (the agreed one, or None), `status`, `source`, and what is asked."""
    return chain.from_iterable(lines(asked, annotations=annotations, test=test))


def lines(
    asked: Asked, *, annotations: bool = True, test: bool = True
) -> Iterator[list[dict[str, Any]]]:
    """The same, page by page."""
    for piece in pieces(asked, annotations=annotations, test=test):
        yield [orjson.loads(line) for line in piece.splitlines()]


def pieces(asked: Asked, *, annotations: bool = True, test: bool = False) -> Iterator[bytes]:
    """The same as JSON Lines, page by page."""
    tagged = Tag.objects.filter(project=asked.project).exists()
    sql = _sql(
        annotations=annotations, test=test, tagged=tagged, beside=asked.meta, blind=asked.blind
    )
    after, most = UUID(int=0), FIRST
    while page := _page(asked.chosen, sql, after, most):
        after = UUID(bytes(page[-1][_ID]).decode())
        asked.out += len(page)
        piece = _plain(page)
        ended = len(page) < most and len(piece) < BYTES
        most = min(MOST, max(1, BYTES * len(page) // len(piece)))
        del page
        yield piece
        asked.meanwhile()
        if ended:
            return


def _page(chosen: QuerySet[Example], sql: str, after: UUID, most: int) -> list[Line]:
    page = chosen.filter(id__gt=after).order_by("id")
    columns = page.values("id", "data", "gold", "status", "source", "is_test", "origin")[:most]
    try:
        inner, values = columns.query.sql_with_params()
    except EmptyResultSet:
        return []
    # Read to its end: who takes the page may ask the database for something else.
    with connection.cursor() as cursor:
        statement = cursor.mogrify(sql.replace("{chosen}", inner), values)
        with cursor.copy(statement) as copy:
            return list(copy)


def _plain(lines: list[Line]) -> bytes:
    """COPY doubles backslashes; JSON has none of the other characters that it escapes."""
    return b"".join(lines).replace(b"\\\\", b"\\")


_ID = slice(8, 44)  # of a line: {"id": "019a…"
_LINES = """
COPY (
SELECT '{"id": "' || e.id || '", "data": ' || e.told
    || ', "answer": ' || coalesce(e.gold::text, 'null')
    || ', "status": "' || e.status || '", "source": "' || e.source || '"'
    {more} || '}'
FROM (
    SELECT *, sum(size) OVER (ORDER BY id) - size AS before FROM (
        SELECT *, octet_length(told) + {beside} AS size
        FROM (SELECT *, data::text AS told FROM ({chosen}) c) d
    ) f
) e {joined}
WHERE e.before < {bytes} ORDER BY e.id
) TO STDOUT
"""
_SAID = """|| ', "annotations": [' || coalesce(s.said, '') || ']'"""
# Only where the project has some.
_TAGS = """|| ', "tags": ' || coalesce((
    SELECT to_json(array_agg(t.name ORDER BY t.name))::text FROM projects_tagged g
    JOIN projects_tag t ON t.id = g.tag_id WHERE g.example_id = e.id
), '[]')"""
_JOINED = """
LEFT JOIN LATERAL (
    SELECT string_agg(
        '{"id": "' || a.id || '", "author": ' || coalesce(to_json(u.email)::text, 'null')
        || ', "source": "' || a.source || '", "hint": ' || a.hint
        || ', "answer": ' || a.answer::text
        || ', "duration_ms": ' || coalesce(a.duration_ms::text, 'null') || ', "created_at": "'
        || to_char(a.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"}',
        ', ' ORDER BY a.id
    ) AS said
    FROM projects_annotation a LEFT JOIN accounts_user u ON u.id = a.author_id
    WHERE a.example_id = e.id AND a.withdrawn_at IS NULL AND a.source <> 'check' {blind}
) s ON true
"""
_BLIND = "AND (e.status NOT IN ('unlabeled', 'skipped') OR a.source IN ('import', 'caller'))"


_META = f"""|| ', "{meta.NAME}": ' || coalesce((e.origin->'{meta.NAME}')::text, '{{}}')"""

_SIZE = f"coalesce(octet_length((origin->'{meta.NAME}')::text), 0)"


def _sql(*, annotations: bool, test: bool, tagged: bool, beside: bool, blind: bool) -> str:
    more = _SAID if annotations else ""
    if test:
        more += """ || ', "test": ' || e.is_test"""
    if annotations and tagged:
        more += _TAGS
    if beside:
        more += _META
    joined = _JOINED.replace("{blind}", _BLIND if blind else "") if annotations else ""
    whole = _LINES.replace("{bytes}", str(BYTES)).replace("{beside}", _SIZE if beside else "0")
    return whole.replace("{more}", more).replace("{joined}", joined)
