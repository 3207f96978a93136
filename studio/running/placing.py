"""Where the embedded servers stand: as which user, with their data in which folder.

PostgreSQL refuses to run as root, so root lends both servers an account of their own. What that
account cannot reach (a repository below /root, say) is copied or put where it can.
"""

import importlib.metadata
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from studio import home
from studio.home import HomeProblem
from studio.running import programs

SYSTEM_DATA = Path("/var/lib")


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Everything the servers need to know about where they are."""

    account: Account | None  # None: they run as the user who started us
    data: Path
    sockets: Path
    postgres: Path | None  # the folder of its programs; None: DATABASE_URL names another
    valkey: Path | None

    def own(self, path: Path) -> Path:
        """Give a file or folder that we made to the servers' account."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path


def choose() -> Place:
    """Find, or make, the place of this installation's servers."""
    account = _account() if os.geteuid() == 0 else None
    data = _data(account)
    place = Place(
        account=account,
        data=data,
        sockets=home.sockets(),
        postgres=_reachable(programs.postgres(), account) if home.embedded_database() else None,
        valkey=_reachable(programs.valkey(), account) if home.embedded_broker() else None,
    )
    for folder in (place.data, place.sockets):
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            place.own(folder)
    home.sockets()  # whoever made it in the meantime: refused unless it is ours
    return place


def _account() -> Account:
    """The user for servers that root starts.

    An account of their own, as a package of a distribution would make it: under `nobody` or
    somebody else's `postgres`, every other process of that account could read the data.
    """
    kept = home.home() / "servers"
    if kept.is_dir() and kept.stat().st_uid != 0:
        entry = pwd.getpwuid(kept.stat().st_uid)  # data that are there keep their owner
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    _make_account(home.SERVER_ACCOUNTS[0])
    for name in home.SERVER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise HomeProblem(
        "PostgreSQL does not run as root, and no system user could be made for it: run the studio "
        "as an ordinary user, or make one with "
        f"`useradd --system --no-create-home {home.SERVER_ACCOUNTS[0]}`."
    )


def _make_account(name: str) -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    if useradd is None or any(entry.pw_name == name for entry in pwd.getpwall()):
        return
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--user-group", "--shell", "/bin/false", name],
        capture_output=True,
        check=False,  # a read-only /etc: the next account of the list is tried
    )


def enterable(path: Path, account: Account) -> bool:
    """Whether the account may pass through every folder down to the path, and use it."""
    return all(_may_execute(step.stat(), account) for step in (path, *path.parents))


def _may_execute(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & 0o100)
    if found.st_gid == account.gid:
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)


def _data(account: Account | None) -> Path:
    folder = home.home()
    note = folder / "servers-are-in.txt"
    if note.is_file():
        return _elsewhere(Path(note.read_text(encoding="utf-8").strip()), folder)
    if account is None or enterable(folder, account) or _opened(folder, account):
        return folder / "servers"
    elsewhere = SYSTEM_DATA / f"studio-{home.identity()}"
    _public(elsewhere)
    (elsewhere / "belongs-to.txt").write_text(f"{folder}\n", encoding="utf-8")
    home.write_aside(note, f"{elsewhere}\n")
    return elsewhere / "servers"


def _opened(folder: Path, account: Account) -> bool:
    """Let the account pass through the data folder, if we made that folder and no one else did."""
    ours = home.made_here(folder).is_file() and folder.stat().st_uid == os.geteuid()
    if not ours or not enterable(folder.parent, account):
        return False
    os.chown(folder, -1, account.gid)
    folder.chmod(0o710)  # pass through; neither list nor read
    return True


def _public(folder: Path) -> None:
    """Make a system folder of ours that every account can pass through, whatever the umask is."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _elsewhere(folder: Path, ours: Path) -> Path:
    """The system folder that an earlier start chose, unless it serves the original of a copy."""
    belongs = folder / "belongs-to.txt"
    owner = Path(belongs.read_text(encoding="utf-8").strip()) if belongs.is_file() else ours
    if owner != ours and (owner / "servers-are-in.txt").is_file():
        raise HomeProblem(
            f"{ours} is a copy of {owner}, and the data of both would be in {folder}: copy that "
            f"folder too, and write the path of the copy into {ours / 'servers-are-in.txt'}."
        )
    _public(folder)
    belongs.write_text(f"{ours}\n", encoding="utf-8")
    return folder / "servers"


def _reachable(program: Path, account: Account | None) -> Path:
    """The program where the account can run it: where it is, or a copy in a system folder."""
    executable = program / "postgres" if program.is_dir() else program
    if account is None or enterable(executable, account):
        return program
    package = next((path for path in program.parents if path.parent.name == "site-packages"), None)
    if package is None:
        raise HomeProblem(
            f"The user {account.name}, whom the servers run as, cannot reach {executable}: install "
            "it where everybody can run it."
        )
    version = importlib.metadata.version(package.name)
    copies = SYSTEM_DATA / "studio-programs" / f"{package.name}-{version}"
    if not copies.is_dir():
        _copy(package, copies)
    return copies / program.relative_to(package.parent)


def _copy(package: Path, target: Path) -> None:
    """Copy a wheel's programs with the libraries that stand beside it; whole or not at all."""
    _public(target.parent)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            shutil.copytree(source, aside / source.name, ignore=shutil.ignore_patterns("*.py*"))
    for path in (aside, *aside.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        aside.rename(target)
    except OSError:
        shutil.rmtree(aside)  # another start was first
        if not target.is_dir():
            raise
