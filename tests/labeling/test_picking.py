"""What a lease reads, where the database knows nothing of a project that has just come."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labeling import holding, pools
from labeling.models import Assignment, Candidate, Held
from projects.models import Annotation, Example, Project

EXAMPLES, ANSWERED, READ = 1500, 60, 300


def made(project: Project, count: int) -> list[Example]:
    return Example.objects.bulk_create(
        Example(project=project, data={"text": str(n)}, digest=f"{n:08}".encode(), place=n)
        for n in range(count)
    )


@pytest.fixture
def unknown(project, member):
    """The database last counted when another project was all there was."""
    other = Project.objects.create(name="Before", task=project.task, created_by=project.created_by)
    made(other, 50)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_example, projects_annotation, labeling_assignment")
        cursor.execute("ANALYZE labeling_candidate")
    examples = made(project, EXAMPLES)
    for one in examples[:ANSWERED]:
        said = Annotation.objects.create(
            example=one, author=member, answer={"label": "spam"}, source="person"
        )
        Assignment.objects.create(
            project=project,
            example=one,
            person=member,
            state=Held.SUBMITTED,
            annotation=said,
            expires_at=timezone.now(),
        )
    Candidate.objects.bulk_create(
        Candidate(example=one, project=project, rank=rank)
        for rank, one in enumerate(examples[ANSWERED - 5 : ANSWERED + 100])
    )
    return project


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


@pytest.mark.parametrize("name", ["CANDIDATES", "SHUFFLED", "IN_ORDER", "WAITING", "TEST"])
def test_the_next_one_is_found_without_walking_over_all(unknown, member, name):
    with CaptureQueriesContext(connection) as asked:
        found = pools.pick(getattr(pools, name), member, unknown)
    assert (found is None) == (name == "TEST")
    holding.one_at_a_time(member, unknown)  # a lease begins so: it says how pools are read
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + asked[0]["sql"])
        said = cursor.fetchone()[0]
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    read = max(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Join Filter", 0))
        for node in nodes(plan)
    )
    assert read < READ, json.dumps(plan, indent=1)
