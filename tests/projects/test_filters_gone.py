"""A filter that says what is not here any more never comes to mean everything."""

import pytest

from projects.models import Act, Erasure, Export, SavedFilter, Upload
from tests.cast import rows, upload

GONE = "label=gone"


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def data(project):
    upload(project, rows(20))
    return f"/projects/{project.pk}/data/"


@pytest.mark.parametrize("filtered", [GONE, f"status=labeled&{GONE}", "suggested=gone", "upload=x"])
def test_nothing_is_done_to_all_instead(page, project, data, filtered):
    asked = {"scope": "all", "deed": "delete", "filtered": filtered}
    seen = page.post(f"{data}acts/", asked, follow=True).content.decode()
    assert "Not here any more" in seen
    assert not Act.objects.exists()
    assert project.examples.filter(deleted_at=None).count() == 20


def test_nothing_is_erased_instead(page, project, data):
    said = {"reason": "a request", "name": project.name}
    filtered = f"{GONE}&upload={Upload.objects.get().pk}"
    seen = page.post(f"{data}erase/", {**said, "filtered": filtered}).content.decode()
    assert "“gone”" in seen
    assert not Erasure.objects.exists()


def test_nothing_is_exported_instead(page, data):
    assert "“gone”" in page.get(f"{data}exports/?{GONE}").content.decode()
    asked = {"format": "jsonl", "what": "filter"}
    assert "“gone”" in page.post(f"{data}exports/?{GONE}", asked).content.decode()
    assert not Export.objects.exists()
    seen = page.get(f"{data}export/?format=jsonl&{GONE}", follow=True)
    assert "Not here any more" in seen.content.decode()


def test_a_list_says_what_it_does_not_ask_for(page, data):
    seen = page.get(f"{data}?{GONE}").content.decode()
    assert "“gone”" in seen and "without it" in seen
    assert "without it" not in page.get(f"{data}?label=spam").content.decode()


def test_it_gets_no_name(page, data):
    page.post(f"{data}filters/", {"name": "odd", "filtered": f"status=labeled&{GONE}"})
    assert not SavedFilter.objects.exists()
