"""Ways to look at the data that need neither a pointer nor a code."""

import re

import pytest
from django.utils.html import escape

from projects import noting, searching
from projects.models import Act, Embedding
from tests.cast import rows, upload


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def test_each_part_of_the_map_can_be_chosen_in_a_form(page, project):
    upload(project, rows(9))
    places = [((n % 3) / 3 + 0.1, (n // 3) / 3 + 0.1) for n in range(9)]
    for example, (x, y) in zip(project.examples.order_by("pk"), places, strict=True):
        Embedding.objects.create(
            example=example, project=project, model="m", vector=[1.0] * 384, x=x, y=y
        )
    shown = page.get(f"/projects/{project.pk}/data/map/").content.decode()
    parts = re.findall(r'<option value="([^"]+)"', shown)
    found = [searching.chosen(project, {"region": part}).get().pk for part in parts]
    assert sorted(found) == sorted(project.examples.values_list("pk", flat=True))


def test_languages_have_names(page, project):
    upload(project, rows(4))
    noting.note(project.pk, languages={"en": 3, "zh": 1, "": 2})
    shown = page.get(f"/projects/{project.pk}/data/?language=zh").content.decode()
    assert '<option value="zh" selected>Simplified Chinese</option>' in shown
    assert "language: Simplified Chinese" in shown


def test_an_act_whose_search_was_erased_does_not_claim_to_have_meant_all(page, project, owner):
    asked = {"project": project, "created_by": owner, "deed": "tag", "state": "done"}
    act = Act.objects.create(**asked, filters={"q": ""}, value={"tag": "x"}, total=1, changed=1)
    shown = page.get(f"/projects/{project.pk}/data/acts/{act.pk}/").content.decode()
    assert "What was searched for has been erased" in shown
    assert "All examples of the project" not in shown


def test_a_file_says_once_why_it_cannot_be_read(page, project):
    read = upload(project, b"one,two\nhello,bye\n", dry_run=True)
    shown = page.get(f"/projects/{project.pk}/data/uploads/{read.pk}/").content.decode()
    assert shown.count(escape("No column is clearly the text.")) == 1
