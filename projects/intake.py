"""The door of the data: a file becomes examples, and problems that a person can act on.

Rows go in batch by batch. A batch, its counts and how far the file is read are one transaction, so
a worker that dies leaves none or all of a batch, and the next one goes on behind it.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings

from ml import cleaning, reading
from ml.answers import AnswerError
from ml.refusing import Refusal
from ml.task import DataError
from projects import (
    fetching,
    incoming,
    indexing,
    keeping,
    mapping,
    outside,
    relabeling,
    remembering,
    sampling,
    telling,
)
from projects.keeping import Batch
from projects.leases import LeaseLost, State
from projects.models import Upload

BATCH = 5000
BATCH_CHARACTERS = 8_000_000  # bounds the memory where cells are long


class Cancelled(Exception):
    """Someone asked to stop the upload."""


T = TypeVar("T")
HOLD_ON_SECONDS = 1.0
LOOKED_AT = 300  # rows, to see which column holds the labels


def read(upload: Upload) -> None:
    """Read the whole file. Ends `done`, `failed` with a reason, or `cancelled`."""
    try:
        if upload.sample:
            sampling.bring(upload, meanwhile=partial(_hold_on, upload))
        if upload.fetched:
            fetching.bring(upload, meanwhile=partial(_hold_on, upload))
        found = _detected(upload)
        upload.write(detected=found.as_json())
        upload.mapping = mapping.complete(upload.project.kind, upload.mapping, found.columns)
        if upload.dry_run:  # a person looks at the guess before anything is kept
            upload.mapping = _with_answers(upload, found)
        upload.write(mapping=upload.mapping)
        _read_rows(upload, found)
    except (reading.UnreadableFile, outside.NotFetched) as why:
        problem = telling.problem(0, why)
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


def _detected(upload: Upload) -> reading.Detected:
    """As the person said; where they look for the first time and said nothing, as last time.

    Programs say what they want.
    """
    if not (upload.dry_run and upload.together) or upload.mapping or upload.options:
        return _look(upload, upload.options)
    try:
        found = _look(upload, {})
    except reading.UnreadableFile:
        last = remembering.last_with_options(upload)
        if last is None or (so := _as(last, upload, None)) is None:
            raise
        return so
    last = remembering.last_like(upload, found.columns)
    return found if last is None else _as(last, upload, found) or found


def _as(last: Upload, upload: Upload, plain: reading.Detected | None) -> reading.Detected | None:
    """By what was said of the last one, if the columns are the same so; else None."""
    try:
        found = _look(upload, last.options) if last.options or plain is None else plain
    except reading.UnreadableFile:
        return None
    if found.columns != last.detected["columns"]:
        return None
    said = remembering.said(last)
    for name, value in said.items():
        setattr(upload, name, value)
    upload.write(**said)
    return found


def _look(upload: Upload, said: dict[str, Any]) -> reading.Detected:
    options = reading.Options(**said)
    with ThreadPoolExecutor(max_workers=1) as reader:
        return _awaited(upload, reader.submit(reading.detect, upload.file, upload.name, options))


def _with_answers(upload: Upload, found: reading.Detected) -> mapping.Mapping:
    project = upload.project
    first = islice(reading.rows(upload.file, found), LOOKED_AT)
    rows = [row.values for row in first if isinstance(row, reading.Row)]
    names = [*project.label_names, *relabeling.renamed(project)]
    return mapping.answered_in(project.kind, upload.mapping, rows, names)


def _hold_on(upload: Upload) -> None:
    """Between two steps of something long: still ours, and still wanted?"""
    upload.breathe()
    upload.refresh_from_db(fields=["cancel_requested"])
    if upload.cancel_requested:
        raise Cancelled


def _read_rows(upload: Upload, found: reading.Detected) -> None:
    report = cleaning.Report.going_on(upload.report)
    meter, most = reading.Meter(), settings.UPLOAD_LIMIT_ROWS
    every = reading.rows(upload.file, found, meter)
    rows = islice(every, most)
    _pass_over(upload, rows)
    seen = upload.rows_read
    for batch in _ahead(upload, lambda: _checked(upload, rows, report, meter)):
        seen += batch.read
        keeping.keep(upload, batch, seen)
        upload.refresh_from_db(fields=["rejected", "cancel_requested", "problems", "progress"])
        if upload.cancel_requested:
            raise Cancelled
    if not seen:
        raise reading.UnreadableFile("file-no-rows")
    if 0 < upload.examples_created <= indexing.SMALL and not upload.dry_run:
        indexing.at_once(upload.examples.values_list("pk", flat=True))
    if seen >= most and next(every, None) is not None:
        problem = telling.problem(0, Refusal("file-rows", most=f"{most:,}"))
        upload.write(problems=[problem, *upload.problems])
    upload.finish(State.DONE, progress=1.0)


def _pass_over(upload: Upload, rows: Iterator[Any]) -> None:
    """What an attempt before this one has read. It may take long as well: where the lease ended
    meanwhile, every attempt would begin anew and none would get behind it."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        for start in range(0, upload.rows_read, BATCH):
            some = islice(rows, min(BATCH, upload.rows_read - start))
            _awaited(upload, reader.submit(deque, some, 0))
            _hold_on(upload)


def _ahead(upload: Upload, read: Callable[[], Batch]) -> Iterator[Batch]:
    """Batches, each read while the database is busy with the one before."""
    with ThreadPoolExecutor(max_workers=1) as reader, _quick_turns():
        coming = reader.submit(read)
        while (batch := _awaited(upload, coming)).read:
            coming = reader.submit(read)
            yield batch


@contextmanager
def _quick_turns() -> Iterator[None]:
    """The thread that waits for the database gets its turn soon after the answer is there.

    Python lets a busy thread go on for 5 ms each time, which added up to a sixth of an import.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _awaited(upload: Upload, coming: "Future[T]") -> T:
    """What a thread is at. It may take long: the lease goes on, and a cancel is heard."""
    while not coming.done():
        wait([coming], timeout=HOLD_ON_SECONDS)
        if not coming.done():
            _hold_on(upload)
    return coming.result()


def _checked(
    upload: Upload, rows: Iterator[Any], report: cleaning.Report, meter: reading.Meter
) -> Batch:
    batch = Batch(former=upload.project.former_labels)
    while batch.read < BATCH and batch.characters < BATCH_CHARACTERS:
        item = next(rows, None)
        if item is None:
            break
        batch.read += 1
        if isinstance(item, reading.Problem):
            batch.problems.append(telling.problem(item.number, item.why, file=item.origin))
            continue
        batch.characters += sum(len(str(value)) + 1 for value in item.values.values())
        try:
            kept = incoming.of(upload, item, report, batch)
            batch.rows.append(kept)
            batch.lines.append(keeping.line(kept))
        except (DataError, AnswerError) as problem:
            unknown = incoming.unknown(upload, item) if isinstance(problem, AnswerError) else []
            about = {
                "new_label": "".join(unknown[:1]),
                "file": item.origin,
                "begins": telling.begins(item),
            }
            batch.problems.append(telling.problem(item.number, problem, **about))
            batch.unknown += unknown
    batch.bytes, batch.report = meter.bytes, report.as_json()
    return batch
