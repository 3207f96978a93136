"""A row of a file becomes what goes into the database: parsed, cleaned, and given its place."""

import json
from typing import Any

from accounts.ids import new_id
from ml import cleaning, reading, splitting
from ml.refusing import Refusal
from projects import founding, mapping, meta, relabeling, telling, voicing
from projects.keeping import Batch, Incoming
from projects.models import Project, Upload


def of(upload: Upload, row: reading.Row, report: cleaning.Report, batch: Batch) -> Incoming:
    """Raises DataError or AnswerError where the row does not fit."""
    task = upload.project.kind
    given, said = mapping.picked(row.values, upload.mapping, task)
    data = next(cleaning.clean([task.parse_data(given)], report))

    def parsed(said: Any) -> dict[str, Any] | None:
        return _answer(upload.project, task.answer.moved(said, given), data)

    answer = None if said is None else parsed(said)
    besides: voicing.Besides | None = None
    if row.beside is not None:
        besides = _beside(upload, row, answer, parsed, batch)
        if voicing.covers(besides, answer, hints=upload.answers == "hint"):
            answer = None  # one of them says it
    digest = splitting.digest(data)
    return Incoming(
        id=new_id(),
        digest=digest,
        data=json.dumps(data, ensure_ascii=False),
        is_test=splitting.is_test(digest, upload.project.salt),
        row=row.number,
        place=int.from_bytes(digest[:4], "big", signed=True),
        answer=None if answer is None else json.dumps(answer, ensure_ascii=False),
        origin=json.dumps(_origin(upload, row, besides, report, batch), ensure_ascii=False),
        besides=besides,
    )


def _origin(
    upload: Upload,
    row: reading.Row,
    besides: voicing.Besides | None,
    report: cleaning.Report,
    batch: Batch,
) -> dict[str, Any]:
    """Where it comes from, and what the file says of it beside data and answer."""
    found: dict[str, Any] = {"file": reading.plain(row.origin)} if row.origin else {}
    if said_by := voicing.origin(besides) if besides else []:
        found["said_by"] = said_by
    if upload.with_meta and (beside := _meta(upload, row, batch)):
        found[meta.NAME] = beside
        report.found[meta.COUNT] += 1
    return found


def _meta(upload: Upload, row: reading.Row, batch: Batch) -> dict[str, Any]:
    known = row.beside.known if row.beside else frozenset[str]()
    try:
        return meta.of_row(upload.project.kind, upload.mapping, row.values, known)
    except meta.TooMuch as why:
        why = meta.TooMuch(why.code, **{**why.values, "row": row.number})
        batch.lost.append(telling.kept(row, why))
        return {}


def _beside(
    upload: Upload, row: reading.Row, answer: Any, parsed: voicing.Parsed, batch: Batch
) -> voicing.Besides:
    """What stands beside the row; what of it cannot be kept is told in the batch."""
    besides, wrong = voicing.heard(upload, row, answer, parsed)
    lost = row.beside.lost if row.beside else ()
    why = [Refusal("row-part", row=row.number, kind=kind) for kind in lost]
    for problem in (*wrong, *why):
        batch.lost.append(telling.kept(row, problem))
    batch.characters += sum(len(one.answer) for one in besides.said)
    return besides


def _answer(project: Project, said: Any, data: dict[str, Any]) -> dict[str, Any] | None:
    """In the labels of today: a file may have those that they had."""
    shape, said = project.kind.answer, mapping.answer_in(said, project.kind)
    if isinstance(said, dict):
        return relabeling.taken(project, lambda labels: shape.parse(said, labels, data))
    if not said.strip():
        return None
    return relabeling.taken(project, lambda labels: shape.from_column(said, labels, data))


def unknown(upload: Upload, row: reading.Row) -> list[str]:
    """The labels that kept the row out, those that could become the project's."""
    task = upload.project.kind
    said = mapping.answer_in(mapping.picked(row.values, upload.mapping, task)[1], task)
    project = upload.project
    known = {name.casefold() for name in (*project.label_names, *relabeling.renamed(project))}
    named = (reading.plain(name.strip()) for name in task.answer.named_in(said))
    new = [name for name in named if name.casefold() not in known]
    return new if all(0 < len(name) <= founding.LONGEST_LABEL for name in new) else []
