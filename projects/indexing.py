"""Keeps the index that examples are found by. New examples are due for it: see models.Due.

It follows behind: an import never waits for it. Small uploads and single examples are indexed where
they are made, so that a person finds at once what they just brought.
"""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import connection, transaction

from ml import lexemes, splitting
from projects import due
from projects.models import Example, Project, Stage

CHUNK = 1000
SMALL = 2000  # rows that are indexed at once


def catch_up(seconds: float) -> bool:
    """Index what is due for so long. True if something is left."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not _chunk():
            return False
    return True


def finish(project: Project, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Index all that is due in one project, however long it takes."""
    while _chunk(project.pk):
        meanwhile()


@transaction.atomic
def at_once(examples: Iterable[UUID]) -> None:
    """Index these now. They stay due, and are indexed once more when their turn comes."""
    _index(list(examples))


def again(examples: list[UUID]) -> None:
    """What was deleted and is back: it is in no index."""
    if len(examples) <= SMALL:
        at_once(examples)
    due.put(Stage.INDEX, examples)


@transaction.atomic
def _chunk(project: UUID | None = None) -> int:
    taken = due.take(Stage.INDEX, CHUNK, project)
    _index(taken)
    due.put(Stage.INSPECT, taken)
    return len(taken)


_STAGE = """
CREATE TEMP TABLE entering (
    example_id uuid, project_id uuid, words tsvector, characters integer
) ON COMMIT DROP
"""
# An example that is deleted meanwhile has no entry; one whose text changed has a new one.
_ENTER = """
INSERT INTO projects_entry (example_id, project_id, words, language, characters)
SELECT i.example_id, i.project_id, i.words, '', i.characters FROM entering i
WHERE EXISTS (SELECT 1 FROM projects_example e WHERE e.id = i.example_id FOR KEY SHARE)
ORDER BY i.example_id
ON CONFLICT (example_id) DO UPDATE SET words = excluded.words, characters = excluded.characters
"""


def _index(ids: list[UUID]) -> None:
    if not ids:
        return
    found = Example.objects.filter(pk__in=ids, deleted_at=None).order_by()
    rows = list(found.values_list("pk", "project_id", "data"))  # COPY holds the connection
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY entering FROM STDIN") as copy:
            for pk, project, data in rows:
                text = splitting.text_of(data)
                words = lexemes.of(text) | {of_project(project)}
                copy.write_row((pk, project, lexemes.as_vector(words), len(text)))
        cursor.execute(_ENTER)
        cursor.execute("DROP TABLE entering")


def of_project(project: UUID) -> str:
    """A word that all entries of a project share and no text has: it keeps projects apart."""
    return f"\u00b6{project.hex[-16:]}"
