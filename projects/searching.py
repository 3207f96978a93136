"""Which examples a filter means: an allow-list of fields, nothing that reaches into relations."""

import re

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from rest_framework.exceptions import ValidationError

from projects.models import Example, Project, Source, Status

ORDERS = {"id": "id", "-id": "-id", "created": "id", "-created": "-id"}
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORDS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
MOST_WORDS = 20


def chosen(project: Project, asked: dict[str, str]) -> QuerySet[Example]:
    """Examples by `q`, `status`, `label` and `source`; an unknown value is named, not ignored."""
    found = Example.objects.filter(project=project)
    if status := asked.get("status"):
        found = found.filter(status=_one_of("status", status, Status.values))
    if source := asked.get("source"):
        found = found.filter(source=_one_of("source", source, Source.values))
    if label := asked.get("label"):
        _one_of("label", label, project.label_names)
        found = found.filter(gold__contains={"label": label})
    if words := asked.get("q"):
        found = _with_words(project, found, words)
    return found


def order(asked: str) -> str:
    return ORDERS[_one_of("order", asked or "id", list(ORDERS))]


def _one_of(field: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        named = ", ".join(allowed[:20])
        raise ValidationError({field: [f"“{value[:60]}” is not possible here. Possible: {named}."]})
    return value


def _with_words(project: Project, found: QuerySet[Example], asked: str) -> QuerySet[Example]:
    """Whole words, all of them, case ignored, no stemming; Chinese by its characters."""
    fields = list(project.kind.example_schema()["properties"])
    for number, field in enumerate(fields):
        text = Cast(KeyTextTransform(field, F("data")), TextField())
        found = found.annotate(**{f"text_{number}": text})
    for word in _WORDS.findall(asked.replace("\0", " "))[:MOST_WORDS]:
        whole = re.match(f"[{_CJK}]", word) is None
        pattern = rf"\m{word}\M" if whole else word
        hit = Q()
        for number in range(len(fields)):
            hit |= Q(**{f"text_{number}__iregex": pattern})
        found = found.filter(hit)
    return found
