"""Rows that bring several answers: who said what elsewhere, kept as what a file said.

Nobody's account is taken for theirs: the answers are the import's, and the example remembers by
whom they were, in the words of the file.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from accounts.ids import new_id
from ml.answers import AnswerError
from ml.reading import Row
from ml.reading.found import Beside, Voice
from ml.task import Task
from projects import relabeling
from projects.models import Example, Existing, Project, Tag, Tagged, Upload

Parsed = Callable[[Any], dict[str, Any] | None]
LONGEST_TAG = 60
ROOM = 1000  # places of a row's answers


@dataclass(frozen=True)
class Said:
    """One answer of a row, ready to be kept."""

    answer: str  # canonical JSON
    hint: bool
    by: str
    source: str


@dataclass(frozen=True)
class Besides:
    """What comes with a row beside its data and its answer."""

    said: tuple[Said, ...] = ()
    aside: bool = False
    tags: tuple[str, ...] = ()


def heard(
    upload: Upload, row: Row, agreed: dict[str, Any] | None, parsed: Parsed
) -> tuple[Besides, list[AnswerError]]:
    """What stands beside the row, and why some of it does not fit. `parsed` makes an answer of
    what a cell says, or raises.

    What the row agrees on comes last, so that it is the answer that is trusted. Where nothing is
    agreed, all of it is hints: it is for people to settle.
    """
    task, beside = upload.project.kind, row.beside or Beside()
    found: list[Said] = []
    wrong: list[AnswerError] = []
    column = upload.mapping.get(task.answer.column)
    for voice in beside.voices if column else ():
        try:
            said = _spoken(voice, str(column), task)
            answer = None if said is None else parsed(said)
        except AnswerError as problem:
            wrong.append(problem)
            continue
        if answer is not None:
            hint = voice.hint or agreed is None or upload.answers == "hint"
            told = json.dumps(answer, ensure_ascii=False)
            found.append(Said(told, hint, voice.by, voice.source))
    whole = None if agreed is None else json.dumps(agreed, ensure_ascii=False)
    found.sort(key=lambda one: one.answer == whole and not one.hint)
    return Besides(tuple(found), beside.aside, beside.tags), wrong


def _spoken(voice: Voice, column: str, task: Task) -> Any:
    if voice.whole:
        return voice.said
    said = voice.said.get(column)
    return None if said is None or said == "" or (said == [] and not task.answer.none) else said


def covers(besides: Besides, agreed: dict[str, Any] | None, *, hints: bool) -> bool:
    """Whether one of them says what the row agrees on, so that it need not be said once more."""
    told = json.dumps(agreed, ensure_ascii=False)
    return any(one.answer == told and one.hint == hints for one in besides.said)


def as_now(project: Project, besides: Besides) -> Besides:
    """In the labels of today; whose label is gone is left out."""
    kept = []
    for one in besides.said:
        answer = relabeling.as_now(project, json.loads(one.answer))
        if answer is not None:
            kept.append(replace(one, answer=json.dumps(answer, ensure_ascii=False)))
    return replace(besides, said=tuple(kept))


def origin(besides: Besides) -> list[dict[str, Any]]:
    """By whom, as the file says: kept with the example."""
    return [
        {"by": one.by, "source": one.source, "hint": one.hint, "answer": json.loads(one.answer)}
        for one in besides.said
        if one.by
    ]


_STAGE = """
CREATE TEMP TABLE voiced (
    id uuid, incoming uuid, answer jsonb, hint boolean, by text, place bigint
) ON COMMIT DROP
"""
_KEEP = """
INSERT INTO projects_annotation (
    id, example_id, author_id, source, answer, hint, guidelines_version, upload_id, created_at,
    updated_at
)
SELECT s.id, s.example, %(author)s, 'import', s.answer, s.hint, %(version)s, %(upload)s,
    clock_timestamp(), clock_timestamp()
FROM (
    SELECT DISTINCT ON (i.example, v.answer, v.hint, v.by) v.*, i.example
    FROM voiced v JOIN incoming i ON i.id = v.incoming
    WHERE i.example = i.id OR ({others} AND NOT EXISTS (
        SELECT 1 FROM projects_annotation a WHERE a.example_id = i.example AND a.source = 'import'
        AND a.answer = v.answer AND a.hint = v.hint AND a.withdrawn_at IS NULL
    ))
    ORDER BY i.example, v.answer, v.hint, v.by, v.place
) s ORDER BY s.place
RETURNING example_id
"""
# What earlier files said, and this one does not say, goes into the history.
_WITHDRAW = """
WITH other AS (
    UPDATE projects_annotation a SET withdrawn_at = now(), updated_at = now()
    FROM incoming i
    WHERE a.example_id = i.example AND a.source = 'import' AND a.withdrawn_at IS NULL
      AND a.upload_id IS DISTINCT FROM %(upload)s
      AND EXISTS (SELECT 1 FROM voiced v WHERE v.incoming = i.id)
      AND NOT EXISTS (SELECT 1 FROM voiced v WHERE v.incoming = i.id
                      AND v.answer = a.answer AND v.hint = a.hint)
      AND (i.answer IS NULL OR (a.answer, a.hint) <> (i.answer, %(hint)s))
    RETURNING a.id, a.answer, a.example_id
), kept AS (
    INSERT INTO projects_revision (annotation_id, answer, until)
    SELECT id, answer, now() FROM other
)
SELECT DISTINCT example_id FROM other
"""
_MADE = "SELECT example FROM incoming WHERE id = ANY(%s) AND example = id"
_EXAMPLES = "SELECT id, example FROM incoming WHERE id = ANY(%s)"


def keep(
    cursor: Any, upload: Upload, rows: dict[UUID, Besides], about: dict[str, Any]
) -> list[UUID]:
    """Keep what stands beside these rows, within the import of their batch; whom it changed."""
    changed = _keep_said(cursor, upload, rows, about)
    if aside := [pk for pk, one in rows.items() if one.aside]:
        cursor.execute(_MADE, [aside])
        made = [example for (example,) in cursor.fetchall()]
        Example.objects.filter(pk__in=made).update(set_aside=True)
        changed += made
    _keep_tags(cursor, upload, {pk: one.tags for pk, one in rows.items() if one.tags})
    return changed


def _keep_said(
    cursor: Any, upload: Upload, rows: dict[UUID, Besides], about: dict[str, Any]
) -> list[UUID]:
    cursor.execute(_STAGE)
    with cursor.copy("COPY voiced FROM STDIN") as copy:
        for number, (pk, one) in enumerate(rows.items()):
            for place, said in enumerate(one.said):
                where = ROOM * number + place
                by = f"{said.source} {said.by}"
                copy.write_row((new_id(), pk, said.answer, said.hint, by, where))
    cursor.execute("ANALYZE voiced, incoming")  # else all that is kept would be read
    changed = []
    if upload.existing == Existing.UPDATE:
        cursor.execute(_WITHDRAW, about)
        changed += [example for (example,) in cursor.fetchall()]
    others = "false" if upload.existing == Existing.SKIP else "true"
    cursor.execute(_KEEP.format(others=others), about)
    changed += [example for (example,) in cursor.fetchall()]
    cursor.execute("DROP TABLE voiced")
    return changed


def _keep_tags(cursor: Any, upload: Upload, tags: dict[UUID, tuple[str, ...]]) -> None:
    if not tags:
        return
    cursor.execute(_EXAMPLES, [list(tags)])
    examples = dict(cursor.fetchall())
    names = {name for some in tags.values() for name in some if _is_tag(name)}
    Tag.objects.bulk_create(
        [Tag(project=upload.project, name=name) for name in sorted(names)], ignore_conflicts=True
    )
    known = dict(
        Tag.objects.filter(project=upload.project, name__in=names).values_list("name", "pk")
    )
    Tagged.objects.bulk_create(
        [
            Tagged(tag_id=known[name], example_id=examples[pk])
            for pk, some in tags.items()
            for name in dict.fromkeys(some)
            if name in known and examples.get(pk)
        ],
        ignore_conflicts=True,
    )


def _is_tag(name: str) -> bool:
    return 0 < len(name) <= LONGEST_TAG and name.strip() == name and "\0" not in name
