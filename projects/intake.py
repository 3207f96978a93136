"""The door of the data: a file becomes examples, and problems that a person can act on.

Rows go in batch by batch. A batch, its counts and how far the file is read are one transaction, so
a worker that dies leaves none or all of a batch, and the next one goes on behind it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.ids import new_id
from ml import cleaning, reading, splitting
from ml.answers import AnswerError
from ml.refusing import Refusal
from ml.task import DataError
from projects import founding, gold, mapping, sampling
from projects.leases import LeaseLost, State
from projects.models import Upload

BATCH = 5000
BATCH_CHARACTERS = 8_000_000  # bounds the memory where cells are long
PROBLEMS_KEPT = 1000


class Cancelled(Exception):
    """Someone asked to stop the upload."""


LOOKED_AT = 300  # rows, to see which column holds the labels


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


@dataclass
class Batch:
    """What a stretch of the file gave."""

    rows: list[Incoming] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    read: int = 0
    characters: int = 0


def read(upload: Upload) -> None:
    """Read the whole file. Ends `done`, `failed` with a reason, or `cancelled`."""
    try:
        if upload.sample:
            sampling.bring(upload, meanwhile=partial(_hold_on, upload))
        found = reading.detect(upload.file, upload.name)
        upload.write(detected=found.as_json())
        upload.mapping = mapping.complete(upload.project.kind, upload.mapping, found.columns)
        if upload.dry_run:  # a person looks at the guess before anything is kept
            upload.mapping = _with_answers(upload, found)
        upload.write(mapping=upload.mapping)
        _read_rows(upload, found)
    except reading.UnreadableFile as why:
        problem = _problem(0, why)
        upload.finish(
            State.FAILED, error=problem["reason"], error_said=problem["said"], problems=[problem]
        )
    except sampling.NotToBeHad as why:
        problems = [{"row": 0, "reason": str(why)}]
        upload.finish(State.FAILED, error=str(why), problems=problems)
    except Cancelled:
        upload.finish(State.CANCELLED)
    except LeaseLost:
        return  # another worker goes on where the last whole batch ended


def _with_answers(upload: Upload, found: reading.Detected) -> mapping.Mapping:
    project = upload.project
    first = islice(reading.rows(upload.file, found), LOOKED_AT)
    rows = [row.values for row in first if isinstance(row, reading.Row)]
    return mapping.answered_in(project.kind, upload.mapping, rows, project.label_names)


def _hold_on(upload: Upload) -> None:
    """Between two steps of something long: still ours, and still wanted?"""
    upload.breathe()
    upload.refresh_from_db(fields=["cancel_requested"])
    if upload.cancel_requested:
        raise Cancelled


def _read_rows(upload: Upload, found: reading.Detected) -> None:
    report = cleaning.Report()
    rows = reading.rows(upload.file, found)
    for _ in islice(rows, upload.rows_read):
        pass  # read by an attempt before this one
    seen = upload.rows_read
    while (batch := _checked(upload, rows, report)).read:
        seen += batch.read
        _keep(upload, batch, seen)
        upload.refresh_from_db(fields=["rejected", "cancel_requested", "problems", "progress"])
        if upload.cancel_requested:
            raise Cancelled
    if not seen:
        raise reading.UnreadableFile("file-no-rows")
    upload.finish(State.DONE, progress=1.0, report=report.as_json())


def _checked(upload: Upload, rows: Iterator[Any], report: cleaning.Report) -> Batch:
    batch = Batch()
    while batch.read < BATCH and batch.characters < BATCH_CHARACTERS:
        item = next(rows, None)
        if item is None:
            break
        batch.read += 1
        if isinstance(item, reading.Problem):
            batch.problems.append(_problem(item.number, item.why))
            continue
        batch.characters += sum(len(str(value)) + 1 for value in item.values.values())
        try:
            batch.rows.append(_incoming(upload, item, report))
        except (DataError, AnswerError) as problem:
            unknown = _unknown(upload, item) if isinstance(problem, AnswerError) else []
            batch.problems.append(_problem(item.number, problem, new_label="".join(unknown)))
            batch.unknown += unknown
    return batch


def _incoming(upload: Upload, row: reading.Row, report: cleaning.Report) -> Incoming:
    task, labels = upload.project.kind, upload.project.label_names
    given, said = mapping.picked(row.values, upload.mapping, task)
    data = next(cleaning.clean([task.parse_data(given)], report))
    answer = None if said is None else _answer(task, said, labels)
    digest = splitting.digest(data)
    return Incoming(
        id=new_id(),
        digest=digest,
        data=json.dumps(data, ensure_ascii=False),
        is_test=splitting.is_test(digest, upload.project.salt),
        row=row.number,
        place=int.from_bytes(digest[:4], "big", signed=True),
        answer=None if answer is None else json.dumps(answer, ensure_ascii=False),
    )


def _answer(task: Any, said: Any, labels: list[str]) -> dict[str, Any] | None:
    if isinstance(said, dict | list):
        return task.answer.parse(said, labels)
    cell = str(said).strip()
    return task.answer.from_column(cell, labels) if cell else None


def _unknown(upload: Upload, row: reading.Row) -> list[str]:
    """The label that kept the row out, if it could become one of the project's."""
    said = mapping.picked(row.values, upload.mapping, upload.project.kind)[1]
    if isinstance(said, dict | list):
        return []
    name = reading.plain(str(said).strip())
    alike = name.casefold() in {label.casefold() for label in upload.project.label_names}
    return [name] if 0 < len(name) <= founding.LONGEST_LABEL and not alike else []


def _problem(row: int, why: Refusal, *, new_label: str = "") -> dict[str, Any]:
    """As it is kept: in English for programs, with code and values for pages.

    What names the row itself says which; of any other it is said before.
    """
    reason = f"Row {row}: {why}" if row and "row" not in why.values else str(why)
    quoted = {name: _plain(value) for name, value in why.values.items()}
    said = {"code": why.code, "values": quoted}
    return {"row": row, "reason": _plain(reason), "said": said, "new_label": new_label}


def _plain(value: Any) -> Any:
    return reading.plain(value) if isinstance(value, str) else value  # it may quote the row


_STAGE = """
CREATE TEMP TABLE incoming (
    id uuid, digest bytea, data jsonb, is_test boolean, row integer, place integer, answer jsonb,
    annotation uuid
) ON COMMIT DROP
"""
_CREATE = """
INSERT INTO projects_example (
    id, project_id, data, digest, is_test, source, upload_id, row, origin, status, set_aside,
    disputed, answered, claims, priority, place, created_at
)
SELECT DISTINCT ON (digest) id, %s, data, digest, is_test, 'upload', %s, row, '{}', 'unlabeled',
    false, false, 0, 0, 0, place, now()
FROM incoming ORDER BY digest, row
ON CONFLICT (project_id, digest) DO NOTHING
"""
# The same answer said twice by imports is one annotation; a new one is kept beside it.
_ANNOTATE = """
INSERT INTO projects_annotation (
    id, example_id, author_id, source, answer, hint, guidelines_version, upload_id, created_at,
    updated_at
)
SELECT DISTINCT ON (e.id, i.answer) i.annotation, e.id, %(author)s, 'import', i.answer, %(hint)s,
    %(version)s, %(upload)s, clock_timestamp(), clock_timestamp()
FROM incoming i JOIN projects_example e ON e.project_id = %(project)s AND e.digest = i.digest
WHERE i.answer IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM projects_annotation a WHERE a.example_id = e.id AND a.source = 'import'
    AND a.answer = i.answer AND a.hint = %(hint)s AND a.withdrawn_at IS NULL
)
ORDER BY e.id, i.answer, i.row
RETURNING example_id
"""


@transaction.atomic
def _keep(upload: Upload, batch: Batch, seen: int) -> None:
    created = 0
    if batch.rows and not upload.dry_run:
        created = _insert(upload, batch.rows)
    elif batch.rows:
        created = _new(upload, {row.digest for row in batch.rows})
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
        problems=upload.problems + batch.problems[: max(0, room)],
        new_labels=upload.new_labels,
        progress=min(0.99, upload.progress + batch.characters / max(upload.size_bytes, 1)),
    )
    upload.breathe()


def _meet(upload: Upload, names: list[str]) -> None:
    """Count the rows of each label that the project does not have, for so many as it could have."""
    for name in names:
        if name in upload.new_labels or len(upload.new_labels) < founding.MOST_LABELS:
            upload.new_labels[name] = upload.new_labels.get(name, 0) + 1


def _new(upload: Upload, digests: set[bytes]) -> int:
    """How many a real upload would create; a row repeated 5,000 rows later counts twice."""
    known = upload.project.examples.filter(digest__in=digests)
    return len(digests) - known.count()


def _insert(upload: Upload, rows: list[Incoming]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY incoming FROM STDIN") as copy:
            for row in rows:
                copy.write_row(
                    (row.id, row.digest, row.data, row.is_test, row.row, row.place, row.answer,
                     new_id())
                )  # fmt: skip
        cursor.execute(_CREATE, [upload.project_id, upload.pk])
        created = cursor.rowcount
        cursor.execute(_ANNOTATE, _annotating(upload))
        answered = [example for (example,) in cursor.fetchall()]
        cursor.execute("DROP TABLE incoming")
    gold.settle(answered)
    return int(created)


def _annotating(upload: Upload) -> dict[str, Any]:
    return {
        "author": upload.created_by_id,
        "hint": upload.answers == "hint",
        "version": upload.project.guidelines_version,
        "upload": upload.pk,
        "project": upload.project_id,
    }
