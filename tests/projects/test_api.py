"""Projects, members, uploads and examples over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from tests.cast import csv_file, rows, upload

PROJECT = {"name": "Mail", "task": "text-classification", "labels": ["spam", "ham"]}


def test_a_password_becomes_a_token_that_acts_as_its_owner(db):
    User.objects.create_user("Ann@Example.org", "a long pass phrase")
    asked = {"email": "ann@example.org", "password": "a long pass phrase", "name": "laptop"}
    made = APIClient().post("/api/v1/tokens/", asked)
    assert made.status_code == 201
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.json()['token']}")
    assert client.get("/api/v1/me/").json()["email"] == "ann@example.org"
    wrong = APIClient().post("/api/v1/tokens/", asked | {"password": "no"})
    assert wrong.status_code == 400
    assert wrong.json()["errors"]["password"]


def test_guessing_is_stopped(db):
    asked = {"email": f"{uuid4()}@example.org", "password": "guess"}
    answers = [APIClient().post("/api/v1/tokens/", asked).status_code for _ in range(22)]
    assert answers[-1] == 429


def test_whoever_makes_a_project_owns_it(owner, speak):
    client = speak(owner)
    made = client.post("/api/v1/projects/", PROJECT)
    assert made.status_code == 201
    body = made.json()
    assert [label["name"] for label in body["labels"]] == ["spam", "ham"]
    assert [label["hotkey"] for label in body["labels"]] == ["p", "a"]
    assert client.get("/api/v1/me/").json()["projects"][0]["role"] == "owner"
    assert client.get("/api/v1/projects/").json()["results"][0]["id"] == body["id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"task": "juggling"}, "task"),
        ({"labels": ["a", "a"]}, "labels"),
        ({"labels": [{"name": ""}]}, "labels.0.name"),
        ({"name": ""}, "name"),
        ({"overlap": 0}, "overlap"),
        ({"overlap": "many"}, "overlap"),
    ],
)
def test_a_mistake_names_its_field(owner, speak, change, field):
    refused = speak(owner).post("/api/v1/projects/", PROJECT | change)
    assert refused.status_code == 400
    assert field in refused.json()["errors"]
    assert refused["Content-Type"] == "application/problem+json"


def test_broken_json_and_wrong_methods_are_problems_too(owner, speak):
    client = speak(owner)
    broken = client.post("/api/v1/projects/", data="{nope", content_type="application/json")
    assert (broken.status_code, broken["Content-Type"]) == (400, "application/problem+json")
    assert client.put("/api/v1/projects/", {}).status_code == 405
    nowhere = client.get("/api/v1/nowhere/")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, "application/problem+json")


def test_a_repeat_with_the_same_key_creates_nothing(owner, speak):
    client, head = speak(owner), {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = client.post("/api/v1/projects/", PROJECT, **head)
    again = client.post("/api/v1/projects/", PROJECT, **head)
    assert (again.status_code, again.json()) == (201, first.json())
    other = client.post("/api/v1/projects/", PROJECT | {"name": "Other"}, **head)
    assert other.status_code == 409
    assert len(client.get("/api/v1/projects/").json()["results"]) == 1


def test_a_refused_request_does_not_use_up_its_key(owner, speak):
    client, head = speak(owner), {"HTTP_IDEMPOTENCY_KEY": "k2"}
    assert client.post("/api/v1/projects/", PROJECT | {"name": ""}, **head).status_code == 400
    assert client.post("/api/v1/projects/", PROJECT, **head).status_code == 201


def test_an_upload_is_taken_at_once_and_read_later(project, owner, speak):
    client = speak(owner)
    taken = client.post(
        f"/api/v1/projects/{project.pk}/uploads/",
        {"file": csv_file(rows(4)), "mapping": json.dumps({"text": "text"})},
        format="multipart",
    )
    assert taken.status_code == 202
    body = client.get(f"/api/v1/uploads/{taken.json()['id']}/").json()
    assert (body["state"], body["progress"]) == ("queued", 0)
    for field in ("detected", "rows_read", "examples_created", "duplicates", "rejected"):
        assert field in body


BAD_COLUMN, HALF = r'{"text": "a\u0000"}', r'{"text": "\ud800"}'


@pytest.mark.parametrize(
    "mapping",
    ["[]", "{", '{"text": "a", "label": "a"}', '{"text": 1}', '{"price": "a"}', BAD_COLUMN, HALF],
)
def test_a_mapping_that_is_none_is_refused(project, owner, speak, mapping):
    refused = speak(owner).post(
        f"/api/v1/projects/{project.pk}/uploads/",
        {"file": csv_file(rows(4)), "mapping": mapping},
        format="multipart",
    )
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["mapping"])


def test_examples_are_found_by_words_status_and_label(project, owner, speak):
    upload(
        project,
        "text,label\nThe Cat sat,spam\nconcatenate,ham\n我喜欢这个产品,ham\nthe cat,\n".encode(),
    )
    client = speak(owner)

    def texts(query):
        answer = client.get(f"/api/v1/projects/{project.pk}/examples/?{query}")
        assert answer.status_code == 200, answer.json()
        return [row["data"]["text"] for row in answer.json()["results"]]

    assert texts("q=CAT") == ["The Cat sat", "the cat"]
    assert texts("q=cat the") == ["The Cat sat", "the cat"]
    assert texts("q=喜欢") == ["我喜欢这个产品"]
    assert texts("status=unlabeled") == ["the cat"]
    assert texts("label=ham") == ["concatenate", "我喜欢这个产品"]
    assert texts("source=feedback") == []
    for wrong in ("status=lost", "label=zebra", "source=moon", "order=project__members"):
        answer = client.get(f"/api/v1/projects/{project.pk}/examples/?{wrong}")
        assert answer.status_code == 400


def test_examples_come_in_pages_by_cursor(project, owner, speak, django_assert_num_queries):
    upload(project, rows(25))
    client = speak(owner)
    with django_assert_num_queries(3):  # who asks, their place in the project, the examples
        page = client.get(f"/api/v1/projects/{project.pk}/examples/?page_size=10").json()
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += [row["id"] for row in page["results"]]
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen)


def test_what_is_exported_imports_again(project, owner, speak):
    upload(project, 'text,label\n"comma, ""quote"" 😀",spam\n中文,\n'.encode())
    client = speak(owner)
    lines = b"".join(client.get(f"/api/v1/projects/{project.pk}/export/?format=jsonl"))
    first, second = (json.loads(line) for line in lines.splitlines())
    assert first["answer"] == {"label": "spam"}
    assert set(first) >= {"id", "data", "answer", "annotations"}
    assert second["answer"] is None
    table = b"".join(client.get(f"/api/v1/projects/{project.pk}/export/?format=csv"))
    again = upload(project, table)
    assert (again.examples_created, again.duplicates, again.rejected) == (0, 2, 0)
    assert client.get(f"/api/v1/projects/{project.pk}/export/?format=docx").status_code == 400


def invited(client, address):
    members = client.get(address).json()["results"]
    return [each for each in members if each["state"] == "invited"]


def test_members_come_by_address_and_unknown_ones_are_invited(project, owner, stranger, speak):
    client, address = speak(owner), f"/api/v1/projects/{project.pk}/members/"
    known = client.post(address, {"email": stranger.email, "role": "reviewer"})
    assert (known.status_code, known.json()["state"]) == (201, "member")
    unknown = client.post(address, {"email": "new@example.org", "role": "viewer"})
    assert (unknown.status_code, unknown.json()["state"]) == (201, "invited")
    client.post(address, {"email": "New@example.org", "role": "annotator"})
    assert [each["role"] for each in invited(client, address)] == ["annotator"]
    assert client.post(address, {"email": "x@example.org", "role": "king"}).status_code == 400
    with_password = {"email": "y@example.org", "role": "viewer", "password": "long enough 123"}
    assert client.post(address, with_password).status_code == 403
    owner.is_superuser = True
    owner.save()
    assert client.post(address, with_password).json()["state"] == "member"


def test_the_last_owner_stays_and_nobody_rises_above_their_giver(project, owner, stranger, speak):
    from tests.cast import join

    own = f"/api/v1/projects/{project.pk}/members/{owner.pk}/"
    assert speak(owner).patch(own, {"role": "viewer"}).status_code == 400
    join(project, stranger, 40)
    address = f"/api/v1/projects/{project.pk}/members/"
    risen = speak(stranger).post(address, {"email": "z@example.org", "role": "owner"})
    assert risen.status_code == 403
    assert speak(stranger).delete(own).status_code == 403


def test_a_label_in_use_cannot_be_taken_away(project, owner, speak):
    upload(project, rows(2))
    client, address = speak(owner), f"/api/v1/projects/{project.pk}/"
    refused = client.patch(address, {"labels": ["spam"]})
    assert refused.status_code == 400
    assert client.patch(address, {"labels": ["spam", "ham", "news"]}).status_code == 200


def test_a_deleted_project_is_gone_for_everyone(project, owner, speak):
    client = speak(owner)
    assert client.delete(f"/api/v1/projects/{project.pk}/").status_code == 204
    assert client.get(f"/api/v1/projects/{project.pk}/").status_code == 404
    assert client.get("/api/v1/projects/").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_an_account_that_two_make_at_once_is_made_once(project, owner, speak):
    owner.is_superuser = True
    owner.save()
    clients, address = [speak(owner) for _ in range(4)], f"/api/v1/projects/{project.pk}/members/"
    body = {"email": "y@example.org", "role": "viewer", "password": "long enough 123"}

    def add(client):
        try:
            return client.post(address, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(add, clients))
    assert statuses == [201, 400, 400, 400]
