"""Puts a batch of rows into the database: the rows, their counts and how far the file is read."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.ids import new_id
from projects import differing, founding, gold, indexing, relabeling, voicing
from projects.models import Existing, Upload
from projects.voicing import Besides

PROBLEMS_KEPT = 1000
MANY = 1000  # new examples, from which on the database looks at its tables anew


@dataclass
class Incoming:
    """A row that passed: what goes into the database."""

    id: UUID
    digest: bytes
    data: str
    is_test: bool
    row: int
    place: int
    answer: str | None
    origin: str
    besides: Besides | None = None


@dataclass
class Batch:
    """What a stretch of the file gave."""

    rows: list[Incoming] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # the same, for COPY
    problems: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)  # of rows that are kept
    unknown: list[str] = field(default_factory=list)
    read: int = 0
    characters: int = 0
    bytes: int = 0  # of the file that were read when it was full
    report: dict[str, int] = field(default_factory=dict)  # of the file so far
    former: relabeling.Former = field(default_factory=dict)  # the labels of earlier it was read by


_STAGE = """
CREATE TEMP TABLE incoming (
    id uuid, digest bytea, data jsonb, is_test boolean, row integer, place integer, answer jsonb,
    origin jsonb, annotation uuid, example uuid
) ON COMMIT DROP
"""
_COPY = """
COPY incoming (id, digest, data, is_test, row, place, answer, origin, annotation) FROM STDIN
"""
# Which example a row is about is written beside it. Joining with all examples instead let the
# database choose its way by what it last counted, which a growing project has long outgrown.
_CREATE = """
WITH made AS (
    INSERT INTO projects_example (
        id, project_id, data, digest, is_test, source, upload_id, row, origin, status, set_aside,
        disputed, answered, claims, priority, place, created_at
    )
    SELECT DISTINCT ON (digest) id, %s, data, digest, is_test, 'upload', %s, row, origin,
        'unlabeled', false, false, 0, 0, 0, place, now()
    FROM incoming ORDER BY digest, row
    ON CONFLICT (project_id, digest) DO NOTHING
    RETURNING id
)
UPDATE incoming i SET example = i.id FROM made WHERE made.id = i.id
"""
_FIND = """
UPDATE incoming i SET example = (
    SELECT e.id FROM projects_example e WHERE e.project_id = %s AND e.digest = i.digest
) WHERE i.example IS NULL
"""
# The same answer said twice by imports is one annotation; a new one is kept beside it, in the
# order of the rows: of several the last one counts.
_ANNOTATE = """
INSERT INTO projects_annotation (
    id, example_id, author_id, source, answer, hint, guidelines_version, upload_id, created_at,
    updated_at
)
SELECT s.annotation, s.example, %(author)s, 'import', s.answer, %(hint)s, %(version)s, %(upload)s,
    clock_timestamp(), clock_timestamp()
FROM (
SELECT DISTINCT ON (i.example, i.answer) i.annotation, i.example, i.answer, i.row FROM incoming i
WHERE i.answer IS NOT NULL AND {which} AND (i.example = i.id OR NOT EXISTS (
    SELECT 1 FROM projects_annotation a WHERE a.example_id = i.example AND a.source = 'import'
    AND a.answer = i.answer AND a.hint = %(hint)s AND a.withdrawn_at IS NULL
))
ORDER BY i.example, i.answer, i.row
) s ORDER BY s.row
RETURNING example_id
"""
_WHICH = {
    Existing.KEEP: "true",
    Existing.UPDATE: "true",
    Existing.SKIP: "i.id = i.example",  # only what this row made
}
# What earlier files said otherwise goes into the history.
_WITHDRAW = """
WITH other AS (
    UPDATE projects_annotation a SET withdrawn_at = now(), updated_at = now() FROM incoming i
    WHERE a.example_id = i.example AND a.source = 'import' AND a.withdrawn_at IS NULL
      AND i.answer IS NOT NULL AND (a.answer, a.hint) <> (i.answer, %(hint)s)
      AND a.upload_id IS DISTINCT FROM %(upload)s AND NOT i.id = ANY(%(voiced)s::uuid[])
    RETURNING a.id, a.answer, a.example_id
), kept AS (
    INSERT INTO projects_revision (annotation_id, answer, until)
    SELECT id, answer, now() FROM other
)
SELECT DISTINCT example_id FROM other
"""
_BRING_BACK = """
UPDATE projects_example e SET deleted_at = NULL, set_aside = false FROM incoming i
WHERE e.id = i.example AND e.deleted_at IS NOT NULL RETURNING e.id
"""
# The database knows nothing of a table made a moment ago, and would read all that is kept.
_BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
_AS_USUAL = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"


def line(row: Incoming) -> str:
    """The row as COPY takes it. Made where rows are read, so that the database need not wait."""
    answer = "\\N" if row.answer is None else _escaped(row.answer)
    return (
        f"{row.id}\t\\\\x{row.digest.hex()}\t{_escaped(row.data)}\t{'t' if row.is_test else 'f'}\t"
        f"{row.row}\t{row.place}\t{answer}\t{_escaped(row.origin)}\t{new_id()}\n"
    )


def _escaped(json_text: str) -> str:
    """JSON holds no tab and no line end of its own: only its backslashes mean something here."""
    return json_text.replace("\\", "\\\\")


@transaction.atomic
def keep(upload: Upload, batch: Batch, seen: int) -> None:
    created, there = 0, differing.Before()
    if batch.rows and not upload.dry_run:
        _in_labels_of_today(upload, batch)
        created, there = _insert(upload, batch)
    elif batch.rows:
        created = _new(upload, {row.digest for row in batch.rows})
        if created < len(batch.rows):
            there = differing.foreseen(upload, batch.rows)
    otherwise = there | differing.within(upload, batch.rows)
    batch.lost += differing.told(upload, batch.rows, otherwise)
    _count(upload, batch, len(otherwise))
    room = PROBLEMS_KEPT - len(upload.problems)
    upload.examples_created += created
    upload.duplicates += len(batch.rows) - created
    if upload.dry_run:
        _meet(upload, batch.unknown)
    upload.write(
        rows_read=seen,
        examples_created=upload.examples_created,
        duplicates=upload.duplicates,
        rejected=upload.rejected + len(batch.problems),
        problems=upload.problems + [*batch.problems, *batch.lost][: max(0, room)],
        new_labels=upload.new_labels,
        report=upload.report,
        progress=min(0.99, max(upload.progress, batch.bytes / max(upload.size_bytes, 1))),
    )
    upload.breathe()


def _count(upload: Upload, batch: Batch, otherwise: int) -> None:
    """Into the report of the file so far."""
    others = upload.report.get(differing.COUNT, 0) + otherwise
    upload.report = batch.report | ({differing.COUNT: others} if others else {})


def _in_labels_of_today(upload: Upload, batch: Batch) -> None:
    """Labels may have changed since the rows were read. Whose label is gone comes unlabelled."""
    project = upload.project
    relabeling.hold(project)
    if batch.former == project.former_labels:
        return
    for row in batch.rows:
        if row.answer is not None:
            said = relabeling.as_now(project, json.loads(row.answer))
            row.answer = None if said is None else json.dumps(said, ensure_ascii=False)
        if row.besides is not None:
            row.besides = voicing.as_now(project, row.besides)
    batch.lines = [line(row) for row in batch.rows]


def _meet(upload: Upload, names: list[str]) -> None:
    """Count the rows of each label that the project does not have, for so many as it could have."""
    for name in names:
        if name in upload.new_labels or len(upload.new_labels) < founding.MOST_LABELS:
            upload.new_labels[name] = upload.new_labels.get(name, 0) + 1


def _new(upload: Upload, digests: set[bytes]) -> int:
    """How many a real upload would create; a row repeated 5,000 rows later counts twice."""
    known = upload.project.examples.filter(digest__in=digests)
    return len(digests) - known.count()


def _insert(upload: Upload, batch: Batch) -> tuple[int, differing.Before]:
    """Rows into the database in a handful of statements, however many; how many examples came, and
    which rows answer otherwise than before."""
    otherwise: differing.Before = {}
    besides = {row.id: row.besides for row in batch.rows if row.besides is not None}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            copy.write("".join(batch.lines))
        cursor.execute(_CREATE, [upload.project_id, upload.pk])
        created = cursor.rowcount
        voiced = [pk for pk, one in besides.items() if one.said]
        changed: list[UUID] = []
        if created < len(batch.lines):
            changed, otherwise = _met(cursor, upload, voiced)
        if besides:
            changed += voicing.keep(cursor, upload, besides, _annotating(upload))
        changed += _annotated(cursor, upload)
        cursor.execute("DROP TABLE incoming")
    gold.settle(changed)
    return int(created), otherwise


def _met(cursor: Any, upload: Upload, voiced: list[UUID]) -> tuple[list[UUID], differing.Before]:
    """Rows that were there before: for whom they change something by being there again, and which
    of them answer otherwise.

    `voiced` rows have several answers, which are dealt with beside.
    """
    cursor.execute(_FIND, [upload.project_id])
    cursor.execute(_BY_INDEX)
    changed = []
    if upload.meets_deleted:  # whoever uploads again what was deleted wants it
        cursor.execute(_BRING_BACK)
        back = [example for (example,) in cursor.fetchall()]
        indexing.again(back)
        changed += back
    if upload.existing == Existing.UPDATE:
        cursor.execute(_WITHDRAW, {**_annotating(upload), "voiced": voiced})
        changed += [example for (example,) in cursor.fetchall()]
    otherwise = differing.there(cursor, upload)
    cursor.execute(_AS_USUAL)
    return changed, otherwise


def _annotated(cursor: Any, upload: Upload) -> list[UUID]:
    """Keep what the rows say, and give back whom it is about."""
    which = _WHICH[Existing(upload.existing)]
    cursor.execute(_ANNOTATE.format(which=which), _annotating(upload))
    return [example for (example,) in cursor.fetchall()]


def _annotating(upload: Upload) -> dict[str, Any]:
    return {
        "author": upload.created_by_id,
        "hint": upload.answers == "hint",
        "version": upload.project.guidelines_version,
        "upload": upload.pk,
    }


def describe(upload: Upload) -> None:
    """Let the database look at what is there now.

    Until it does so by itself, a minute later, it takes the many examples of a new project for
    hardly one, and walks over all where few are meant.
    """
    created = Upload.objects.filter(pk=upload.pk).values_list("examples_created", flat=True).first()
    if (created or 0) >= MANY:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE projects_example, projects_annotation")
