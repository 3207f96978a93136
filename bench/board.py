"""What one look at the administrators' board costs, at 100,000 examples and 100,000 predictions.

    python -m bench.board [--rows 100000] [--json]

PostgreSQL and Valkey are started on a fresh folder. The time in the database is what its driver
waits for; `first` finds no hour of traffic counted yet, `again` is the median of those after it.
"""

import argparse
import json
import os
import statistics
import time
from typing import Any

from bench import fresh

LOOKS, ENDPOINTS, RUNS = 30, 5, 2000

_EXAMPLES = """
INSERT INTO projects_example (id, project_id, data, digest, is_test, source, origin, status,
                              set_aside, disputed, answered, claims, priority, place, created_at)
SELECT gen_random_uuid(), %s, jsonb_build_object('text', 'example ' || n),
       sha256(n::text::bytea), false, 'upload', '{}', 'unlabeled', false, false, 0, 0, 0, n, now()
  FROM generate_series(1, %s) AS n
"""
_PREDICTIONS = """
INSERT INTO serving_prediction (id, endpoint_id, model_version_id, release_id, request, position,
                                shadow, data, answer, labels, confidence, scores, latency_ms,
                                created_at)
SELECT gen_random_uuid(), r.endpoint_id, r.model_version_id, r.id, gen_random_uuid(), 0, false,
       jsonb_build_object('text', 'a question of a customer, number ' || n), '{"label": "a"}',
       ARRAY['a'], 0.9, '{}', 5 + random() * 20, now() - random() * interval '24 hours'
  FROM generate_series(1, %s) AS n, serving_release AS r
 WHERE r.traffic = n %% %s
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.inside:  # a process that was told of the fresh folder before it loaded anything
        print(json.dumps(measure(options.rows)))
        return
    found = fresh.run("bench.board", "--inside", "--rows", str(options.rows))
    print(json.dumps(found, indent=1) if options.json else shown(found))


def shown(found: dict[str, Any]) -> str:
    return "\n".join(f"{name:<32}{value:>8.1f}" for name, value in found.items())


def measure(rows: int) -> dict[str, Any]:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill(rows)
    first, *again = [look() for _ in range(LOOKS)]
    return {
        "questions to the database": first[0],
        "database, first, ms": first[1],
        "database, again, median ms": statistics.median(each[1] for each in again),
        "database, again, slowest ms": max(each[1] for each in again),
        "the whole look, median ms": statistics.median(each[2] for each in again),
    }


def fill(rows: int) -> None:
    """A project with so many examples, and endpoints that answered so often within a day."""
    from django.db import connection

    from projects.leases import State
    from projects.models import Project
    from serving.models import Endpoint, Release
    from training.models import ModelVersion, Run, Snapshot

    project = Project.objects.create(name="Bench", task="text-classification")
    snapshot = Snapshot.objects.create(project=project)
    Run.objects.bulk_create(
        Run(project=project, snapshot=snapshot, state=State.SUCCEEDED, result={"x": "y" * 5000})
        for _ in range(RUNS)
    )
    for number, run in enumerate(Run.objects.all()[:ENDPOINTS]):
        version = ModelVersion.objects.create(project=project, run=run, number=number, method="x")
        endpoint = Endpoint.objects.create(project=project, slug=f"bench-{number}", name="Bench")
        # Here `traffic` only deals the predictions out.
        Release.objects.create(endpoint=endpoint, model_version=version, traffic=number)
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, [project.pk, rows])
        cursor.execute(_PREDICTIONS, [rows, ENDPOINTS])
        cursor.execute("VACUUM ANALYZE")


def look() -> tuple[int, float, float]:
    """Questions asked, ms in the database, ms in all."""
    from django.db import connection

    from studio.board import looking

    spent: list[float] = []

    def timed(execute: Any, *asked: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spent.append(time.perf_counter() - started)

    began = time.perf_counter()
    with connection.execute_wrapper(timed):
        looking.look()
    return len(spent), 1000 * sum(spent), 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
