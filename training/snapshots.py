"""Freezes gold answers in a file that is named by its content, with a manifest beside it."""

import json
import platform
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404
from django.utils import timezone

from accounts.models import User
from ml import frozen, manifest, splitting
from ml.task import Row
from projects import gold, relabeling
from projects.models import Act, Deed, Project, Role, Touched
from training.models import Snapshot

LEFT_OUT = "It nearly repeats an example of the test set."


class NothingToFreeze(ValueError):
    """The project has no gold answer yet."""


class LabelsMoving(NothingToFreeze):
    """Answers are on their way from one label to another: what is gold now is gold in no words."""


def freeze(project: Project, by: User | None) -> Snapshot:
    """Gold answers as they are now, with their split. The same content is the same snapshot.

    Test membership was decided at intake. Train and validation are stratified by answer; rows that
    nearly repeat a test row are left out, and counted.
    """
    with transaction.atomic():
        relabeling.hold(project)  # rows and labels of one moment
        if relabeling.unfinished(project):
            raise LabelsMoving("Labels are being changed right now. Wait until that is done.")
        found_gold = _gold(project)
    rows, left_out = splitting.split(found_gold, _stratum(project))
    if not rows:
        raise NothingToFreeze(
            "There is no labelled example yet. Label some at the desk, or upload labelled rows."
        )
    rows.sort(key=lambda row: row["id"])
    about = _about(project)
    found = frozen.content_hash(rows, about)
    place = settings.FILES / "snapshots" / str(project.pk) / f"{found}.parquet"
    counts = {**Counter(str(row.get("split")) for row in rows), "left_out": left_out}
    if not place.exists() or not manifest_of(place):
        _write(place, rows, {**about, "counts": counts, "by_label": _by_label(project, rows)})
    path = str(Path(place).relative_to(settings.FILES))
    return _keep(project, by, rows, {"path": path, "sha256": found, "counts": counts})


def manifest_of(place: Path) -> dict[str, Any]:
    """What stands beside a snapshot's file; nothing beside those of earlier releases."""
    try:
        found = json.loads(place.with_suffix(".json").read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def holds_masked(snapshot: Snapshot) -> bool:
    """Whether personal data was masked since it was frozen: its file shows it openly still."""
    return _masks_since(snapshot).exists()


def masked_since(snapshot: Snapshot, examples: Iterable[UUID]) -> set[UUID]:
    """Those of these in which personal data was masked since it was frozen, and is so still."""
    touched = Touched.objects.filter(example__in=list(examples), before__isnull=False)
    masked = touched.filter(act__in=_masks_since(snapshot))
    return set(masked.values_list("example_id", flat=True))


def _masks_since(snapshot: Snapshot) -> QuerySet[Act]:
    masks = Act.objects.filter(project=snapshot.project_id, deed=Deed.MASK, changed__gt=0)
    return masks.filter(Q(finished_at=None) | Q(finished_at__gt=snapshot.created_at))


def may_fetch(role: Role, snapshot: Snapshot) -> bool:
    """What was masked is shown again by owners only."""
    return role >= Role.OWNER or not holds_masked(snapshot)


def fetched(snapshot: Snapshot) -> FileResponse:
    """The file as a response."""
    try:
        file = snapshot.file.open("rb")
    except OSError as gone:
        raise Http404 from gone
    response = FileResponse(file, as_attachment=True, filename=snapshot.file.name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def without(snapshot: Snapshot, examples: Iterable[UUID]) -> int:
    """Erase these rows from the file, the one change that a snapshot knows; how many there were.

    It keeps the name under which it was frozen. Safe to repeat.
    """
    place, gone = snapshot.file, set(map(str, examples))
    if not place.exists():
        return 0
    counts = Counter[str]()

    def kept() -> Iterator[dict[str, Any]]:
        for row in frozen.read(place):
            if row["id"] in gone:
                counts["gone"] += 1
            else:
                counts[row["split"]] += 1
                yield row

    aside = place.with_name(f".{uuid4()}")
    frozen.write(kept(), aside, lines=place.suffix == ".jsonl")
    removed = counts.pop("gone", 0)
    snapshot.counts = {**counts, "left_out": snapshot.counts.get("left_out", 0)}
    told = manifest_of(place)
    manifest.sync(aside)
    aside.replace(place)
    if told:
        manifest.write_json(place.with_suffix(".json"), _lessened(told, snapshot, removed))
    Snapshot.objects.filter(pk=snapshot.pk).update(counts=snapshot.counts)
    return removed


def _lessened(told: dict[str, Any], snapshot: Snapshot, removed: int) -> dict[str, Any]:
    """The manifest after an erasure. What was counted by label is counted no more."""
    left = {name: value for name, value in told.items() if name != "by_label"}
    rows = sum(count for name, count in snapshot.counts.items() if name != "left_out")
    erased = told.get("erased", 0) + removed
    return {**left, "counts": snapshot.counts, "rows": rows, "erased": erased,
            "file": _file(snapshot.file, snapshot.file.name)}  # fmt: skip


def _gold(project: Project) -> list[Any]:
    return [
        {key: row[key] for key in ("id", "data", "answer")}
        | ({"split": "test"} if row["is_test"] else {})
        for row in gold.answers(project)
    ]


def _stratum(project: Project) -> Any:
    return project.kind.answer.stratum


def _about(project: Project) -> dict[str, Any]:
    """What is part of the content beside the rows."""
    return {
        "version": 1,
        "project": str(project.pk),
        "task": project.task,
        "labels": project.label_names,
        "test_set": {
            "rule": "one in five, by sha256 of salt and content, before any label",
            "salt_sha256": sha256(project.salt.encode()).hexdigest(),
        },
        "validation": {
            "rule": "by sha256 of the content below the share, at least one row of each answer",
            "share": splitting.VALIDATION_SHARE,
        },
    }


def _by_label(project: Project, rows: list[Row]) -> dict[str, dict[str, int]]:
    """Split → label → rows."""
    answer, found = project.kind.answer, defaultdict[str, Counter[str]](Counter)
    for row in rows:
        found[row.get("split", "")].update(answer.labels_of(row["answer"]))
    return {split: dict(sorted(counter.items())) for split, counter in sorted(found.items())}


def _write(place: Path, rows: list[Row], about: dict[str, Any]) -> None:
    """Written aside and renamed, the manifest last: it vouches for the file."""
    import pyarrow

    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = place.with_name(f".{uuid4()}")
    frozen.write(rows, aside)
    manifest.sync(aside)
    file = _file(aside, place.name)
    aside.replace(place)
    told = {
        "content_sha256": place.stem,
        "created": timezone.now().isoformat(),
        "rows": len(rows),
        **about,
        "left_out": {"count": about["counts"]["left_out"], "why": LEFT_OUT},
        "file": file,
        "versions": {"python": platform.python_version(), "pyarrow": pyarrow.__version__},
    }
    manifest.write_json(place.with_suffix(".json"), told)


def _file(place: Path, name: str) -> dict[str, Any]:
    return {"name": name, "sha256": manifest.sha256(place), "bytes": place.stat().st_size}


@transaction.atomic
def _keep(project: Project, by: User | None, rows: list[Row], found: dict[str, Any]) -> Snapshot:
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
