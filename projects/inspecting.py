"""Looks at each example by itself: what a person may want to look at, and its language.

It follows behind the index, a thousand examples at a time; `surveying` looks at the whole.
"""

import json
import time
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from ml import base_models, encoders, findings, languages, splitting
from ml.findings.lengths import Reader
from projects import due, giving_way, noting
from projects.models import Example, Project, Stage, Upload

CHUNK = 500


def catch_up(seconds: float) -> bool:
    """Look at what is due for so long. True if something is left that can be looked at now."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _chunk():
            return False
    return True


@transaction.atomic
def _chunk() -> int:
    """Imports and the index of a project come first: people wait for those."""
    project = due.next_project(Stage.INSPECT)
    if project is None or Upload.at_work() or due.is_waiting(Stage.INDEX, project):
        return 0
    giving_way.write_without_waiting()
    taken = due.take(Stage.INSPECT, CHUNK, project)
    _inspect(project, taken)
    due.put(Stage.EMBED, taken)
    noting.touch(project)
    return len(taken)


_STAGE = """
CREATE TEMP TABLE found (example_id uuid, kind text, detail jsonb) ON COMMIT DROP
"""
_FORGET = (
    "DELETE FROM projects_finding WHERE project_id = %s AND kind = ANY(%s) AND example_id = ANY(%s)"
)
# An example that is deleted meanwhile has no findings.
_KEEP = """
INSERT INTO projects_finding (project_id, example_id, kind, detail)
SELECT %s, f.example_id, f.kind, f.detail FROM found f
WHERE EXISTS (SELECT 1 FROM projects_example e WHERE e.id = f.example_id FOR KEY SHARE)
ORDER BY f.example_id
ON CONFLICT (project_id, kind, example_id) DO UPDATE SET detail = excluded.detail
"""
_TELL = """
UPDATE projects_entry e SET language = t.language
FROM unnest(%s::uuid[], %s::text[]) AS t (example_id, language)
WHERE e.example_id = t.example_id AND e.language <> t.language
"""


def _inspect(project: UUID, ids: list[UUID]) -> None:
    rows = Example.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "data")
    texts = [(pk, splitting.text_of(data)) for pk, data in rows]
    reader = _reader(project)
    found = [(pk, one) for pk, text in texts for one in findings.look(text, reader=reader)]
    told = [languages.language(text) for _pk, text in texts]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [project, list(findings.KINDS), ids])
        if found:
            _keep(cursor, project, found)
        cursor.execute(_TELL, [[pk for pk, _text in texts], told])


def _keep(cursor: Any, project: UUID, found: list[tuple[UUID, findings.Finding]]) -> None:
    cursor.execute(_STAGE)
    with cursor.copy("COPY found FROM STDIN") as copy:
        for pk, one in found:
            copy.write_row((pk, one.kind, json.dumps(dict(one.detail))))
    cursor.execute(_KEEP, [project])
    cursor.execute("DROP TABLE found")


def _reader(project: UUID) -> Reader | None:
    """How much of a text the model reads that this project's training starts from by default."""
    found = Project.objects.filter(pk=project).first()
    names = found.kind.base_models if found else ()  # it may be cleared away meanwhile
    return _reader_of(names[0]) if names else None


@lru_cache(maxsize=8)
def _reader_of(name: str) -> Reader | None:
    model = base_models.by_name(name, settings.BASE_MODELS_FOLDER)
    if model is None or model.folder is None:
        return None
    return Reader(model.folder, longest=encoders.usual_length(model.folder))
