"""Folders that are whole or not there: written aside, each file's sha256 kept, renamed last."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "manifest.json"


class Damaged(Exception):
    """A file is missing, too short or changed; the message names it."""


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill; it appears as `folder` at the end, complete and on disk, or not at all."""
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        seal(aside)
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def seal(folder: Path) -> None:
    """Bring every file to disk, then write the manifest that vouches for them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    listed = {}
    for path in files:
        sync(path)
        listed[path.relative_to(folder).as_posix()] = {
            "sha256": sha256(path),
            "size": path.stat().st_size,
        }
    write_json(folder / NAME, {"files": listed})
    for inner in {path.parent for path in files}:
        sync(inner)


def verify(folder: Path) -> dict[str, Any]:
    """The manifest's files, once every one was found as written. Raises Damaged."""
    try:
        files: dict[str, Any] = json.loads((folder / NAME).read_bytes())["files"]
        for name, said in files.items():
            path = folder / name
            if path.stat().st_size != said["size"] or sha256(path) != said["sha256"]:
                raise Damaged(f"{name} is not what was written.")
    except FileNotFoundError as missing:
        raise Damaged(f"{Path(str(missing.filename)).name} is missing.") from missing
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as unreadable:
        raise Damaged(f"{NAME} cannot be read.") from unreadable
    return files


def sha256(path: Path) -> str:
    """The hex digest of a file, without reading it whole into memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Write JSON so that the file is the old one or the new one, never half of it."""
    write_text(path, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is the old one or the new one, never half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with aside.open("w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file or a folder's listing to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
