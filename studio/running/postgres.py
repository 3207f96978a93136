"""The embedded PostgreSQL: made once, durable, with our role, database and extensions."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from studio import home
from studio.running.children import Program
from studio.running.placing import Place
from studio.running.supervision import CannotStart

# Sized for a machine that also trains; `ALTER SYSTEM` overrides any of them. A long import writes
# everywhere in the indexes: checkpoints that come often make it write whole pages again and again.
_SETTINGS = """\
max_connections = 200
shared_buffers = {buffers}MB
max_wal_size = 3GB
checkpoint_timeout = 15min
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 1GB
max_parallel_workers_per_gather = 0
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_line_prefix = '%t [%p] %u@%d '
lc_messages = 'C'
"""


def program(place: Place) -> Program:
    """How the server runs: on a socket only, for whoever knows the password."""
    data = _data(place)
    return Program(
        name="postgres",
        command=(
            *(str(_bin(place) / "postgres"), "-D", str(data), "-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={place.sockets}"),
            *("-c", "unix_socket_permissions=0700"),
        ),
        folder=data,
        environment=_environment(),
        account=place.account,
        ends_by=signal.SIGINT,  # "fast": transactions are rolled back, clients sent away
        ends_at_once_by=signal.SIGQUIT,  # "immediate": as after a crash, which it survives
        grace=30.0,
        orphaned_by=None,
        before=lambda: _forget_stale_pid(data),
        quiet=True,
    )


def prepare(place: Place) -> None:
    """Make the database cluster if there is none, and end a server that still runs on it."""
    data = _data(place)
    if not (data / "PG_VERSION").is_file():
        _initialise(place, data)
    _check_version(place, data)
    settings = place.own(_written(data / "studio.conf", _SETTINGS.format(buffers=_buffers())))
    own = data / "postgresql.conf"
    if settings.name not in own.read_text(encoding="utf-8"):
        with own.open("a", encoding="utf-8") as file:
            file.write(f"\ninclude '{settings.name}'\n")
    _stop_leftover(data)


def ready(place: Place) -> bool:
    try:
        _connect(place, "postgres").close()
    except psycopg.OperationalError as problem:
        if "password authentication failed" in str(problem):
            raise CannotStart(
                f"The secrets in {home.home()} are not those that {_data(place)} was made with: "
                "bring secrets.json back from a backup."
            ) from problem
        return False
    return True


def furnish(place: Place) -> None:
    """Our role and database, and the extensions in every database to come, tests' included."""
    with _connect(place, "template1") as connection:
        _extend(connection)
    with _connect(place, "postgres") as connection:
        password = connection.pgconn.encrypt_password(
            home.secret("postgres").encode(), b"studio", b"scram-sha-256"
        ).decode()
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'studio'").fetchone():
            connection.execute("CREATE ROLE studio LOGIN CREATEDB")
        connection.execute(sql.SQL("ALTER ROLE studio PASSWORD {}").format(sql.Literal(password)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'studio'").fetchone():
            connection.execute("CREATE DATABASE studio OWNER studio")
    with _connect(place, "studio") as connection:
        _extend(connection)


def _extend(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    for extension in (sql.Identifier("vector"), sql.Identifier("pg_trgm")):
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(extension))
        connection.execute(sql.SQL("ALTER EXTENSION {} UPDATE").format(extension))


def _connect(place: Place, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(
        host=str(place.sockets),
        dbname=database,
        user="postgres",
        password=home.secret("postgres_superuser"),
        connect_timeout=3,
        autocommit=True,
    )


def _data(place: Place) -> Path:
    return place.data / "postgres"


def _bin(place: Place) -> Path:
    assert place.postgres is not None  # noqa: S101  (asked only when the database is embedded)
    return place.postgres


def _environment() -> dict[str, str]:
    """Nothing of ours: neither secrets nor PG* variables are the server's business."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _written(path: Path, text: str) -> Path:
    home.write_aside(path, text)
    return path


def _initialise(place: Place, data: Path) -> None:
    """Make the cluster beside its place and move it there: a killed start leaves no half of it."""
    aside = data.with_name("postgres.new")
    shutil.rmtree(aside, ignore_errors=True)
    password = place.own(_written(place.data / "password", home.secret("postgres_superuser")))
    locale = ["--locale=C.UTF-8"]
    if _major(place) >= 17:  # characters by Unicode's rules, without the machine's locale
        locale = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    account = place.account
    done = subprocess.run(
        [
            *(str(_bin(place) / "initdb"), f"--pgdata={aside}", "--username=postgres"),
            *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", *locale),
            *("--data-checksums", "--no-instructions"),
        ],
        cwd=place.data,
        env=_environment(),
        capture_output=True,
        text=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    password.unlink()
    if done.returncode != 0:
        raise CannotStart(
            f"The database could not be made in {place.data}: {done.stderr.strip()[-500:]}"
        )
    aside.rename(data)


def _major(place: Place) -> int:
    said = subprocess.run([_bin(place) / "pg_config", "--version"], capture_output=True, text=True)
    return int(said.stdout.split()[1].split(".")[0])


def _check_version(place: Place, data: Path) -> None:
    made_by, ours = (data / "PG_VERSION").read_text().strip(), _major(place)
    if made_by != str(ours):
        raise CannotStart(
            f"The database in {data} was made by PostgreSQL {made_by}, but this is PostgreSQL "
            f"{ours}: dump it with the old version and read it into an empty data folder, or name "
            "a running PostgreSQL with DATABASE_URL."
        )


def _running(data: Path) -> psutil.Process | None:
    """The server that works on these data, by its own record."""
    with contextlib.suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n")[0]))
        if process.name().startswith("postgres") and str(data) in process.cmdline():
            return process
    return None


def _forget_stale_pid(data: Path) -> None:
    """After a reboot another program may have the number in the record: PostgreSQL would wait."""
    if _running(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _buffers() -> int:
    """A thirty-second part of the memory, in MB, from 128 to 1,024."""
    return min(1024, max(128, psutil.virtual_memory().total // 1024**2 // 32))


def _stop_leftover(data: Path) -> None:
    process = _running(data)
    if process is None:
        return
    for how in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(how)
        if not psutil.wait_procs([process], timeout=20)[1]:
            return
    raise CannotStart(f"A PostgreSQL of an earlier start (process {process.pid}) does not end.")
