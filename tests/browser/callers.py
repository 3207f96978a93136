"""Who calls a studio. Each signs in once: half a second a password is right for people only."""

import functools
from collections.abc import Sequence

import httpx

from studio.loop import people
from studio.loop.client import Client
from studio.loop.people import Annotator
from studio.running.temporary import TemporaryStudio

_members: dict[str, list[Annotator]] = {}  # by the password of their studio


def administrator(studio: TemporaryStudio) -> Client:
    return _signed_in(studio.url, studio.email, studio.password)


@functools.cache
def _signed_in(origin: str, email: str, password: str) -> Client:
    return Client(origin, people.log_in(origin, email, password))


def crew(studio: TemporaryStudio, project: str, count: int) -> Sequence[Annotator]:
    """So many annotators of the project: the same people in one project after another."""
    owner, known = administrator(studio), _members.setdefault(studio.password, [])
    members = f"/api/v1/projects/{project}/members/"
    for person in known[:count]:
        owner.post(members, {"email": person.email, "role": "annotator"})
    known += people.join(owner, studio.url, project, max(0, count - len(known)))
    return known[:count]


@functools.cache
def at_the_pages(origin: str, email: str, password: str) -> httpx.Client:
    """Signed in as with a browser."""
    http = httpx.Client(base_url=origin, timeout=30)
    http.get("/accounts/login/")
    sent(http, "/accounts/login/", login=email, password=password)
    return http


def sent(http: httpx.Client, path: str, **fields: str) -> str:
    """Send a form; gives where the answer leads."""
    token = http.cookies["csrftoken"]
    answer = http.post(path, data={**fields, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302, answer.text[:2000]
    return str(answer.headers["location"])
