"""What runs answered on the protected test set: kept, so that a figure opens the rows behind it."""

import json
import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from projects.models import Example
from training.models import Run, TestAnswer

MOST = 20_000
log = logging.getLogger("studio.training")


def keep(run: Run, result: dict[str, Any]) -> int:
    """Keep a run's test answers, at most MOST. How many. Safe to repeat."""
    try:
        lines = {str(UUID(line["id"])): line for line in islice(_lines(run, result), MOST)}
    except (OSError, ValueError, KeyError) as problem:
        # The model is whole without them; only what opens the rows behind a figure is missing.
        log.warning("The test answers of run %s cannot be read: %s", run.pk, problem)
        return 0
    # An example may have gone since the data was frozen.
    here = Example.objects.filter(project=run.project_id, pk__in=lines).values_list("pk", flat=True)
    answers = [_answer(run, lines[str(pk)]) for pk in here]
    TestAnswer.objects.bulk_create(answers, batch_size=2000, ignore_conflicts=True)
    return len(answers)


def _lines(run: Run, result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = result.get("predictions")
    if not name:
        return  # the run was judged on other rows than the test set's
    with (run.folder / Path(name).name).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _answer(run: Run, line: dict[str, Any]) -> TestAnswer:
    return TestAnswer(
        run=run,
        example_id=line["id"],
        gold=line["gold"],
        predicted=line["answer"],
        confidence=line["confidence"],
        scores=line.get("scores", {}),
    )
