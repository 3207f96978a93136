"""What is checked before anything starts. Each problem is one sentence that says what to do."""

import errno
import shutil
import socket
import tempfile
from pathlib import Path

import psutil
import psycopg
import redis

from studio import home
from studio.running import processes
from studio.running.supervision import CannotStart

_GIGABYTE = 1024**3


def check(*, servers_only: bool = False) -> None:
    """Raise `CannotStart` at the first thing that would keep the studio from running."""
    folder = home.home()
    writable(folder)
    room(folder)
    if not servers_only:
        ports()
    if not home.embedded_database():
        database(home.database_url())
    if not home.embedded_broker():
        broker(home.cache_url())


def writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise CannotStart(
            f"The data folder {folder} cannot be written to ({problem.strerror}): run as the user "
            "who owns it, or choose another with STUDIO_HOME."
        ) from problem


def room(folder: Path, least: int = _GIGABYTE) -> None:
    free = shutil.disk_usage(folder).free
    if free < least:
        raise CannotStart(
            f"There is {free / _GIGABYTE:.1f} GB left on the disk of {folder}, and the studio "
            f"needs {least / _GIGABYTE:.0f} GB: make room, or choose another disk with STUDIO_HOME."
        )


def ports() -> None:
    web, predictor = (
        processes.listening("PORT", 8000),
        processes.listening("PREDICTOR_PORT", 8001),
    )
    if web == predictor:
        raise CannotStart(f"PORT and PREDICTOR_PORT are both {web[1]}: give two different numbers.")
    port("PORT", *web)
    port("PREDICTOR_PORT", *predictor)


def port(variable: str, host: str, number: int) -> None:
    """Try to listen where a process of ours is going to."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen()
    except OSError as problem:
        raise CannotStart(_no_port(variable, host, number, problem)) from problem


def _no_port(variable: str, host: str, number: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"Port {number} on {host} is taken{_by_whom(number)}: stop that program, or choose "
            f"another port, such as {variable}={number + 10}."
        )
    if problem.errno == errno.EACCES:
        return (
            f"This user may not listen on port {number}: choose one above 1023, such as "
            f"{variable}=8000."
        )
    return (
        f"Nothing can listen on {host}:{number} ({problem.strerror}): set HOST to an address of "
        "this machine, such as 127.0.0.1 or 0.0.0.0."
    )


def _by_whom(number: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and connection.laddr.port == number and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass  # not ours to know
    return ""


def database(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
            vector = connection.execute(
                "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
            ).fetchone()
    except psycopg.Error as problem:
        raise CannotStart(
            f"The database of DATABASE_URL cannot be reached ({_first_line(problem)}): is it "
            "running, and are host, name and password right?"
        ) from problem
    if version < 150000 or not vector:
        raise CannotStart(
            f"The database of DATABASE_URL is PostgreSQL {version // 10000}"
            f"{'' if vector else ' without pgvector'}: the studio needs PostgreSQL 15 or newer "
            "with the extension pgvector installed."
        )


def broker(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5)
        client.ping()
    except (redis.RedisError, ValueError) as problem:
        raise CannotStart(
            f"The broker of BROKER_URL cannot be reached ({_first_line(problem)}): is it running, "
            "and are host and password right?"
        ) from problem


def _first_line(problem: Exception) -> str:
    text = str(problem).strip() or type(problem).__name__
    return text.splitlines()[0][:200]
