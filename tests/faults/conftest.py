"""A real studio to be hurt: every process as in use, on free ports and a fresh data folder."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql

from studio import home
from studio.loop.client import Client
from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.cast import eventually

# So short that every run outlives it many times over.
VISIBILITY_SECONDS = 2


@pytest.fixture(scope="session")
def studio() -> Iterator[TemporaryStudio]:
    with temporary.running(BROKER_VISIBILITY_TIMEOUT=str(VISIBILITY_SECONDS)) as running:
        yield running
        assert running.stop() == 0, running.said


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[Any]:
    """What the web said last, beside a failure: the studio is gone when somebody reads of it."""
    report = yield
    hurt = item.funcargs.get("studio") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(hurt, TemporaryStudio):
        report.sections.append(("the web's log", hurt.log("web")))
    return report


def answers(studio: TemporaryStudio) -> bool:
    try:
        return httpx.get(f"{studio.url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def signed_in(studio: TemporaryStudio) -> Client:
    """Once the studio has got over what the test before did to it: tests come in any order."""
    eventually(studio.answers, 90)
    asked = {"email": studio.email, "password": studio.password, "name": "faults"}
    token = Client(studio.url).post("/api/v1/tokens/", asked)["token"]
    return Client(studio.url, token)


@pytest.fixture
def client(studio: TemporaryStudio) -> Client:
    return signed_in(studio)


@pytest.fixture
def database(studio: TemporaryStudio, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the hurt studio's own database answers."""
    monkeypatch.setenv("STUDIO_HOME", str(studio.home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home.database_url()


@pytest.fixture
def a_lease_later(database: str) -> Callable[[str, str], None]:
    """Half a minute goes by for work that nobody is at any more: only the clock is made up."""

    def later(table: str, pk: str) -> None:
        ended = sql.SQL("UPDATE {} SET lease_until = now() WHERE id = %s AND state = 'running'")
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(ended.format(sql.Identifier(table)), [pk])

    return later
