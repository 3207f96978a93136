"""One line a door: its name, its seconds, its figures."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Say = Callable[[str], object]


@dataclass
class Line:
    figures: list[str] = field(default_factory=list)

    def add(self, figure: str) -> None:
        self.figures.append(figure)


@dataclass
class Report:
    """The lines of one turn."""

    say: Say

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    @contextlib.contextmanager
    def door(self, name: str) -> Iterator[Line]:
        line, began = Line(), time.monotonic()
        try:
            yield line
        except BaseException:
            self.say(f"{name:<16}{time.monotonic() - began:7.1f} s  FAILED")
            raise
        self.say(f"{name:<16}{time.monotonic() - began:7.1f} s  {', '.join(line.figures)}")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began
