"""A real studio to be hurt: every process as in use, on free ports and a fresh data folder."""

from collections.abc import Iterator

import httpx
import pytest

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


def answers(studio: TemporaryStudio) -> bool:
    try:
        return httpx.get(f"{studio.url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture
def client(studio: TemporaryStudio) -> Client:
    eventually(lambda: answers(studio), 90)
    asked = {"email": studio.email, "password": studio.password, "name": "faults"}
    token = Client(studio.url).post("/api/v1/tokens/", asked)["token"]
    return Client(studio.url, token)
