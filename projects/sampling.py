"""Sample data on its way into a project: fetched, evenly chosen, part of it with its answers.

What comes out is an upload's file like any other; the intake reads it.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain, islice, zip_longest
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ml import splitting
from projects import founding, palette
from projects.models import Project, Upload
from samples.catalogue import CATALOGUE, Row, Sample, SampleUnavailable, own

MOST = 1000  # rows of a sample project
# So many come with their answer: enough to train at once, and to judge by what is protected.
LEARNING, TESTING = 120, 40
_INSTEAD = _("“%(title)s” could not be fetched, so these are our own questions of customers.")
MAPPING = {"text": "text", "label": "label"}


class NotToBeHad(Exception):
    """The sample could not be fetched, and nothing can stand in for it."""


def fields(sample: Sample, language: str) -> dict[str, Any]:
    """What a project made of the sample looks like, for a reader of that language."""
    with override(language):
        name = str(sample.title)
    labels = palette.dressed([{"name": label} for label in sample.labels])
    return {
        "name": name,
        "task": sample.task,
        "labels": labels,
        "guidelines": sample.guidelines,
        "overlap": 1,
    }


def bring(upload: Upload, *, meanwhile: Callable[[], None]) -> None:
    """Make the upload's file. Where the sample cannot be fetched, our own one stands in.

    Safe to repeat: the file appears whole or not at all. `meanwhile` is called while one waits.
    """
    if upload.file.exists():
        return
    sample, language = CATALOGUE[upload.sample["slug"]], upload.sample["language"]
    try:
        rows = sample.rows(settings.STUDIO_HOME / "samples", meanwhile=meanwhile)
    except SampleUnavailable as problem:
        rows = _instead(upload, sample, language, problem)
    _write(upload, *chosen(rows, upload.project.salt))


@transaction.atomic
def _instead(upload: Upload, wanted: Sample, language: str, problem: Exception) -> list[Row]:
    """Our own rows. The project, still empty, becomes one of them; the upload says why."""
    ours = own(language)
    project = Project.objects.select_for_update().get(pk=upload.project_id)
    if project.examples.exists():
        raise NotToBeHad(str(problem)) from problem
    founding.change(project, **fields(ours, language))
    with override(language):
        reason = str(_INSTEAD) % {"title": wanted.title}
    upload.project, upload.problems = project, [{"row": 0, "reason": f"{reason} ({problem})"}]
    upload.write(problems=upload.problems, name=f"{ours.slug}.jsonl")
    return ours.rows(settings.STUDIO_HOME / "samples")


def chosen(rows: Iterable[Row], salt: str) -> tuple[list[Row], list[Row]]:
    """Rows that come with their label, and rows without: as even in labels as the set allows."""
    ordered = sorted(rows, key=_digest)
    taken = _evenly(ordered, MOST)
    tests = [row for row in taken if splitting.is_test(_digest(row), salt)]
    others = [row for row in taken if row not in set(tests)]
    answered = {*_evenly(tests, TESTING), *_evenly(others, LEARNING)}
    return [row for row in taken if row in answered], [row for row in taken if row not in answered]


def _evenly(rows: Iterable[Row], most: int) -> list[Row]:
    """One of each label in turn, until there are enough."""
    by_label: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_label[row.label].append(row)
    turns = chain.from_iterable(zip_longest(*by_label.values()))
    return list(islice((row for row in turns if row is not None), most))


def _digest(row: Row) -> bytes:
    return splitting.digest({"text": row.text})


def _write(upload: Upload, answered: list[Row], others: list[Row]) -> None:
    # With their answers first: the columns of a file are told by its first rows.
    lines = [{"text": row.text, "label": row.label} for row in answered]
    lines += [{"text": row.text} for row in others]
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    upload.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = upload.file.with_name(f".{upload.pk}-{upload.token}")
    with aside.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    upload.size_bytes = len(content)
    upload.write(size_bytes=upload.size_bytes)
    aside.replace(upload.file)
