"""Whatever dies in the middle of an import, every row of the file is there once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import psycopg
import pytest

from studio.loop.client import Client
from studio.running.temporary import TemporaryStudio
from tests.cast import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROWS, LABELS = 40_000, ("spam", "ham")
# Every so often a row that was there before, one without a text, one with markup in it.
AGAIN, EMPTY, MARKUP = 97, 1999, 500


def row(number: int) -> tuple[str, str]:
    said = number - 1 if number % AGAIN == 0 else number
    text = f"message {said} is about the order of somebody and how it came to them"
    if said % MARKUP == 0:
        text = f"<p>{text}</p>"
    return "" if number % EMPTY == 0 else text, LABELS[said % 7 == 0]


GIVEN = [row(number) for number in range(1, ROWS + 1)]
TEXTS = {text: label for text, label in GIVEN if text}


@dataclass
class Import:
    """A file on its way in, as the hurt studio's own database has it."""

    client: Client
    project: str
    upload: str
    address: str

    def ask(self, question: str) -> Any:
        """One row. The database may be away between two questions."""
        named = {"upload": self.upload, "project": self.project}
        with psycopg.connect(self.address, autocommit=True) as connection:
            said = connection.execute(question, named)
            return said.fetchone() if said.description else None

    def under_way(self, attempt: int, least: int) -> bool:
        """Whether that attempt put more than so many rows in."""
        state, attempts, read, progress = self.ask(
            "SELECT state, attempts, rows_read, progress FROM projects_upload WHERE id=%(upload)s"
        )
        assert state in ("queued", "running") and progress < 0.8, "too quick to be hurt"
        return bool(attempts == attempt and progress > 0.2 and read > least)

    def left_alone(self) -> int:
        """The rows that are in, where the work stopped in the middle."""
        state, read, progress, there = self.ask(
            "SELECT state, rows_read, progress, (SELECT count(*) FROM projects_example"
            " WHERE upload_id=%(upload)s) FROM projects_upload WHERE id=%(upload)s"
        )
        assert state == "running" and 0.2 < progress < 0.8
        assert there == len({text for text, _ in GIVEN[:read] if text}), "half of a batch"
        return int(read)


@pytest.fixture
def coming(client: Client, database: str) -> Iterator[Import]:
    """A file that has just been sent; what follows in the background ends with its project."""
    asked = {"name": "Imports", "task": "text-classification", "labels": list(LABELS)}
    project = str(client.post("/api/v1/projects/", asked)["id"])
    table = "\n".join(["text,label", *map(",".join, GIVEN)]).encode()
    taken = client.upload(f"/api/v1/projects/{project}/uploads/", "rows.csv", table)
    yield Import(client, project, str(taken["id"]), database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "UPDATE projects_project SET deleted_at = now() WHERE id = %s", [project]
        )


def kill_the_worker(studio: TemporaryStudio) -> None:
    """`kill -9` of the worker that reads files, and of whoever reads for it."""
    parent = psutil.Process(studio.processes()["worker-default"])
    parent.suspend()  # so that it starts no other child meanwhile
    for each in (*parent.children(recursive=True), parent):
        each.kill()
    parent.wait(60)


def test_a_worker_killed_twice_in_the_middle_of_an_import(studio, coming, a_lease_later):
    rows = 0
    for attempt in (1, 2):
        eventually(lambda attempt=attempt, rows=rows: coming.under_way(attempt, rows), 180)
        kill_the_worker(studio)
        rows = coming.left_alone()
        a_lease_later("projects_upload", coming.upload)
    all_there_once(coming, attempts=3)


def test_a_database_that_crashes_in_the_middle_of_an_import(studio, coming, a_lease_later):
    eventually(lambda: coming.under_way(1, 0), 180)
    killed = studio.kill("postgres")
    eventually(lambda: studio.processes().get("postgres", killed) != killed, 180)
    eventually(lambda: answers_again(coming), 180)
    coming.left_alone()
    a_lease_later("projects_upload", coming.upload)
    all_there_once(coming, attempts=2)


def answers_again(coming: Import) -> bool:
    try:
        return bool(coming.ask("SELECT 1"))
    except psycopg.OperationalError:
        return False


def all_there_once(coming: Import, attempts: int) -> None:
    """The file, the examples and what people see of both."""
    done = coming.client.wait(f"/api/v1/uploads/{coming.upload}/", "done", 180)
    empty = [number for number, (text, _) in enumerate(GIVEN, 1) if not text]
    assert [problem["row"] for problem in done["problems"]] == empty
    assert (done["rows_read"], done["rejected"]) == (ROWS, len(empty))
    assert done["examples_created"] == len(TEXTS)
    assert done["duplicates"] == ROWS - len(empty) - len(TEXTS)
    marked = sum(text.startswith("<p>") for text, _ in GIVEN)
    assert done["report"]["rows"] == ROWS - len(empty)
    assert done["report"]["html remains"] == marked
    assert coming.ask("SELECT attempts FROM projects_upload WHERE id=%(upload)s") == (attempts,)
    kept_once(coming)


def kept_once(coming: Import) -> None:
    examples, texts, answers = coming.ask(
        "SELECT count(DISTINCT e.id), count(DISTINCT e.data->>'text'), count(a.id)"
        " FROM projects_example e LEFT JOIN projects_annotation a ON a.example_id=e.id"
        " WHERE e.project_id=%(project)s"
    )
    assert examples == texts == answers == len(TEXTS)
    (counted,) = coming.ask(
        "SELECT jsonb_object_agg(label, count) FROM (SELECT label, sum(count) AS count"
        " FROM projects_tally WHERE project_id=%(project)s AND label IS NOT NULL"
        " GROUP BY label) AS t"
    )
    assert counted == Counter(TEXTS.values())
