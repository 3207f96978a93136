"""Freezes gold answers in a file that is named by its content."""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from accounts.models import User
from ml import splitting
from projects import gold
from projects.models import Project
from training.models import Snapshot


class NothingToFreeze(ValueError):
    """The project has no gold answer yet."""


def freeze(project: Project, by: User | None) -> Snapshot:
    """Gold answers as they are now, with their split. The same content is the same snapshot.

    Test membership was decided at intake. Train and validation are stratified by answer; rows that
    nearly repeat a test row are left out, and counted.
    """
    rows, left_out = splitting.split(_gold(project), _stratum(project))
    if not rows:
        raise NothingToFreeze(
            "There is no labelled example yet. Label some at the desk, or upload labelled rows."
        )
    path, sha256 = _write(project, rows)
    counts = {**Counter(str(row.get("split")) for row in rows), "left_out": left_out}
    return _keep(project, by, rows, {"path": path, "sha256": sha256, "counts": counts})


def _gold(project: Project) -> list[Any]:
    return [
        {key: row[key] for key in ("id", "data", "answer")}
        | ({"split": "test"} if row["is_test"] else {})
        for row in gold.answers(project)
    ]


def _stratum(project: Project) -> Any:
    answer = project.kind.answer
    return lambda value: json.dumps(answer.labels_of(value), ensure_ascii=False)


def _write(project: Project, rows: list[Any]) -> tuple[str, str]:
    """The rows as JSON Lines, written aside and renamed to their hash. Path below FILES, sha256."""
    folder = settings.FILES / "snapshots" / str(project.pk)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside, seen = folder / f".{uuid4()}", hashlib.sha256()
    with aside.open("wb") as out:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n"
            seen.update(line)
            out.write(line)
        out.flush()
        os.fsync(out.fileno())
    place = folder / f"{seen.hexdigest()}.jsonl"
    aside.replace(place)
    return str(Path(place).relative_to(settings.FILES)), seen.hexdigest()


@transaction.atomic
def _keep(project: Project, by: User | None, rows: list[Any], found: dict[str, Any]) -> Snapshot:
    snapshot, created = Snapshot.objects.get_or_create(
        project=project,
        sha256=found["sha256"],
        defaults={
            "path": found["path"],
            "counts": found["counts"],
            "labels": project.label_names,
            "created_by": by,
        },
    )
    if created:
        with connection.cursor() as cursor:
            columns = "COPY training_snapshotrow (snapshot_id, example_id, split) FROM STDIN"
            with cursor.copy(columns) as copy:
                for row in rows:
                    copy.write_row((snapshot.pk, row["id"], row["split"]))
    return snapshot
