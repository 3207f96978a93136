"""An answer that was acknowledged is there, whatever became of the web process."""

import os
import signal
import threading
import time

import httpx
import pytest

from studio.loop.client import Client
from studio.running.temporary import TemporaryStudio
from tests.cast import eventually

# The whole of it, some minutes long: FAULTS=whole
WHOLE = os.environ.get("FAULTS") == "whole"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600 if WHOLE else 600)]
PEOPLE, KILLS, SUBMITTED = (50, 20, 10_000) if WHOLE else (8, 4, 240)
AWAY_SECONDS = 6
_made: set[int] = set()  # people who have an account already


class Person(threading.Thread):
    """Labels without pause, and writes down in a ledger what the server acknowledged."""

    def __init__(self, studio: TemporaryStudio, project: str, token: str) -> None:
        super().__init__()
        self.http = httpx.Client(
            base_url=studio.url, headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        self.project = project
        self.ledger: dict[str, str] = {}
        self.examples: list[str] = []
        self.wrong: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            try:
                if not self._one():
                    return
            except httpx.HTTPError:
                time.sleep(0.2)  # the web is down; a person tries again

    def _one(self) -> bool:
        leased = self.http.post(f"/api/v1/projects/{self.project}/queue/next/")
        if leased.status_code == 204:
            return False
        if leased.status_code != 200:
            self.wrong.append(f"next {leased.status_code} {leased.text[:200]}")
            return True
        body = leased.json()
        said = {"answer": {"label": "a"}, "duration_ms": 1}
        address = f"/api/v1/assignments/{body['assignment']['id']}/submit/"
        kept = self.http.post(address, json=said)
        if kept.status_code == 201:
            self.ledger[kept.json()["id"]] = body["example"]["id"]
        elif kept.status_code >= 500:
            self.wrong.append(f"submit {kept.status_code} {kept.text[:200]}")
        return True


def test_every_acknowledged_annotation_survives_kills_of_the_web(studio, client):
    project = client.post(
        "/api/v1/projects/", {"name": "Kills", "task": "text-classification", "labels": ["a", "b"]}
    )["id"]
    people = at_work(client, studio, project, PEOPLE, 4 * SUBMITTED)
    for kill in range(KILLS):
        due = SUBMITTED * (kill + 1) // (KILLS + 1)
        eventually(lambda due=due: submitted(people) >= due, 600)
        studio.kill("web")
    eventually(lambda: submitted(people) >= SUBMITTED, 600)
    acknowledged = stopped(people)
    assert_all_there(client, project, acknowledged)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "silent"])
def test_labelling_goes_on_while_the_broker_is_away(studio, client, how):
    project = client.post(
        "/api/v1/projects/", {"name": "Away", "task": "text-classification", "labels": ["a", "b"]}
    )["id"]
    people = at_work(client, studio, project, 3, 2000)
    eventually(lambda: submitted(people) > 3, 60)
    broker = studio.processes()["valkey"]
    os.kill(broker, how)
    before = submitted(people)
    time.sleep(AWAY_SECONDS)
    try:
        eventually(lambda: submitted(people) > before + 3, 60)
    finally:
        if how == signal.SIGSTOP:
            os.kill(broker, signal.SIGCONT)
    acknowledged = stopped(people)
    assert_all_there(client, project, acknowledged)


def at_work(
    client: Client, studio: TemporaryStudio, project: str, count: int, examples: int
) -> list[Person]:
    """So many people who label, and examples enough for them."""
    rows = "\n".join(["text", *(f"example number {n}" for n in range(examples))]).encode()
    taken = client.upload(f"/api/v1/projects/{project}/uploads/", "rows.csv", rows)
    client.wait(f"/api/v1/uploads/{taken['id']}/", "done", 120)
    people = [Person(studio, project, newcomer(client, studio, project, n)) for n in range(count)]
    for person in people:
        person.start()
    return people


def submitted(people: list[Person]) -> int:
    return sum(len(person.ledger) for person in people)


def stopped(people: list[Person]) -> dict[str, str]:
    """What was acknowledged, annotation → example, once everybody has stopped."""
    for person in people:
        person.done.set()
    for person in people:
        person.join()
    assert not [wrong for person in people for wrong in person.wrong]
    return {a: e for person in people for a, e in person.ledger.items()}


def assert_all_there(client: Client, project: str, acknowledged: dict[str, str]) -> None:
    import json

    lines = client.lines(f"/api/v1/projects/{project}/export/?format=jsonl")
    exported = [json.loads(line) for line in lines]
    kept = {a["id"]: row["id"] for row in exported for a in row["annotations"]}
    assert {a: e for a, e in acknowledged.items() if kept.get(a) != e} == {}
    assert max(len(row["annotations"]) for row in exported) == 1, "an example was answered twice"


def newcomer(client: Client, studio: TemporaryStudio, project: str, number: int) -> str:
    email, password = f"kills{number}@example.org", f"a quiet river {number}"
    known = number in _made  # by another test of this studio
    said = {"email": email, "role": "annotator"} | ({} if known else {"password": password})
    client.post(f"/api/v1/projects/{project}/members/", said)
    _made.add(number)
    asked = {"email": email, "password": password, "name": "desk"}
    return str(Client(studio.url).post("/api/v1/tokens/", asked)["token"])
