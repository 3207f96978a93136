"""What a killed supervisor left running: found by what it wrote down, and ended before a start."""

import contextlib
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil


def stop(status: Path, patience: float = 15.0) -> list[str]:
    """End every process of the record and of its group. Gives the names of what was ended."""
    ended = []
    asked: list[psutil.Process] = []
    for name, kept in _recorded(status).items():
        members = _group(kept)
        for process in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.Signals[kept["ends_by"]])
        asked += members
        ended += [name] if members else []
    for process in psutil.wait_procs(asked, timeout=patience)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(asked, timeout=patience)
    status.unlink(missing_ok=True)
    return ended


def _recorded(status: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = json.loads(status.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: kept for name, kept in found.items() if kept.get("pid")}


def _group(kept: Mapping[str, Any]) -> list[psutil.Process]:
    """The recorded process; if it is gone, what it left in its group; nothing if it is another."""
    leader = int(kept["pid"])
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(leader)
        # The number of a process is used again; its number and time of birth together are not.
        same = abs(process.create_time() - float(kept["born"])) < 1.0
        return [process] if same else []
    return [process for process in psutil.process_iter() if _group_of(process.pid) == leader]


def _group_of(pid: int) -> int | None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        return os.getpgid(pid)
    return None
