"""Everything out again, streamed: one row an example, in the form that imports again."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Prefetch
from django.http import StreamingHttpResponse

from projects.models import Annotation, Example, Project

FORMATS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
CHUNK = 2000


def rows(project: Project) -> Iterator[dict[str, Any]]:
    """`id`, `data`, `answer` (the agreed one, or None), `annotations`; oldest first."""
    live = Annotation.objects.filter(withdrawn_at=None).select_related("author").order_by("id")
    examples = (
        Example.objects.filter(project=project)
        .order_by("id")
        .prefetch_related(Prefetch("annotations", live, to_attr="live"))
    )
    for example in examples.iterator(chunk_size=CHUNK):
        yield {
            "id": str(example.pk),
            "data": example.data,
            "answer": example.gold,
            "status": example.status,
            "source": example.source,
            "annotations": [_annotation(annotation) for annotation in example.live],
        }


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "id": str(annotation.pk),
        "author": annotation.author.email if annotation.author else None,
        "source": annotation.source,
        "hint": annotation.hint,
        "answer": annotation.answer,
        "duration_ms": annotation.duration_ms,
        "created_at": annotation.created_at.isoformat().replace("+00:00", "Z"),
    }


def answered(project: Project, form: str) -> StreamingHttpResponse:
    """The file as a response, for whoever may see the project."""
    response = StreamingHttpResponse(streamed(project, form), content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="examples.{form}"'
    return response


def streamed(project: Project, form: str) -> Iterator[bytes]:
    """The file in pieces of some thousand rows, whatever its size."""
    lines = _jsonl(project) if form == "jsonl" else _csv(project)
    while piece := list(islice(lines, 500)):
        yield "".join(piece).encode()


def _jsonl(project: Project) -> Iterator[str]:
    for row in rows(project):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _csv(project: Project) -> Iterator[str]:
    task = project.kind
    fields = list(task.example_schema()["properties"])
    yield _line(["id", *fields, task.answer.column])
    for row in rows(project):
        answer = row["answer"] or {}
        yield _line([row["id"], *(row["data"].get(name) for name in fields), _cell(answer)])


def _cell(answer: dict[str, Any]) -> str:
    value = next(iter(answer.values()), "")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
