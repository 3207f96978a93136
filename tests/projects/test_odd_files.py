"""Odd files through the door of the data: each ends in rows or a sentence, never in our mistake."""

from itertools import islice

import pytest

from projects import jobs
from projects.leases import State
from projects.models import Upload
from tests.cast import upload
from tests.odd import making

EACH = 6  # of a family
SMALL = 2_000_000  # bytes


def some(family):
    """A few from all over the family, the same ones each time."""
    files = [odd for odd in making.family(family) if len(odd.content) < SMALL and not odd.options]
    return list(islice(files, 0, None, max(1, len(files) // EACH)))[:EACH]


@pytest.mark.parametrize("family", making.FAMILIES)
def test_an_odd_file_ends_in_rows_or_in_a_sentence(project, owner, client, speak, family):
    client.force_login(owner)
    for odd in some(family):
        pending = Upload.objects.create(project=project, name=odd.name, size_bytes=len(odd.content))
        pending.path = f"uploads/{pending.pk}"
        pending.save()
        pending.file.parent.mkdir(parents=True, exist_ok=True)
        pending.file.write_bytes(odd.content)
        jobs.read_upload(str(pending.pk))
        pending.refresh_from_db()
        assert pending.state in (State.DONE, State.FAILED), odd.title
        assert pending.error != jobs.OUR_MISTAKE, odd.title
        assert bool(pending.error) == (pending.state == State.FAILED), odd.title
        page = client.get(f"/projects/{project.pk}/data/uploads/{pending.pk}/")
        told = speak(owner).get(f"/api/v1/uploads/{pending.pk}/")
        assert (page.status_code, told.status_code) == (200, 200), odd.title
        assert [one.name for one in pending.file.parent.glob(f"{pending.pk}*")] == [str(pending.pk)]


@pytest.mark.parametrize("family", making.FAMILIES)
def test_a_look_at_an_odd_file_shows_its_page(project, owner, client, family):
    client.force_login(owner)
    for odd in some(family)[::3]:
        looked = upload(project, odd.content, odd.name, dry_run=True)
        page = client.get(f"/projects/{project.pk}/data/uploads/{looked.pk}/")
        assert page.status_code == 200, odd.title
    assert not project.examples.exists()


def test_half_a_character_in_any_column_breaks_no_page(project, owner, client):
    client.force_login(owner)
    content = (
        b'{"text": "a", "label": "x\\ud800", "more": "y\\udc00"}\n{"text": "b", "label": "ham"}\n'
    )
    looked = upload(project, content, "a.jsonl", dry_run=True)
    page = client.get(f"/projects/{project.pk}/data/uploads/{looked.pk}/")
    assert page.status_code == 200
    assert "y?" in page.content.decode()
