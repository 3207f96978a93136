"""Rows that answer otherwise than what was said of the same text before: told, not passed over.

Nothing is decided here: the answers stand beside each other, and which one counts is the gold's.
"""

import json
from collections.abc import Iterator
from typing import Any

from ml.refusing import Refusal
from projects import telling
from projects.models import Annotation, AnnotationSource, Existing, Upload

COUNT = "other answers"  # in an upload's report
MOST = 300  # that are listed
Before = dict[int, Any]  # row → the answer that was there before

_THERE = """
SELECT DISTINCT ON (i.row) i.row, a.answer FROM incoming i
JOIN projects_annotation a ON a.example_id = i.example AND a.source = 'import' AND NOT a.hint
    AND a.withdrawn_at IS NULL AND a.answer <> i.answer
WHERE i.answer IS NOT NULL AND i.example <> i.id AND (%s OR a.upload_id = %s)
ORDER BY i.row, a.created_at, a.id
"""


def within(upload: Upload, rows: list[Any]) -> Before:
    """Among rows that were read together."""
    first: dict[bytes, str] = {}
    found: Before = {}
    for row in rows if upload.answers == "final" else ():
        if row.answer is not None and first.setdefault(row.digest, row.answer) != row.answer:
            found[row.row] = json.loads(first[row.digest])
    return found


def there(cursor: Any, upload: Upload) -> Before:
    """What the project has already, before the rows' own answers are kept. Of other files only
    where these go on to count beside this one."""
    if upload.answers != "final":
        return {}
    cursor.execute(_THERE, [upload.existing == Existing.KEEP, upload.pk])
    return {row: json.loads(answer) for row, answer in cursor.fetchall()}


def foreseen(upload: Upload, rows: list[Any]) -> Before:
    """The same in a look, which keeps nothing."""
    if upload.answers != "final" or upload.existing != Existing.KEEP:
        return {}
    digests = {row.digest for row in rows if row.answer is not None}
    live = Annotation.objects.filter(
        example__project=upload.project_id, example__digest__in=digests, hint=False,
        source=AnnotationSource.IMPORT, withdrawn_at=None,
    ).order_by("created_at", "pk")  # fmt: skip
    said: dict[bytes, list[Any]] = {}
    for digest, answer in live.values_list("example__digest", "answer"):
        said.setdefault(bytes(digest), []).append(answer)
    found: Before = {}
    for row in rows:
        now = None if row.answer is None else json.loads(row.answer)
        others = [one for one in said.get(row.digest, ()) if now is not None and one != now]
        if others:
            found[row.row] = others[0]
    return found


def told(upload: Upload, rows: list[Any], before: Before) -> Iterator[dict[str, Any]]:
    """Each as a problem of the upload, as many as are listed."""
    room = MOST - upload.report.get(COUNT, 0)
    summary = upload.project.kind.answer.summary
    code = "row-otherwise:first" if upload.existing == Existing.SKIP else "row-otherwise"
    for row in [one for one in rows if one.row in before][: max(0, room)]:
        was, now = summary(before[row.row]), summary(json.loads(row.answer))
        why = Refusal(code, row=row.row, before=was, now=now)
        begins = " | ".join(str(value) for value in json.loads(row.data).values())
        about = {"file": json.loads(row.origin).get("file", ""), "kept": "yes"}
        yield telling.problem(row.row, why, begins=begins[: telling.BEGINNING], **about)
