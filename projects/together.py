"""What is to be seen of all texts of a project together: repeats, contradictions, languages."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from ml import nearby, splitting
from ml.shelved import Shelf
from projects import noting
from projects.models import Entry, Example, Kind, Project

if TYPE_CHECKING:
    from projects.surveying import Survey

MOST, MOST_BYTES = 1_000_000, 4 * 1024**3  # texts, and on disk; beyond, the oldest
LONGEST = 20_000  # characters of a text
CHUNK = 200  # rows of the database that are in memory at once
FEW = 0.05  # the share of rows below which their language is the odd one
TOLD = 20  # rows in a language that is known, below which nothing is odd
COUNTED = 12


class Rows:
    """Of examples that are there, the oldest first: ids and, as digests, answers; texts on disk.

    Some 40 bytes each, so that a million fit beside what comparing them takes.
    """

    def __init__(self, texts: Shelf) -> None:
        self.texts = texts
        self._ids = bytearray()
        self.golds = array("Q")  # 0 where there is none

    def add(self, pk: UUID, data: dict[str, Any], gold: dict[str, Any] | None) -> None:
        self.texts.add(splitting.text_of(data)[:LONGEST])
        self._ids += pk.bytes
        self.golds.append(int.from_bytes(splitting.digest(gold)[:8]) if gold else 0)

    def id(self, place: int) -> UUID:
        return UUID(bytes=bytes(self._ids[16 * place : 16 * place + 16]))

    def __len__(self) -> int:
        return len(self.golds)


Found = Iterable[tuple[UUID, dict[str, Any]]]


def look(survey: "Survey") -> int:
    """All of it; gives how many rows there were."""
    project = survey.project
    survey.step("reading", 0.05)
    with Shelf(settings.FILE_UPLOAD_TEMP_DIR) as shelf:
        rows = _read(survey, shelf)
        survey.step("repeats", 0.1)
        groups = survey.awaited(
            lambda meanwhile: nearby.groups(shelf, meanwhile=meanwhile, aside=shelf.folder)
        )
    survey.step("repeats", 0.45)
    keep(project, Kind.REPEAT, _repeats(rows, groups))
    against = dict(_contradictions(rows, groups))
    for pk, answers in _against_themselves(project):
        against[pk] = against.get(pk, {}) | {"answers": answers}
    keep(project, Kind.CONTRADICTION, against.items())
    survey.step("languages", 0.5)
    _languages(project)
    return len(rows)


def there(project: Project) -> Any:
    """Examples that count: neither set aside nor deleted."""
    return Example.objects.filter(project=project, set_aside=False, deleted_at=None)


def _read(survey: "Survey", shelf: Shelf) -> Rows:
    rows = Rows(shelf)
    found = there(survey.project).order_by("pk").values_list("pk", "data", "gold")[:MOST]
    for pk, data, gold in found.iterator(chunk_size=CHUNK):
        rows.add(pk, data, gold)
        if len(rows) % CHUNK == 0:
            survey.go_on()
            if shelf.size > MOST_BYTES:
                break
    shelf.ready()
    return rows


def _repeats(rows: Rows, groups: list[list[int]]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """All of a group but one: the oldest that has an answer, else the oldest. Whoever sets the
    others aside keeps what is known of the text."""
    for number, group in enumerate(groups, start=1):
        kept = next((place for place in group if rows.golds[place]), group[0])
        for place in group:
            if place != kept:
                yield rows.id(place), {"of": str(rows.id(kept)), "group": number}


def _contradictions(rows: Rows, groups: list[list[int]]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """All that have an answer, where a group has more than one; `of` is one answered otherwise."""
    for number, group in enumerate(groups, start=1):
        first: dict[int, int] = {}
        for place in group:
            if rows.golds[place]:
                first.setdefault(rows.golds[place], place)
        if len(first) < 2:
            continue
        for place in group:
            if rows.golds[place]:
                other = next(at for gold, at in first.items() if gold != rows.golds[place])
                yield rows.id(place), {"of": str(rows.id(other)), "group": number}


# Of a text that files brought with several answers, which nobody has settled.
_SEVERAL = """
SELECT a.example_id, count(DISTINCT a.answer) FROM projects_annotation a
JOIN projects_example e ON e.id = a.example_id
WHERE e.project_id = %s AND NOT e.set_aside AND e.deleted_at IS NULL
  AND a.source = 'import' AND NOT a.hint AND a.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM projects_annotation r WHERE r.example_id = e.id
                  AND r.source = 'review' AND r.withdrawn_at IS NULL)
GROUP BY a.example_id HAVING count(DISTINCT a.answer) > 1
"""


def _against_themselves(project: Project) -> list[tuple[UUID, int]]:
    """Examples of which files say different things, and how many."""
    with connection.cursor() as cursor:
        cursor.execute(_SEVERAL, [project.pk])
        return list(cursor.fetchall())


_LANGUAGES = """
SELECT n.language, count(*) FROM projects_entry n JOIN projects_example e ON e.id = n.example_id
WHERE n.project_id = %s AND NOT e.set_aside AND e.deleted_at IS NULL GROUP BY 1
"""


def _languages(project: Project) -> None:
    """Those that few rows are in are findings; how many each has is a note."""
    with connection.cursor() as cursor:
        cursor.execute(_LANGUAGES, [project.pk])
        counts = Counter(dict(cursor.fetchall()))
    told = {code: count for code, count in counts.items() if code not in ("", "und")}
    total = sum(told.values())
    odd = [code for code, count in told.items() if total >= TOLD and count < FEW * total]
    rows = Entry.objects.filter(
        project=project, language__in=odd, example__set_aside=False, example__deleted_at=None
    ).values_list("example_id", "language")
    keep(project, Kind.LANGUAGE, ((pk, {"language": code}) for pk, code in list(rows)))
    noting.note(project.pk, languages=dict(counts.most_common(COUNTED)))


_STAGE = "CREATE TEMP TABLE seen (example_id uuid PRIMARY KEY, detail jsonb) ON COMMIT DROP"
# What is set aside or deleted was not looked at: it keeps what was found, for when it is back.
_GONE = """
DELETE FROM projects_finding f USING projects_example e
WHERE f.project_id = %s AND f.kind = %s
AND e.id = f.example_id AND NOT e.set_aside AND e.deleted_at IS NULL
AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.example_id = f.example_id)
"""
_NEW = """
INSERT INTO projects_finding (project_id, kind, example_id, detail)
SELECT %s, %s, s.example_id, s.detail FROM seen s
WHERE EXISTS (SELECT 1 FROM projects_example e WHERE e.id = s.example_id FOR KEY SHARE)
ORDER BY s.example_id
ON CONFLICT (project_id, kind, example_id) DO UPDATE SET detail = excluded.detail
WHERE projects_finding.detail <> excluded.detail
"""


@transaction.atomic
def keep(project: Project, kind: Kind, found: Found) -> None:
    """These are the findings of that kind, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY seen FROM STDIN") as copy:
            for pk, detail in found:
                copy.write_row((pk, json.dumps(detail)))
        cursor.execute(_GONE, [project.pk, kind])
        cursor.execute(_NEW, [project.pk, kind])
        cursor.execute("DROP TABLE seen")
