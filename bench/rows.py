"""Rows in and found again, at several sizes, beside the bare floor of the same database.

    python -m bench.rows [--rows 10000 100000 1000000] [--gigabyte] [--json]

Import: a CSV of 120 characters a row over HTTP, from the POST until all are listed. Its floor: one
COPY of the very same rows, made beforehand, into the very same table with its indexes, for another
project. Memory: the most that the workers hold above what they held before. Index: from the end of
the import until the last row is found by its words. Pages: server and network of one list of 50,
each filter alone, in turns.
"""

import argparse
import json
import random
import statistics
import sys
import threading
import time
from typing import Any
from uuid import uuid4

import psutil
import psycopg

from accounts.ids import new_id
from bench.data import LABELS, address, timed
from ml import splitting
from studio.loop.client import Client
from studio.running import temporary
from studio.running.temporary import TemporaryStudio

WORDS = [f"word{number:04}" for number in range(4000)]
COMMON = [
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
]
LENGTH, TURNS = 120, 40
GIGABYTE, LONG = 1_000_000_000, 1000  # bytes of a file; characters of each of its rows
ANSWERED = 0.1
_FLOOR = (
    "COPY projects_example (id, project_id, data, digest, is_test, source, row, origin, status, "
    "set_aside, disputed, answered, claims, priority, place, created_at, gold) FROM STDIN"
)
_ANSWERS = (
    "COPY projects_annotation (id, example_id, source, answer, hint, guidelines_version, "
    "created_at, updated_at) FROM STDIN"
)
NOW = "2026-11-24T00:00:00Z"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--gigabyte", action="store_true", help="one file of 1 GB, instead")
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with temporary.running() as studio:
        if options.gigabyte:
            print(json.dumps(Bench(studio, GIGABYTE // LONG).large(), indent=1))
            return
        table = {count: Bench(studio, count).measure() for count in options.rows}
    print(json.dumps(table, indent=1) if options.json else shown(table))


class Bench:
    """One project of so many rows."""

    def __init__(self, studio: TemporaryStudio, count: int) -> None:
        self.studio, self.count = studio, count
        said = {"email": studio.email, "password": studio.password, "name": "bench"}
        token = Client(studio.url).post("/api/v1/tokens/", said)["token"]
        self.client = Client(studio.url, token)
        self.project = self.new("rows")

    def new(self, name: str) -> str:
        asked = {"name": name, "task": "text-classification", "labels": LABELS}
        return str(self.client.post("/api/v1/projects/", asked)["id"])

    def measure(self) -> dict[str, float]:
        print(f"{self.count} rows …", file=sys.stderr)
        rows = made(self.count)
        copied = self.floor(rows)
        with Memory() as memory:
            imported = timed(lambda: self.upload(rows))
        indexed = timed(self.indexed)
        self.settle()
        return {
            "import s": imported,
            "bare COPY s": copied,
            "import / bare COPY": imported / copied,
            "memory above idle MB": memory.grown / 1024**2,
            "index after that s": indexed,
            **self.pages(rows),
        }

    def large(self) -> dict[str, float]:
        """A file of 1 GB: how long until all is listed, and what the workers need meanwhile."""
        words = " ".join(random.Random(1).choices(WORDS, k=2 * LONG // 9))
        lines = (f"{words[n % 1000 :][: LONG - 12]} end{n:07}," for n in range(self.count))
        content = "\n".join(["text,label", *lines]).encode()
        path = f"/api/v1/projects/{self.project}/uploads/"
        with Memory() as memory:
            began = time.perf_counter()
            taken = self.client.upload(path, "rows.csv", content)
            done = taken
            while done["state"] in {"queued", "running"}:
                time.sleep(0.2)
                done = self.client.get(f"/api/v1/uploads/{taken['id']}/")
            seconds = time.perf_counter() - began
        assert done["examples_created"] == self.count, done
        return {
            "file, MB": len(content) / 1e6,
            "rows": self.count,
            "import s": seconds,
            "memory above idle MB": memory.grown / 1024**2,
        }

    def upload(self, rows: list[tuple[str, str]]) -> None:
        lines = [f"{text},{label}" for text, label in rows]
        content = "\n".join(["text,label", *lines]).encode()
        path = f"/api/v1/projects/{self.project}/uploads/"
        taken = self.client.upload(path, "rows.csv", content)
        done = taken
        while done["state"] in {"queued", "running"}:
            time.sleep(0.05)
            done = self.client.get(f"/api/v1/uploads/{taken['id']}/")
        assert done["examples_created"] == self.count, done
        stats = self.client.get(f"/api/v1/projects/{self.project}/stats/")
        assert stats["examples"] == self.count

    def floor(self, rows: list[tuple[str, str]]) -> float:
        """The same rows and answers by a bare COPY into the same tables, every value ready."""
        project = self.new("floor")
        ready = [row_of(project, number, *row) for number, row in enumerate(rows)]
        answers = [annotation_of(row) for row in ready if row[-1] is not None]
        with psycopg.connect(address(self.studio)) as connection, connection.cursor() as cursor:

            def copy() -> None:
                for statement, lines in ((_FLOOR, ready), (_ANSWERS, answers)):
                    with cursor.copy(statement) as out:
                        for line in lines:
                            out.write_row(line)
                connection.commit()

            seconds = timed(copy)
            # What is due for the floor's rows must not be worked off while ours are measured.
            cursor.execute("DELETE FROM projects_due WHERE project_id = %s", [project])
            cursor.execute(
                "DELETE FROM projects_annotation WHERE example_id IN "
                "(SELECT id FROM projects_example WHERE project_id = %s)",
                [project],
            )
            cursor.execute("DELETE FROM projects_example WHERE project_id = %s", [project])
        self.settle()
        return seconds

    def settle(self) -> None:
        with psycopg.connect(address(self.studio), autocommit=True) as connection:
            for table in ("example", "entry", "due", "tally"):
                connection.execute(f"VACUUM ANALYZE projects_{table}")  # type: ignore[call-overload]

    def indexed(self) -> None:
        path = f"/api/v1/projects/{self.project}/examples/"
        while not self.client.get(path, q=f"end{self.count - 1}")["results"]:
            time.sleep(0.1)

    def pages(self, rows: list[tuple[str, str]]) -> dict[str, float]:
        path = f"/api/v1/projects/{self.project}/examples/"
        upload = self.client.get(f"/api/v1/projects/{self.project}/uploads/")["results"][0]["id"]
        me = self.client.get("/api/v1/me/")["id"]
        filters: dict[str, dict[str, str]] = {
            "all": {},
            "status": {"status": "labeled"},
            "label": {"label": LABELS[0]},
            "upload": {"upload": upload},
            "source": {"source": "upload"},
            "length": {"longer": str(LENGTH - 2)},
            "common word": {"q": COMMON[0]},
            "rare word": {"q": rows[self.count // 2][0].split()[-1]},
            "one word in 200": {"q": WORDS[7]},
            "two words": {"q": f"{COMMON[0]} {WORDS[9]}"},
            "no such word": {"q": "nowhere"},
            "annotator": {"annotator": me},
            "assignee": {"assignee": me},
            "tag": {"tag": "urgent"},
            "finding": {"finding": "html"},
            "language": {"language": "en"},
            "unsure": {"unsure": "60"},
            "sure": {"sure": "90"},
            "suggested": {"suggested": LABELS[0]},
            "disagreed": {"disagreed": "30"},
            "the longest first": {"order": "-length"},
            "the least sure first": {"order": "unsure"},
            "most disagreement first": {"order": "-disagreed"},
        }
        times: dict[str, list[float]] = {name: [] for name in filters}
        for turn in range(TURNS + 1):
            for name, asked in filters.items():
                order = "-id" if turn % 2 else "id"
                took = timed(
                    lambda a={"order": order, **asked}: self.client.get(path, page_size="50", **a)
                )
                if turn:  # the first one warms
                    times[name].append(1000 * took)
        for name, each in times.items():
            print(f"  {name}: {statistics.median(each):.1f} ms", file=sys.stderr)
        orders = {name: times.pop(name) for name, asked in filters.items() if "order" in asked}
        every = sorted(one for each in times.values() for one in each)
        slowest = max(times, key=lambda name: statistics.median(times[name]))
        return {
            "page, median ms": statistics.median(every),
            "page, 95th percentile ms": every[int(0.95 * len(every))],
            "slowest filter, median ms": statistics.median(times[slowest]),
            **{f"{name}, median ms": statistics.median(each) for name, each in orders.items()},
        }


class Memory:
    """The most that Celery's processes hold together, above what they held at the start."""

    def __enter__(self) -> "Memory":
        self.idle = self.most = self._now()
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._watch)
        self.watch.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.over.set()
        self.watch.join()

    @property
    def grown(self) -> int:
        return self.most - self.idle

    def _watch(self) -> None:
        while not self.over.wait(0.2):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        total = 0
        for process in psutil.process_iter(["cmdline"]):
            line = " ".join(process.info["cmdline"] or [])
            if "celery" in line and ("default@" in line or "background@" in line):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
        return total


def made(count: int) -> list[tuple[str, str]]:
    """Texts of LENGTH characters, one in ten with a label, the words of each drawn anew."""
    drawn = random.Random(count)
    rows = []
    for number in range(count):
        words = [drawn.choice(COMMON), *drawn.choices(WORDS, k=14)]
        end = f" end{number}"
        text = " ".join(words)[: LENGTH - len(end)] + end
        rows.append((text, drawn.choice(LABELS) if drawn.random() < ANSWERED else ""))
    return rows


def row_of(project: str, number: int, text: str, label: str) -> tuple[Any, ...]:
    data = {"text": text}
    digest = splitting.digest(data)
    place = int.from_bytes(digest[:4], "big", signed=True)
    gold = json.dumps({"label": label}) if label else None
    return (
        new_id(), project, json.dumps(data), digest, splitting.is_test(digest, uuid4().hex),
        "upload", number, "{}", "labeled" if gold else "unlabeled", False, False, 0, 0, 0, place,
        NOW, gold,
    )  # fmt: skip


def annotation_of(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (new_id(), row[0], "import", row[-1], False, 1, NOW, NOW)


def shown(table: dict[int, dict[str, float]]) -> str:
    sizes = list(table)
    head = "| | " + " | ".join(f"{size:,} rows" for size in sizes) + " |"
    lines = [head, "|---" * (len(sizes) + 1) + "|"]
    for name in table[sizes[0]]:
        lines.append(f"| {name} | " + " | ".join(f"{table[s][name]:.4g}" for s in sizes) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
