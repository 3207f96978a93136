"""The registry: every file of this folder is a format of export."""

from importlib import import_module
from pathlib import Path

from projects.exporting.format import Format


def _found() -> dict[str, Format]:
    """One instance of each format that a module of this folder defines, by its slug."""
    formats = []
    for file in Path(__file__).parent.glob("[!_]*.py"):
        module = import_module(f"{__name__}.{file.stem}")
        for thing in vars(module).values():
            if isinstance(thing, type) and thing.__module__ == module.__name__:
                formats += [thing()] if issubclass(thing, Format) else []
    return {one.slug: one for one in sorted(formats, key=lambda one: one.place)}


FORMATS: dict[str, Format] = _found()
