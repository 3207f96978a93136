"""What people notice while a large upload is being embedded: answering, and two pages.

    python -m bench.during_embedding [--rows 100000] [--rounds 3] [--json]

A whole studio on a fresh folder, one project of so many texts of 120 characters. Each round
measures with the embedding at work and, on the same data, with it held back; ratios are of medians.
Rate: embeddings a second, alone and while someone asks without a pause.
"""

import argparse
import json
import random
import statistics
import sys
import time
from typing import Any

import psycopg

from bench.data import Bench, address, timed
from bench.nearby import sentence, vocabulary
from bench.pages import signed_in
from studio.running import temporary
from studio.running.temporary import TemporaryStudio

TURNS, PAGES, ALONE_SECONDS = 60, 15, 20
EMBED, HELD = 3, 33  # stages: of what is due, and of what is held back
WAITING = "SELECT count(*) FROM projects_due WHERE stage = ANY(%s)"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with (
        temporary.running() as studio,
        psycopg.connect(address(studio), autocommit=True) as database,
    ):
        found = measured(studio, database, options.rows, options.rounds)
    print(json.dumps(found, indent=1) if options.json else shown(found))


def measured(studio: TemporaryStudio, database: Any, rows: int, rounds: int) -> dict[str, float]:
    bench = Bench(studio, rows)
    draw, words = random.Random(rows), vocabulary()
    bench.upload([f'"{sentence(words, draw)}"' for _ in range(rows)])
    began = time.perf_counter()
    indexed = until_none(database, 1, began)
    figures = {"index s": indexed, "inspect s": until_none(database, 2, began) - indexed}
    asking = Asking(studio, bench)
    asking.all(1)  # warms
    time.sleep(4)
    figures["embeddings a second, alone"] = rate(database, lambda: time.sleep(ALONE_SECONDS))
    rates, during, idle = [], [], []
    for _ in range(rounds):
        rates.append(rate(database, lambda: during.append(asking.all(TURNS))))
        hold(database, EMBED, HELD)
        time.sleep(4)
        idle.append(asking.all(TURNS))
        hold(database, HELD, EMBED)
        time.sleep(2)
    figures["embeddings a second, beside someone"] = statistics.median(rates)
    for name in during[0]:
        busy, free = ([ms for one in each for ms in one[name]] for each in (during, idle))
        figures |= compared(name, busy, free)
    return figures


def compared(name: str, busy: list[float], free: list[float]) -> dict[str, float]:
    return {
        f"{name}, idle ms": statistics.median(free),
        f"{name}, meanwhile ms": statistics.median(busy),
        f"{name}, ratio": statistics.median(busy) / statistics.median(free),
        f"{name}, slowest of 20 meanwhile ms": statistics.quantiles(busy, n=20)[-1],
        f"{name}, slowest of 20 idle ms": statistics.quantiles(free, n=20)[-1],
    }


class Asking:
    """One person at the desk and in the list, without a pause."""

    def __init__(self, studio: TemporaryStudio, bench: Bench) -> None:
        self.bench, self.browser = bench, signed_in(studio)
        here = f"/projects/{bench.project}"
        self.pages = {"examples page": f"{here}/data/", "desk page": f"{here}/desk/"}

    def all(self, turns: int) -> dict[str, list[float]]:
        found = {
            "next + submit": [1000 * took for took in self.bench.turns(self.bench.client, turns)]
        }
        for name, path in self.pages.items():
            found[name] = [1000 * timed(lambda path=path: self.get(path)) for _ in range(PAGES)]
        return found

    def get(self, path: str) -> None:
        self.browser.get(path, follow_redirects=True).raise_for_status()


def rate(database: Any, meanwhile: Any) -> float:
    before = count(database, "SELECT count(*) FROM projects_embedding")
    seconds = timed(meanwhile)
    return (count(database, "SELECT count(*) FROM projects_embedding") - before) / seconds


def hold(database: Any, stage: int, other: int) -> None:
    database.execute("UPDATE projects_due SET stage = %s WHERE stage = %s", [other, stage])


def until_none(database: Any, stage: int, began: float) -> float:
    """Seconds since `began` until nothing waits for the stage, or for one before it."""
    while count(database, WAITING, [list(range(1, stage + 1))]):
        time.sleep(0.1)
    return time.perf_counter() - began


def count(database: Any, sql: str, given: list[Any] | None = None) -> int:
    return int(database.execute(sql, given).fetchone()[0])


def shown(found: dict[str, float]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {n} | {v:.4g} |" for n, v in found.items())])


if __name__ == "__main__":
    sys.exit(main())
