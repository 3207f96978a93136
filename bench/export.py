"""What taking examples out costs in each format, beside one bare COPY of the same data.

    python -m bench.export [--rows 10000 100000] [--formats jsonl csv] [--json]

PostgreSQL is started on a fresh folder. One example in ten is answered by a person. A figure is
the best of three; memory is by how much the process grew above what it held before the export.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import fresh

TURNS, ANSWERED = 3, 10
FORMATS = ("jsonl", "csv", "parquet", "label-studio", "doccano", "hf", "xlsx")
_EXAMPLES = """
INSERT INTO projects_example (id, project_id, data, digest, is_test, source, origin, status, gold,
                              set_aside, disputed, answered, claims, priority, place, created_at)
SELECT uuidv7(), %(project)s,
       jsonb_build_object('text', repeat('what a customer writes about a parcel ', 2) || n),
       sha256((%(project)s || n)::bytea), n %% 5 = 0, 'upload', '{}',
       CASE WHEN n %% %(each)s = 0 THEN 'labeled' ELSE 'unlabeled' END,
       CASE WHEN n %% %(each)s = 0 THEN '{"label": "a"}'::jsonb END,
       false, false, 0, 0, 0, n, now()
  FROM generate_series(1, %(rows)s) AS n
"""
_ANSWERS = """
INSERT INTO projects_annotation (id, example_id, author_id, source, answer, hint,
                                 guidelines_version, created_at, updated_at)
SELECT gen_random_uuid(), id, %(author)s, 'person', gold, false, 1, now(), now()
  FROM projects_example WHERE project_id = %(project)s AND gold IS NOT NULL
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    asked.add_argument("--formats", nargs="+", default=FORMATS)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.inside:  # a process that was told of the fresh folder before it loaded anything
        print(json.dumps(measure(options.rows, options.formats)))
        return
    told = ("--formats", *options.formats, "--rows", *map(str, options.rows))
    found = fresh.run("bench.export", "--inside", *told)
    print(json.dumps(found, indent=1) if options.json else shown(found))


def measure(counts: list[int], formats: list[str]) -> dict[str, Any]:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return {str(count): one(count, formats) for count in counts}


def one(count: int, formats: list[str]) -> dict[str, dict[str, float]]:
    """Format → seconds, times the bare COPY, megabytes of the file and of memory."""
    from projects import exporting

    project = filled(count)
    floor = min(timed(lambda: copied(project)) for _ in range(TURNS))
    found = {"bare COPY": {"s": floor, "ratio": 1.0, "MB": 0.0, "grown by, MB": 0.0}}
    for form in formats:
        turns = [Taken(lambda: exporting.streamed(project, form)) for _ in range(TURNS)]  # noqa: B023
        best = min(turn.seconds for turn in turns)
        found[form] = {
            "s": best,
            "ratio": best / floor,
            "MB": turns[0].size / 1e6,
            "grown by, MB": max(turn.grown for turn in turns) / 1e6,
        }
    return found


class Taken:
    """One export to its end, thrown away piece by piece."""

    def __init__(self, pieces: Callable[[], Any]) -> None:
        before, self.size, self.peak = resident(), 0, 0
        ended = threading.Event()
        watch = threading.Thread(target=self.watch, args=(ended,))
        watch.start()
        self.seconds = timed(lambda: self.take(pieces()))
        ended.set()
        watch.join()
        self.grown = max(0, self.peak - before)

    def take(self, pieces: Any) -> None:
        for piece in pieces:
            self.size += len(piece)

    def watch(self, ended: threading.Event) -> None:
        while not ended.wait(0.02):
            self.peak = max(self.peak, resident())


def resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def filled(count: int) -> Any:
    from django.db import connection

    from accounts.models import User
    from projects.models import Project

    author, _ = User.objects.get_or_create(email="bench@example.org")
    labels = [{"name": "a", "description": "", "hotkey": "1", "color": "#0072B2"}]
    project = Project.objects.create(name=f"{count}", task="text-classification", labels=labels)
    said = {"project": str(project.pk), "rows": count, "each": ANSWERED, "author": author.pk}
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, said)
        cursor.execute(_ANSWERS, said)
        cursor.execute("ANALYZE projects_example")
        cursor.execute("ANALYZE projects_annotation")
    return project


def copied(project: Any) -> None:
    from django.db import connection

    sql = "COPY (SELECT data FROM projects_example WHERE project_id = %s) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(sql, [project.pk]) as copy:
        for _ in copy:
            pass


def timed(deed: Callable[[], Any]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def shown(found: dict[str, Any]) -> str:
    lines = []
    for count, formats in found.items():
        names = list(next(iter(formats.values())))
        lines += [f"| {int(count):,} rows | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
        for form, values in formats.items():
            lines.append(f"| {form} | {' | '.join(f'{values[n]:.3g}' for n in names)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
