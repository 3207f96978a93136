"""A database that is away is told as what it is, with the advice to try again."""

import psycopg
import pytest
from django.db import connection

from accounts import tokens
from projects.models import Project


@pytest.fixture
def ask(client, owner, monkeypatch):
    """Ask for a page or of the API, while something is broken."""
    token = tokens.make(owner, "away")
    client.force_login(owner)
    client.raise_request_exception = False

    def get(path: str, broken: object, name: str, instead: object) -> object:
        header = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if path.startswith("/api/") else {}
        with monkeypatch.context() as patched:
            patched.setattr(broken, name, instead)
            return client.get(path, **header)

    return get


def starting(*_: object, **__: object) -> None:
    raise psycopg.OperationalError("the database system is starting up")


@pytest.mark.parametrize("path", ["/", "/projects/new/"])
def test_a_page_says_so_and_asks_nothing_of_it_itself(ask, path):
    said = ask(path, connection, "create_cursor", starting)
    assert said.status_code == 503 and said["Retry-After"]
    assert "cannot reach its data" in said.content.decode()


def test_the_api_says_so_as_a_problem(ask):
    said = ask("/api/v1/projects/", connection, "create_cursor", starting)
    assert said.status_code == 503 and said["Retry-After"]
    assert said["Content-Type"] == "application/problem+json" and said.json()["status"] == 503
    assert "try again" in said.json()["detail"]


def test_what_else_goes_wrong_is_still_a_mistake(ask):
    said = ask("/api/v1/projects/", Project.objects, "filter", lambda *_, **__: 1 / 0)
    assert said.status_code == 500
