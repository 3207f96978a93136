"""Importing, labelling and exporting at 10,000 and 100,000 rows, beside PostgreSQL's bare floor.

    python -m bench.data [--rows 10000 100000] [--json]

A whole studio is started on a fresh folder; everything of ours goes over HTTP. The floor is one
COPY of the same texts into (out of) a bare table of the same server.
"""

import argparse
import json
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from studio.loop.client import Client
from studio.running import temporary
from studio.running.temporary import TemporaryStudio

ANNOTATORS, ANSWERS_EACH, TURNS = 8, 60, 200
LABELS = ["billing", "delivery", "praise", "other"]
WORDS = (
    "parcel",
    "late",
    "invoice",
    "refund",
    "thanks",
    "courier",
    "price",
    "wrong",
    "again",
    "help",
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with temporary.running() as studio:
        table = {str(count): Bench(studio, count).measure() for count in options.rows}
    print(json.dumps(table, indent=1) if options.json else shown(table))


class Bench:
    """One project of so many rows."""

    def __init__(self, studio: TemporaryStudio, count: int) -> None:
        self.studio, self.count = studio, count
        self.client = self.speak(studio.email, studio.password)
        self.project = self.client.post(
            "/api/v1/projects/",
            {"name": f"{count} rows", "task": "text-classification", "labels": LABELS},
        )["id"]

    def speak(self, email: str, password: str) -> Client:
        asked = {"email": email, "password": password, "name": "bench"}
        return Client(
            self.studio.url, Client(self.studio.url).post("/api/v1/tokens/", asked)["token"]
        )

    def measure(self) -> dict[str, float]:
        print(f"{self.count} rows …", file=sys.stderr)
        rows = texts(self.count)
        imported, copied = timed(lambda: self.upload(rows)), self.floor_in(rows)
        turns = self.turns(self.client, TURNS)
        pages = [timed(self.page) for _ in range(20)]
        together = self.together()
        exported, read = timed(self.export), self.floor_out()
        return {
            "import s": imported,
            "import / floor": imported / copied,
            "next + submit median ms": 1000 * statistics.median(turns),
            "next + submit p95 ms": 1000 * statistics.quantiles(turns, n=20)[-1],
            "filtered page median ms": 1000 * statistics.median(pages),
            f"{ANNOTATORS} people, answers a second": together["rate"],
            f"{ANNOTATORS} people, median ms": together["median"],
            "given out twice": together["twice"],
            "export s": exported,
            "export / floor": exported / read,
        }

    def upload(self, rows: list[str]) -> None:
        content = "\n".join(["text", *rows]).encode()
        address = f"/api/v1/projects/{self.project}/uploads/"
        upload = self.client.upload(address, "rows.csv", content)
        done = self.client.wait(f"/api/v1/uploads/{upload['id']}/", "done", 900)
        assert done["examples_created"] == self.count, done

    def turns(self, client: Client, count: int) -> list[float]:
        return [timed(lambda: self.turn(client)) for _ in range(count)]

    def turn(self, client: Client) -> str:
        lease = client.post(f"/api/v1/projects/{self.project}/queue/next/")
        said = {"answer": {"label": random.choice(LABELS)}, "duration_ms": 1000}
        client.post(f"/api/v1/assignments/{lease['assignment']['id']}/submit/", said)
        return str(lease["example"]["id"])

    def page(self) -> None:
        self.client.get(f"/api/v1/projects/{self.project}/examples/", status="labeled")

    def together(self) -> dict[str, float]:
        people = [self.newcomer(number) for number in range(ANNOTATORS)]
        seen: list[str] = []
        times: list[float] = []

        def work(client: Client) -> None:
            for _ in range(ANSWERS_EACH):
                began = time.perf_counter()
                seen.append(self.turn(client))
                times.append(time.perf_counter() - began)

        threads = [threading.Thread(target=work, args=(client,)) for client in people]
        seconds = timed(lambda: ([t.start() for t in threads], [t.join() for t in threads]))
        return {
            "rate": len(seen) / seconds,
            "median": 1000 * statistics.median(times),
            "twice": len(seen) - len(set(seen)),
        }

    def newcomer(self, number: int) -> Client:
        email, password = f"p{self.count}-{number}@example.org", f"quiet river {number} stone"
        address = f"/api/v1/projects/{self.project}/members/"
        self.client.post(address, {"email": email, "role": "annotator", "password": password})
        return self.speak(email, password)

    def export(self) -> None:
        lines = self.client.lines(f"/api/v1/projects/{self.project}/export/?format=jsonl")
        assert len(lines) == self.count

    def floor_in(self, rows: list[str]) -> float:
        with psycopg.connect(address(self.studio)) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_floor")
            cursor.execute("CREATE TABLE bench_floor (id bigint PRIMARY KEY, data jsonb)")

            def copy() -> None:
                with cursor.copy("COPY bench_floor FROM STDIN") as out:
                    for number, text in enumerate(rows):
                        out.write_row((number, json.dumps({"text": text})))
                connection.commit()

            return timed(copy)

    def floor_out(self) -> float:
        with psycopg.connect(address(self.studio)) as connection, connection.cursor() as cursor:

            def copy() -> None:
                with cursor.copy("COPY bench_floor TO STDOUT") as out:
                    for _ in out:
                        pass

            return timed(copy)


def address(studio: TemporaryStudio) -> str:
    """The studio's own PostgreSQL, as every process with its folder finds it."""
    import os

    os.environ["STUDIO_HOME"] = str(studio.home)
    from studio import home

    return home.database_url()


def texts(count: int) -> list[str]:
    """Short texts, all different, of words that people use."""
    drawn = random.Random(count)
    return [f"{' '.join(drawn.choices(WORDS, k=8))} {number}" for number in range(count)]


def timed(deed: Callable[[], Any]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def shown(table: dict[str, dict[str, float]]) -> str:
    sizes = list(table)
    lines = [
        "| | " + " | ".join(f"{size} rows" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for name in table[sizes[0]]:
        lines.append(f"| {name} | " + " | ".join(f"{table[s][name]:.4g}" for s in sizes) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
