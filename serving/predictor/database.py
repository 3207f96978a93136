"""The predictor's own connections: few, always open, each statement a transaction of its own."""

import asyncio
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from serving.predictor.refusing import away

Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]
SECONDS = 5.0
NOT_FOR_US = ("cursor_factory", "context", "prepare_threshold")


def pool() -> Pool:
    """Not opened yet. The address is Django's own."""
    params = dict(connection.get_connection_params())
    kept = {name: value for name, value in params.items() if name not in NOT_FOR_US}
    return AsyncConnectionPool(
        kwargs={**kept, "autocommit": True, "prepare_threshold": 2},
        min_size=2,
        max_size=6,
        timeout=SECONDS,
        # After so long it starts afresh, so that a server that is back is found in seconds.
        reconnect_timeout=3,
        open=False,
    )


async def fetch(pool: Pool, query: LiteralString, parameters: Sequence[Any]) -> list[TupleRow]:
    """All rows. Raises Refused (503) when the database does not answer, even at a second try.

    Every statement that goes through here may be repeated: it reads, or its rows carry their ids.
    """
    try:
        async with asyncio.timeout(2 * SECONDS):
            try:
                return await _fetch(pool, query, parameters)
            except psycopg.OperationalError:
                # The server may have been restarted under open connections.
                await pool.check()
                return await _fetch(pool, query, parameters)
    except (psycopg.OperationalError, PoolTimeout, TimeoutError) as gone:
        raise away() from gone


async def _fetch(pool: Pool, query: LiteralString, parameters: Sequence[Any]) -> list[TupleRow]:
    async with pool.connection() as held:
        cursor = await held.execute(query, parameters)
        return await cursor.fetchall() if cursor.description else []
