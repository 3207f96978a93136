"""A repeated POST gives the first answer, and ends with the caller's access."""

import pytest

from accounts.models import Token, User
from projects.models import Annotation, Member, Role, Upload
from tests.cast import csv_file, join, rows, upload
from training.models import Run

HEAD = {"HTTP_IDEMPOTENCY_KEY": "once"}


@pytest.fixture
def labelled(project):
    upload(project, rows(6))
    return project


def twice(client, address, body, form="json"):
    sort = {"content_type": form} if "/" in form else {"format": form}
    return [client.post(address, body(), **sort, **HEAD) for _ in range(2)]


def test_an_upload_and_a_run_are_made_once(labelled, owner, speak):
    client, base = speak(owner), f"/api/v1/projects/{labelled.pk}"
    first, second = twice(client, f"{base}/runs/", dict)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json() and Run.objects.count() == 1
    other = {"HTTP_IDEMPOTENCY_KEY": "other"}
    before = Upload.objects.count()
    for _ in range(2):
        sent = client.post(
            f"{base}/uploads/", {"file": csv_file(rows(3))}, format="multipart", **other
        )
        assert sent.status_code == 202
    assert Upload.objects.count() == before + 1


def test_a_review_is_kept_once(labelled, owner, speak):
    example = labelled.examples.first()
    address = f"/api/v1/examples/{example.pk}/review/"
    first, second = twice(speak(owner), address, lambda: {"answer": {"label": "ham"}})
    assert first.json()["id"] == second.json()["id"]
    assert Annotation.objects.filter(source="review").count() == 1


def test_a_member_who_lost_access_gets_no_replay(labelled, stranger, speak):
    place = join(labelled, stranger, Role.MANAGER)
    client, address = speak(stranger), f"/api/v1/projects/{labelled.pk}/snapshots/"
    assert client.post(address, {}, **HEAD).status_code == 201
    Member.objects.filter(pk=place.pk).delete()
    assert client.post(address, {}, **HEAD).status_code == 404


def test_a_token_is_made_once_and_never_replayed(client, db):
    person = User.objects.create_user("p@example.org", "a long and quiet word")
    body = {"email": person.email, "password": "a long and quiet word"}
    first, second = twice(client, "/api/v1/tokens/", lambda: body, "application/json")
    assert (first.status_code, second.status_code) == (201, 409)
    assert Token.objects.count() == 1
