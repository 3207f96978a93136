"""Where this installation keeps its things: data folder, secrets, addresses of its servers.

Knows nothing of Django and starts nothing. Every process that has the same STUDIO_HOME (web,
worker, shell, test) computes the same answers here, whether the servers run or not.
"""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent

# Accounts that the embedded servers may run as when root starts them, the preferred one first.
SERVER_ACCOUNTS = ("studio-servers", "postgres")

_README = """This folder holds everything that this studio installation knows.
secrets.json   passwords and keys, made at the first start: keep it with every backup
logs/          one log per process
run/           what is running now
servers/       PostgreSQL and Valkey, unless DATABASE_URL and BROKER_URL name others
"""


class HomeProblem(SystemExit):
    """The data folder cannot be used; says in one sentence why.

    A SystemExit, because it is met while settings load: a person then reads the sentence
    instead of a traceback, whichever process they started.
    """


def home() -> Path:
    """The data folder: STUDIO_HOME, else `var` in the repository. Made, private, when missing."""
    path = Path(os.environ.get("STUDIO_HOME") or REPOSITORY / "var").expanduser().absolute()
    try:
        if not path.is_dir():
            _make(path)
        return path.resolve()
    except OSError as problem:
        raise HomeProblem(
            f"The data folder {path} cannot be made ({problem.strerror}): "
            "choose another with STUDIO_HOME, or make it writable for this user."
        ) from problem


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise
        return  # another process was first
    made_here(path).write_text(_README, encoding="utf-8")


def made_here(path: Path) -> Path:
    """The file whose presence says that we made this data folder: its mode is ours to set."""
    return path / "README.txt"


def subfolder(name: str) -> Path:
    """A private folder below the data folder."""
    path = home() / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def secret(name: str) -> str:
    """The secret of that name, made at its first use. SECRET_KEY in the environment wins."""
    if name == "secret_key" and os.environ.get("SECRET_KEY"):
        return os.environ["SECRET_KEY"]
    path = home() / "secrets.json"
    kept = _read(path)
    if name in kept:
        return kept[name]
    with _locked(path.with_suffix(".lock")):
        kept = _read(path)
        if name not in kept:
            kept[name] = secrets.token_hex(32)
            write_aside(path, json.dumps(kept, indent=1))
    return kept[name]


def _read(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        raise HomeProblem(
            f"The secrets in {path} cannot be read ({problem}): run as the user who owns them, "
            "or bring the file back from a backup."
        ) from problem
    return {str(name): str(value) for name, value in kept.items()}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise HomeProblem(
            f"The data folder {path.parent} cannot be written to ({problem.strerror}): "
            "run as the user who owns it, or choose another with STUDIO_HOME."
        ) from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_aside(path: Path, text: str) -> None:
    """Replace a private file in one step: a reader sees the old or the new text, never a half."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def identity() -> str:
    """A short name for this data folder at this place; a copy or a second one has another."""
    return hashlib.sha256(f"{home()}\0{secret('installation')}".encode()).hexdigest()[:12]


def port(name: str, default: int) -> int:
    """A port number from the environment."""
    given = os.environ.get(name) or str(default)
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise HomeProblem(f"{name} is {given!r}: give a number from 1 to 65535, such as {default}.")
    return int(given)


def sockets() -> Path:
    """The short private folder where the embedded servers listen; refused when it is another's.

    Not XDG_RUNTIME_DIR or TMPDIR: those differ between a login, a cron job and sudo, and every
    process must find the same folder. Not STUDIO_HOME: a socket's path ends at 107 characters.
    """
    owner = home().stat().st_uid
    path = Path("/tmp") / f"studio-{owner}-{identity()}"  # noqa: S108  (checked before use)
    if path.is_symlink() or (path.exists() and not _trusted(path.lstat(), owner)):
        raise HomeProblem(
            f"The folder {path} is not this studio's own, so it is not trusted for talking to the "
            "database: remove it (or have its owner remove it) and start again."
        )
    return path


def _trusted(found: os.stat_result, owner: int) -> bool:
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return private and found.st_uid in {os.getuid(), owner, *_server_uids()}


def _server_uids() -> set[int]:
    return {entry.pw_uid for entry in pwd.getpwall() if entry.pw_name in SERVER_ACCOUNTS}


def embedded_database() -> bool:
    """Whether PostgreSQL is ours to run: nobody named another."""
    return not os.environ.get("DATABASE_URL")


def embedded_broker() -> bool:
    """Whether Valkey is ours to run: nobody named another."""
    return not os.environ.get("BROKER_URL")


def database_url() -> str:
    """Where PostgreSQL answers, in the form that `psycopg.conninfo` reads."""
    if not embedded_database():
        return os.environ["DATABASE_URL"]
    return f"postgresql://studio:{secret('postgres')}@/studio?host={quote(str(sockets()), safe='')}"


def broker_url() -> str:
    """Where the broker answers, in the form that Celery (kombu) reads."""
    if not embedded_broker():
        return os.environ["BROKER_URL"]
    return f"redis+socket://:{secret('valkey')}@{sockets()}/valkey.sock?virtual_host=0"


def cache_url() -> str:
    """The same server, in the form that redis-py reads."""
    url = broker_url()
    if not url.startswith("redis+socket://"):
        return url
    parts = urlsplit(url)
    number = parse_qs(parts.query).get("virtual_host", ["0"])[0].strip("/")
    return f"unix://{parts.netloc}{parts.path}?db={number or 0}"
