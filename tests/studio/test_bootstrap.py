"""A fresh clone gets ready by itself, goes on after an interruption, and is left alone then."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio.home import REPOSITORY

pytestmark = pytest.mark.slow


@pytest.fixture
def clone(tmp_path):
    """A small repository, below a folder with a blank, that needs no package."""
    root = tmp_path / "a clone"
    (root / "studio").mkdir(parents=True)
    shutil.copy(REPOSITORY / "studio/bootstrap.py", root / "studio")
    shutil.copy(REPOSITORY / "Makefile", root)
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (root / name).write_text("")
    package = {"name": "empty", "version": "1.0.0", "private": True}
    lock = {**package, "lockfileVersion": 3, "requires": True, "packages": {"": package}}
    (root / "package.json").write_text(json.dumps(package))
    (root / "package-lock.json").write_text(json.dumps(lock))
    return root


def get_ready(root, *arguments):
    return subprocess.run(
        [sys.executable, "-I", "studio/bootstrap.py", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=200,
    )


def test_it_gets_ready_once_goes_on_when_interrupted_and_repairs_what_is_broken(clone):
    first = get_ready(clone)
    assert first.returncode == 0, first.stderr
    assert [line.split(" (")[0] for line in first.stderr.splitlines()] == [
        "Making the virtual environment .venv …",
        "Installing the Python packages",
        "Fetching the browser packages …",
    ]
    assert (clone / ".venv/bin/python").exists()

    assert get_ready(clone).stderr == ""  # nothing to do, nothing to say

    (clone / ".venv/.installed-requirements.txt").unlink()  # as after Ctrl-C while it installed
    assert get_ready(clone).stderr.startswith("Installing the Python packages")

    (clone / ".venv/bin/python").unlink()  # as after its Python was removed
    (clone / ".venv/bin/python").symlink_to("/nowhere/python")
    repaired = get_ready(clone)
    assert repaired.returncode == 0, repaired.stderr
    assert repaired.stderr.startswith("The virtual environment .venv is broken; making it anew …")

    (clone / "requirements.txt").write_text("# changed\n")
    assert get_ready(clone).stderr.startswith("Installing the Python packages")
    assert get_ready(clone, "--dev").returncode == 0
    assert get_ready(clone).stderr == ""  # what tests need includes what running needs


def test_what_cannot_be_installed_is_said_with_what_to_do(clone):
    assert get_ready(clone).returncode == 0
    (clone / "requirements.txt").write_text("./no-such-folder\n")
    done = get_ready(clone)
    assert done.returncode == 1
    assert "The Python packages could not be installed: is the internet reachable" in done.stderr
    assert "Traceback" not in done.stderr
    (clone / "requirements.txt").write_text("")
    assert get_ready(clone).returncode == 0  # nothing is left half done


def test_browser_packages_that_do_not_fit_their_lock_are_said(clone):
    (clone / "package.json").write_text('{"name": "empty", "dependencies": {"absent": "1.0.0"}}')
    done = get_ready(clone)
    assert done.returncode == 1
    assert "The browser packages could not be fetched" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("answer", ["exit 1", "echo Python 2.7.18; exit 1"])
def test_a_machine_without_a_new_enough_python_is_told_so(clone, tmp_path, answer):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("make", "sh"):
        (tools / name).symlink_to(Path(shutil.which(name) or name))
    for name in ("python3.11", "python3"):
        (tools / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tools / name).chmod(0o755)
    done = subprocess.run(
        ["make", "run"],
        cwd=clone,
        env={**os.environ, "PATH": str(tools), "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "The studio needs Python 3.11 or newer, and found" in done.stderr
    assert not (clone / ".venv").exists()
