"""Many people labelling at once, and what the next example costs as a project grows.

    python -m bench.annotators [--rows 1000000] [--people 200] [--json]

Rows are put straight into the tables; people then work over HTTP, each with a token of their own:
`queue/next/`, then `submit/`. First 8 people, 100 answers each, one after the other as fast as the
studio answers, on 100,000 examples. Then `next`, and `next` with `submit`, of one person at 10,000
examples and at `--rows`, in turns, in each order (smart with the candidates that the instant model
chose), and where two people answer each or some examples. Then `--people` at once on `--rows`:
first as fast as it goes, which is the machine's limit; then at 60 % of that, which is where the
95th percentile is read.
Nobody's answers may be lost and nobody may get what another one has: both are counted afterwards in
the database.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.data import LABELS, address
from bench.rows import _FLOOR, made, row_of
from studio.loop.client import Client
from studio.running import temporary
from studio.running.temporary import TemporaryStudio

SMALL, MIDDLE = 10_000, 100_000
EIGHT, EACH = 8, 100
TURNS = 60
SECONDS = 30
MODES: dict[str, dict[str, Any]] = {
    "smart": {"order": "smart"},
    "random": {"order": "random"},
    "in order": {"order": "in_order"},
    "random, two people each": {"order": "random", "overlap": 2},
    "random, two people for some": {"order": "random", "double_share": 20},
}
GENTLE = 0.6  # of the rate at which the machine is saturated


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    with temporary.running() as studio:
        found = Bench(studio).measure(options.rows, options.people)
    print(json.dumps(found, indent=1) if options.json else shown(found))


@dataclass
class Worked:
    """What some people did together."""

    seconds: float = 0.0
    nexts: list[float] = field(default_factory=list)  # next alone, in seconds
    pairs: list[float] = field(default_factory=list)  # next + submit, in seconds
    given: list[str] = field(default_factory=list)  # examples, as they were handed out
    acknowledged: list[str] = field(default_factory=list)  # annotations the studio said it has

    @property
    def rate(self) -> float:
        return len(self.acknowledged) / self.seconds

    def percentile(self, share: float) -> float:
        return 1000 * sorted(self.pairs)[int(share * (len(self.pairs) - 1))]


class Speaker:
    """One person's connection: HTTP/1.1, kept open, nothing else. Cheaper than what it measures."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self.reader is not None
        said = json.dumps(body or {}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(said)}\r\n\r\n"
        )
        self.writer.write(head.encode() + said)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        content = await self._content(headers)
        return int(first.split()[1]), json.loads(content) if content else None

    async def _content(self, headers: dict[str, str]) -> bytes:
        assert self.reader is not None
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", "0")))
        parts = []
        while size := int((await self.reader.readline()).strip() or b"0", 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readline()
        await self.reader.readline()
        return b"".join(parts)

    async def turn(self, project: str, worked: Worked) -> None:
        began = time.perf_counter()
        status, lease = await self.post(f"/api/v1/projects/{project}/queue/next/")
        assert status == 200, (status, lease)
        worked.nexts.append(time.perf_counter() - began)
        answer = {"answer": {"label": random.choice(LABELS)}, "duration_ms": 1000}
        assignment = lease["assignment"]["id"]
        status, kept = await self.post(f"/api/v1/assignments/{assignment}/submit/", answer)
        assert status == 201, (status, kept)
        worked.pairs.append(time.perf_counter() - began)
        worked.given.append(lease["example"]["id"])
        worked.acknowledged.append(kept["id"])


class Bench:
    def __init__(self, studio: TemporaryStudio) -> None:
        self.studio = studio
        said = {"email": studio.email, "password": studio.password, "name": "bench"}
        token = Client(studio.url).post("/api/v1/tokens/", said)["token"]
        self.client = Client(studio.url, token)
        self.tokens: dict[str, str] = {}

    def measure(self, rows: int, people: int) -> dict[str, float]:
        small, middle, large = self.filled(SMALL), self.filled(MIDDLE), self.filled(rows)
        self.settle()
        found = self.eight(middle)
        found |= self.one(small, large, rows)
        return found | self.many(large, people)

    def eight(self, project: str) -> dict[str, float]:
        """8 people, 100 answers each, as fast as the studio answers."""
        speakers = self.speakers(project, EIGHT)
        worked = asyncio.run(self.together(project, speakers, each=EACH))
        return {
            "8 people, answers a second": worked.rate,
            "8 people, next + submit, median ms": worked.percentile(0.5),
            "8 people, 95th percentile ms": worked.percentile(0.95),
            **{f"8 people, {name}": count for name, count in self.kept(worked).items()},
        }

    def one(self, small: str, large: str, rows: int) -> dict[str, float]:
        """`next` and `submit` of one person: a small and a large project in turns."""
        found = {}
        for mode, fields in MODES.items():
            speakers = {project: self.speakers(project, 1)[0] for project in (small, large)}
            for project in speakers:
                self.set(project, **fields)
            if mode == "smart":
                found |= self.chosen((small, large), rows)
            took = asyncio.run(in_turns(speakers))
            for what, of in (("next", "nexts"), ("next + submit", "pairs")):
                at = {pk: 1000 * statistics.median(getattr(did, of)) for pk, did in took.items()}
                found[f"{mode}: {what} at {SMALL:,}, ms"] = at[small]
                found[f"{mode}: {what} at {rows:,}, ms"] = at[large]
                found[f"{mode}: {what}, ratio"] = at[large] / at[small]
            if mode == "smart":
                found["smart: share that the model chose"] = self.share_chosen(took)
        for project in (small, large):
            self.set(project, **MODES["smart"])
        return found

    def chosen(self, projects: tuple[str, ...], rows: int) -> dict[str, float]:
        """Have the instant model choose candidates in each, and wait until it has."""
        for project in projects:
            speaker = self.speakers(project, 1)[0]
            worked = Worked()
            asyncio.run(speaker.turn(project, worked))
            until = time.monotonic() + 240
            while not self.counted("labeling_candidate", project) and time.monotonic() < until:
                time.sleep(0.5)
                asyncio.run(self.speakers(project, 1)[0].turn(project, Worked()))
                time.sleep(5)
        counts = [self.counted("labeling_candidate", project) for project in projects]
        return {f"smart: candidates at {SMALL:,} and {rows:,}": min(counts)}

    def share_chosen(self, took: dict[str, Worked]) -> float:
        """Of what was handed out, what came as one of the candidates."""
        given = [one for worked in took.values() for one in worked.given]
        with psycopg.connect(address(self.studio)) as connection:
            row = connection.execute(
                "SELECT count(*) FROM labeling_assignment WHERE example_id = ANY(%s) "
                "AND reason ~ '^(Torn|Unlike|The model|Probably)'",
                [given],
            ).fetchone()
        return (row[0] if row else 0) / max(len(given), 1)

    def counted(self, table: str, project: str) -> int:
        with psycopg.connect(address(self.studio)) as connection:
            question = f"SELECT count(*) FROM {table} WHERE project_id = %s"
            row = connection.execute(question, [project]).fetchone()
        return row[0] if row else 0

    def many(self, project: str, people: int) -> dict[str, float]:
        """First as fast as it goes; then at a rate that the machine bears."""
        speakers = self.speakers(project, people)
        for speaker in speakers:
            speaker.writer = None
        hard = asyncio.run(self.together(project, speakers, seconds=SECONDS))
        for speaker in speakers:
            speaker.writer = None
        rate = GENTLE * hard.rate
        soft = asyncio.run(self.together(project, speakers, seconds=SECONDS, rate=rate))
        return {
            f"{people} people, most answers a second": hard.rate,
            f"{people} people at 60 %, answers a second": soft.rate,
            f"{people} people at 60 %, next + submit, median ms": soft.percentile(0.5),
            f"{people} people at 60 %, 95th percentile ms": soft.percentile(0.95),
            **{f"{people} people, {name}": n for name, n in self.kept(hard, soft).items()},
        }

    async def together(
        self,
        project: str,
        speakers: list[Speaker],
        *,
        each: int = 10**9,
        seconds: float = 3600.0,
        rate: float | None = None,
    ) -> Worked:
        """Everybody at once; at a rate, each begins at times drawn as people's are (Poisson)."""
        worked = Worked()
        began = time.perf_counter()

        async def work(speaker: Speaker) -> None:
            for _ in range(each):
                if rate is not None:
                    await asyncio.sleep(random.expovariate(rate / len(speakers)))
                if time.perf_counter() - began > seconds:
                    return
                await speaker.turn(project, worked)

        await asyncio.gather(*(work(speaker) for speaker in speakers))
        worked.seconds = time.perf_counter() - began
        return worked

    def kept(self, *all_worked: Worked) -> dict[str, float]:
        """What came of it, as the database has it."""
        acknowledged = [one for worked in all_worked for one in worked.acknowledged]
        given = [one for worked in all_worked for one in worked.given]
        with psycopg.connect(address(self.studio)) as connection:
            row = connection.execute(
                "SELECT count(*) FROM projects_annotation WHERE id = ANY(%s)", [acknowledged]
            ).fetchone()
        there = row[0] if row else 0
        return {"given out twice": len(given) - len(set(given)), "lost": len(acknowledged) - there}

    def filled(self, count: int) -> str:
        print(f"{count} rows …", file=sys.stderr)
        asked = {"name": f"{count} rows", "task": "text-classification", "labels": LABELS}
        project = str(self.client.post("/api/v1/projects/", asked)["id"])
        with psycopg.connect(address(self.studio)) as connection, connection.cursor() as cursor:
            with cursor.copy(_FLOOR) as out:
                for number, (text, _) in enumerate(made(count)):
                    out.write_row(row_of(project, number, text, ""))
            # This is about labelling: what would be worked off behind it must not go on beside it.
            cursor.execute("DELETE FROM projects_due WHERE project_id = %s", [project])
        return project

    def settle(self) -> None:
        with psycopg.connect(address(self.studio), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE projects_example")
            connection.execute("VACUUM ANALYZE projects_due")

    def set(self, project: str, *, order: str, overlap: int = 1, double_share: int = 0) -> None:
        with psycopg.connect(address(self.studio), autocommit=True) as connection:
            connection.execute(
                'UPDATE projects_project SET "order" = %s, overlap = %s, double_share = %s '
                "WHERE id = %s",
                [order, overlap, double_share, project],
            )

    def speakers(self, project: str, count: int) -> list[Speaker]:
        return [Speaker(self.studio.port, self.member(project, number)) for number in range(count)]

    def member(self, project: str, number: int) -> str:
        """A person's token; their account is made at the first need."""
        email, password = f"p{number}@example.org", f"quiet river {number} stone"
        path = f"/api/v1/projects/{project}/members/"
        known = {"email": email, "role": "annotator"}
        if email in self.tokens:
            self.client.post(path, known)
            return self.tokens[email]
        self.client.post(path, {**known, "password": password})
        said = {"email": email, "password": password, "name": "bench"}
        self.tokens[email] = Client(self.studio.url).post("/api/v1/tokens/", said)["token"]
        return self.tokens[email]


async def in_turns(speakers: dict[str, Speaker]) -> dict[str, Worked]:
    """What one person did in each project, by turns; the first tenth warms."""
    took = {project: Worked() for project in speakers}
    for turn in range(TURNS):
        for project, speaker in speakers.items():
            await speaker.turn(project, took[project] if turn >= TURNS // 10 else Worked())
    return took


def shown(found: dict[str, float]) -> str:
    lines = [f"| {name} | {value:.4g} |" for name, value in found.items()]
    return "\n".join(["| | |", "|---|---|", *lines])


if __name__ == "__main__":
    main()
