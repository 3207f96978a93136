"""Removes a person's rows everywhere, for good: examples, answers, snapshots, predictions, files.

It looks into every room, so it stands here. What remains is a record of how much was removed, when
and why; nothing of what it said. Models that learned from the rows are named in it: they keep what
they learned until they are trained anew.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from accounts import audit
from accounts.models import User
from ml import languages, lexemes, splitting
from projects import acting, indexing
from projects.leases import BUSY, LeaseLost, State
from projects.models import Annotation, Erasure, Example, Project, Upload
from serving.models import Feedback, Prediction
from studio import traces
from training import forgetting, snapshots
from training.models import ModelVersion, Run, Snapshot

PIECE = 500


# What moves while rows go: the next round would mean other rows.
MOVING = {"like", "region"}
INDEXED = {"q", "language", "longer", "shorter"}  # what is asked of the index


class Nothing(ValueError):
    """A filter that means everything, or something else each time, is no one's rows."""


def begin(project: Project, by: User, filters: dict[str, Any], reason: str) -> Erasure:
    """A queued erasure; the caller rings its bell. Raises Nothing."""
    if not filters or MOVING & set(filters):
        raise Nothing
    erasure = Erasure.objects.create(project=project, created_by=by, filters=filters, reason=reason)
    audit.note(by, "erase rows", project.pk, erasure=str(erasure.pk), reason=reason)
    return erasure


def erase(erasure: Erasure) -> None:
    """Carry out a claimed erasure. Safe to repeat: what is gone is not found again.

    While a file is being read it waits: the file may bring the rows once more.
    """
    try:
        if erasure.project.uploads.filter(state__in=BUSY).exists():
            erasure.give_back(counted=False)
            return
        # What is not in the index yet would not be found.
        indexing.finish(erasure.project, erasure.breathe)
        while ids := _next(erasure):
            _piece(erasure, ids)
        _predictions_left(erasure)
        _forget_files(erasure)
        traces.forget(erasure, erasure.breathe)
        # The filter may name the person: it goes, too.
        erasure.finish(State.DONE, progress=1.0, filters={})
    except LeaseLost:
        return


def _next(erasure: Erasure) -> list[UUID]:
    found = acting.meant(erasure.project, erasure.filters).order_by("pk")
    return list(found.values_list("pk", flat=True)[:PIECE]) or _deleted(erasure)


def _deleted(erasure: Erasure) -> list[UUID]:
    """Deleted examples lie there for some weeks, in no index: they are a person's rows as well."""
    asked = erasure.filters
    if "status" in asked or "ids" in asked:
        return []
    rest = {name: value for name, value in asked.items() if name not in INDEXED}
    gone = acting.meant(erasure.project, {**rest, "status": "deleted"}).order_by("pk")
    rows = gone.values_list("pk", "data").iterator(chunk_size=PIECE)
    return list(islice((pk for pk, data in rows if _is_meant(data, asked)), PIECE))


def _is_meant(data: dict[str, Any], asked: Mapping[str, str]) -> bool:
    """What the index would say, had it the example still."""
    text = splitting.text_of(data)
    return (
        ("q" not in asked or traces.holds(text, lexemes.sought(asked["q"])))
        and ("language" not in asked or languages.language(text) == asked["language"])
        and ("longer" not in asked or len(text) > int(asked["longer"]))
        and ("shorter" not in asked or len(text) < int(asked["shorter"]))
    )


def _piece(erasure: Erasure, ids: list[UUID]) -> None:
    """Some examples, wherever they are: files first, so that a crash leaves them to be found."""
    counts = Counter(erasure.counts)
    frozen = Snapshot.objects.filter(rows__example__in=ids).distinct()
    for snapshot in frozen:
        counts["snapshot rows"] += snapshots.without(snapshot, ids)
    learned = ModelVersion.objects.filter(run__snapshot__in=frozen)
    versions = {*erasure.counts.get("versions", []), *learned.values_list("number", flat=True)}
    for run in Run.objects.filter(snapshot__in=frozen):
        forgetting.without(run, set(map(str, ids)))
    with transaction.atomic():
        examples = Example.objects.select_for_update().filter(pk__in=ids)
        data = [one.data for one in examples]
        counts["predictions"] += _forget_predictions(erasure.project, ids, data)
        counts["annotations"] += Annotation.objects.filter(example__in=ids).count()
        counts["examples"] += len(data)
        examples.delete()
        erasure.counts = {**counts, "versions": sorted(versions)}
        erasure.write(counts=erasure.counts)
        erasure.breathe()


def _forget_files(erasure: Erasure) -> None:
    """The files of all uploads as they were sent: others may have brought the rows once more."""
    gone = 0
    for upload in Upload.objects.filter(project=erasure.project).exclude(path=""):
        if upload.over and upload.file.exists():
            upload.file.unlink()
            gone += 1
        problems = [traces.unquoted(each) for each in upload.problems]
        Upload.objects.filter(pk=upload.pk).update(problems=problems, new_labels={})
    erasure.counts = {**erasure.counts, "files": erasure.counts.get("files", 0) + gone}
    erasure.write(counts=erasure.counts)


def _forget_predictions(project: Project, ids: list[UUID], data: list[Any]) -> int:
    told = Feedback.objects.filter(example__in=ids).values("prediction")
    found = Prediction.objects.filter(endpoint__project=project).filter(
        Q(pk__in=told) | Q(data__in=data)
    )
    return _delete(found)


def _delete(found: QuerySet[Prediction]) -> int:
    ids = list(found.values_list("pk", flat=True))
    Feedback.objects.filter(prediction__in=ids).delete()
    Prediction.objects.filter(pk__in=ids).delete()
    return len(ids)


def _predictions_left(erasure: Erasure) -> None:
    """Calls that hold the words, and never became examples."""
    words = erasure.filters.get("q")
    if not words or set(erasure.filters) != {"q"}:
        return
    sought = lexemes.sought(words)
    own = Prediction.objects.filter(endpoint__project=erasure.project)
    for name in erasure.project.kind.example_schema()["properties"]:
        own = own.annotate(**{f"said_{name}": KeyTextTransform(name, "data")})
    for word in (*sought.lexemes, *sought.stretches):
        hit = Q()
        for name in erasure.project.kind.example_schema()["properties"]:
            hit |= Q(**{f"said_{name}__icontains": word})
        own = own.filter(hit)
    candidates = own.order_by("pk").values_list("pk", "data")
    gone = 0
    for batch in traces.batches(candidates.iterator(chunk_size=PIECE), PIECE):
        meant = [pk for pk, data in batch if traces.holds(splitting.text_of(data), sought)]
        gone += _delete(Prediction.objects.filter(pk__in=meant))
        erasure.breathe()
    counts = Counter(erasure.counts)
    erasure.counts = {**erasure.counts, "predictions": counts["predictions"] + gone}
    erasure.write(counts=erasure.counts)
