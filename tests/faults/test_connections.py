"""The web keeps its connections to the database: a new one for each request costs more than it."""

import psycopg
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def sessions(address: str) -> int:
    """How many were ever opened; the servers tell a moment late."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        question = "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(question).fetchone()[0])


def test_requests_share_connections(client, database):
    for _ in range(40):
        client.get("/api/v1/me/")
    before = sessions(database)
    for _ in range(100):
        client.get("/api/v1/me/")
    assert sessions(database) - before < 60, "workers open some of their own meanwhile"
