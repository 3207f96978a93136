"""Agreement as the API says it: the short way and the long one come to the same figure."""

import random

import pytest

from labeling import agreement
from projects import founding, gold
from projects.models import Annotation, Example
from tests.cast import person

LABELS = ["a", "b", "c"]


@pytest.mark.parametrize("task", ["text-classification", "multi-label-classification"])
def test_all_that_people_said_is_counted_however_it_is_added_up(owner, task):
    project = founding.found(
        owner, name="Agree", task=task, labels=founding.labels([{"name": name} for name in LABELS])
    )
    people = [owner, *(person(f"p{n}@example.org") for n in range(3))]
    draw = random.Random(3)
    for number in range(60):
        example = Example.objects.create(
            project=project, data={"text": str(number)}, digest=f"{number:08}".encode(), place=1
        )
        for someone in draw.sample(people, draw.randint(1, 4)):
            labels = draw.sample(LABELS, draw.randint(1, 2))
            said = {"label": labels[0]} if task.startswith("text") else {"labels": sorted(labels)}
            Annotation.objects.create(example=example, author=someone, answer=said, source="person")
    gold.settle_all(project)
    whole = agreement.of(project)["krippendorff_alpha"]
    assert whole is not None and agreement.alone(project) == pytest.approx(whole, abs=1e-12)
    Annotation.objects.all().delete()
    gold.settle_all(project)
    assert agreement.alone(project) is None


@pytest.mark.parametrize("name", ["ab", "a|b", "a\x1fb"])
def test_a_label_of_passages_counts_whatever_it_is_called(owner, name):
    labels = [{"name": name}, {"name": "a"}]
    project = founding.found(owner, name="Agree", task="token-classification", labels=labels)
    text = "Ada met Bo"
    example = Example.objects.create(project=project, data={"text": text}, digest=b"1", place=1)
    for someone, end in ((owner, 3), (person("other@example.org"), 7)):
        said = [{"start": 0, "end": end, "label": name, "text": text[:end]}]
        Annotation.objects.create(
            example=example, author=someone, answer={"spans": said}, source="person"
        )
    gold.settle_all(project)
    found = agreement.of(project)
    assert found["by_label"][name] == pytest.approx(found["krippendorff_alpha"])
    assert 0 < found["by_label"][name] < 1
