"""People at the desk: each asks for the next example and answers it from the makers' labels."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from studio.loop.client import Client, DoorFailed, Json


@dataclass
class Annotator:
    """One member of a project, with a token of their own."""

    client: Client
    email: str

    def next(self, project: str) -> Json | None:
        """The lease that the queue gives; None when nothing is left for this person."""
        return self.client.post(f"/api/v1/projects/{project}/queue/next/") or None

    def answer(self, lease: Json, truth: Mapping[str, str]) -> None:
        label = truth[lease["example"]["data"]["text"]]
        began = time.monotonic()
        self.client.post(
            f"/api/v1/assignments/{lease['assignment']['id']}/submit/",
            {
                "answer": {"label": label},
                "duration_ms": max(1, int((time.monotonic() - began) * 1000)),
            },
        )


def join(owner: Client, origin: str, project: str, count: int) -> list[Annotator]:
    """Make accounts for that many annotators, and let each log in."""
    people = []
    for _ in range(count):
        email = f"annotator-{secrets.token_hex(4)}@example.org"
        password = secrets.token_urlsafe(16)
        owner.post(
            f"/api/v1/projects/{project}/members/",
            {"email": email, "role": "annotator", "password": password},
        )
        people.append(Annotator(Client(origin, log_in(origin, email, password)), email))
    return people


def log_in(origin: str, email: str, password: str) -> str:
    body = {"email": email, "password": password, "name": "loop"}
    return str(Client(origin).post("/api/v1/tokens/", body)["token"])


def label(
    people: list[Annotator], project: str, truth: Mapping[str, str], count: int
) -> list[Json]:
    """Label that many examples, person after person. Gives the leases in their order."""
    leases: list[Json] = []
    while len(leases) < count:
        person = people[len(leases) % len(people)]
        lease = person.next(project)
        if lease is None:
            raise DoorFailed(f"the queue was empty after {len(leases)} of {count} examples")
        person.answer(lease, truth)
        leases.append(lease)
    return leases
