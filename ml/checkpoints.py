"""Where a training got to, kept so that any death costs little. Knows tensors, not what for."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml import manifest

KEPT = 2

Tensors = dict[str, dict[str, Any]]  # by file, then by name


@dataclass(frozen=True)
class Checkpoint:
    """A moment of a training, found whole."""

    step: int
    tensors: Tensors
    state: dict[str, Any]


class Checkpoints:
    """The folder of a run's checkpoints: step-000123/, each complete or not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, step: int, tensors: Tensors, state: dict[str, Any]) -> None:
        """Keep this moment, and the one before it."""
        from safetensors.torch import save_file

        with manifest.whole_folder(self.folder / f"step-{step:06d}") as aside:
            for name, held in tensors.items():
                save_file(held, aside / f"{name}.safetensors")
            manifest.write_json(aside / "state.json", state)
        for old in self._folders()[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

    def latest(self) -> Checkpoint | None:
        """The newest that is whole. A damaged one is removed, and the one before it serves."""
        for folder in self._folders():
            found = _read(folder)
            if found is not None:
                return found
            shutil.rmtree(folder, ignore_errors=True)
        return None

    def state(self) -> dict[str, Any]:
        """The state of the newest that is whole, without its tensors; empty if there is none."""
        for folder in self._folders():
            try:
                manifest.verify(folder)
                state: dict[str, Any] = json.loads((folder / "state.json").read_bytes())
            except (manifest.Damaged, OSError, ValueError):
                continue
            return state
        return {}

    def clear(self) -> None:
        """The run has its result: what it took to get there can go."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _folders(self) -> list[Path]:
        """Newest first; what a death in mid-save left behind is swept away."""
        for part in self.folder.glob(".*.part"):
            shutil.rmtree(part, ignore_errors=True)
        return sorted(_numbered(self.folder), key=_number, reverse=True)


def _numbered(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("step-*") if path.name[5:].isdigit())


def _number(folder: Path) -> int:
    return int(folder.name[5:])


def _read(folder: Path) -> Checkpoint | None:
    from safetensors.torch import load_file

    try:
        files = manifest.verify(folder)
        tensors = {
            Path(name).stem: load_file(folder / name)
            for name in files
            if name.endswith(".safetensors")
        }
        state = json.loads((folder / "state.json").read_bytes())
    except (manifest.Damaged, OSError, ValueError):
        return None
    return Checkpoint(_number(folder), tensors, state)
