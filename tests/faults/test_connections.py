"""The web keeps its connections to the database: a new one for each request costs more than it."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from tests.cast import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def sessions(address: str) -> int:
    """How many were ever opened; the servers tell a moment late."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        question = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(question).fetchone()[0])


def test_requests_share_connections(studio, client, database):
    for _ in range(40):
        client.get("/api/v1/me/")
    beat = studio.processes()["beat"]
    os.kill(beat, signal.SIGSTOP)  # workers open some of their own for what it asks of them
    try:
        before = sessions(database)
        for _ in range(100):
            client.get("/api/v1/me/")
        assert sessions(database) - before < 60, "some are for what was begun before"
    finally:
        os.kill(beat, signal.SIGCONT)


def test_when_the_database_is_back_nobody_waits_for_the_connections_it_had(
    studio, client, database
):
    """However many were kept: each of them is dead, and they are found out one after another."""

    def ask(_: int) -> int:
        answer = httpx.get(address, headers=headers, timeout=60, verify=False)
        return answer.status_code

    address = f"{studio.url}/api/v1/me/"
    headers = {"Authorization": client.authorization}
    with ThreadPoolExecutor(24) as callers:
        assert set(callers.map(ask, range(300))) == {200}
        assert open_now(database) > 8
        killed = studio.kill("postgres")
        eventually(lambda: studio.processes().get("postgres", killed) != killed, 60)
        eventually(lambda: answers(database), 60)
    assert [ask(number) for number in range(10)] == [200] * 10


def open_now(address: str) -> int:
    with psycopg.connect(address, autocommit=True) as connection:
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return int(connection.execute(counted).fetchone()[0])


def answers(address: str) -> bool:
    try:
        return open_now(address) > 0
    except psycopg.OperationalError:
        return False
