"""Examples that go out, and come in again elsewhere."""

import json

from projects import exporting
from projects.models import Project
from tests.cast import upload


def give(project, texts):
    """Examples with these texts, the first half of them answered."""
    half = len(texts) // 2
    lines = [{"text": text, "label": "spam" if n % 2 else "ham"} for n, text in enumerate(texts)]
    for line in lines[half:]:
        del line["label"]
    return upload(project, "\n".join(map(json.dumps, lines)).encode(), "rows.jsonl")


def held(project):
    found = project.examples.order_by("id").values_list("data", "gold")
    return sorted((data["text"], (gold or {}).get("label")) for data, gold in found)


def out(project, form, **asked):
    asked = exporting.asked(project, {}, **asked)
    return b"".join(exporting.FORMATS[form].pieces(asked)), exporting.FORMATS[form].name(asked)


def twin(project):
    return Project.objects.create(name="Twin", task=project.task, labels=project.labels)
