"""The registry: every file of this folder is a task type. Loading it imports no torch."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TypeGuard

from ml.task import Task


def _found() -> dict[str, Task]:
    """One instance of each task that a module of this folder defines, by its slug."""
    tasks: dict[str, Task] = {}
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        module = import_module(f"{__name__}.{file.stem}")
        for thing in vars(module).values():
            if _is_task(thing) and thing.__module__ == module.__name__:
                tasks[thing.slug] = thing()
    return tasks


def _is_task(thing: object) -> TypeGuard[type[Task]]:
    return isinstance(thing, type) and issubclass(thing, Task)


TASKS: dict[str, Task] = _found()
