"""A file that lies elsewhere is named on the page; the worker fetches it."""

from uuid import uuid4

import pytest
from django.core.cache import cache

from projects.models import Upload

STORE = {
    "s3_endpoint": "https://s3.example.org",
    "s3_bucket": "mail",
    "s3_prefix": "2024/",
    "s3_region": "us-east-1",
    "s3_key": "AKIA",
    "s3_secret": "not-for-any-page",
}


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def ask(page, project, **said):
    said = {"once": str(uuid4()), "s3_region": "us-east-1"} | said
    return page.post(f"/projects/{project.pk}/data/upload/", said)


def test_an_address_waits_to_be_fetched(page, project):
    sent = ask(page, project, url="https://example.org/data/rows.csv?x=1")
    queued = Upload.objects.get()
    assert (queued.name, queued.state, queued.dry_run) == ("rows.csv", "queued", True)
    assert queued.fetched == {"url": "https://example.org/data/rows.csv?x=1"}
    Upload.objects.update(state="running")
    assert "Fetching the file" in page.get(sent.url).content.decode()


def test_a_double_click_fetches_once(page, project):
    once = str(uuid4())
    for _ in range(2):
        ask(page, project, url="https://example.org/rows.csv", once=once)
    assert Upload.objects.count() == 1


def test_a_secret_is_kept_apart_and_for_the_worker_alone(page, project):
    sent = ask(page, project, **STORE)
    queued = Upload.objects.get()
    assert queued.fetched["s3"]["key"] == "AKIA" and "not-for" not in str(queued.__dict__)
    assert cache.get(f"fetch:{queued.pk}") == "not-for-any-page"
    assert "not-for" not in page.get(sent.url).content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"url": "ftp://example.org/a.csv"}, "begins with http"),
        ({"url": "https://me:secret@example.org/a.csv"}, "begins with http"),
        ({"url": "https://example.org/a.csv", "pasted": "a"}, "Please send one of them."),
        ({**STORE, "s3_bucket": ""}, "Please fill this in"),
        ({**STORE, "s3_secret": ""}, "go together"),
        ({**STORE, "pasted": "a"}, "Please send one of them."),
        ({}, "Choose a file, or paste some text."),
    ],
)
def test_a_clumsy_place_is_asked_again_without_the_secret(page, project, said, words):
    again = ask(page, project, **said)
    body = again.content.decode()
    assert again.status_code == 200 and words in body and "not-for" not in body
    assert not Upload.objects.exists()


def test_what_could_not_be_fetched_can_be_tried_again(page, project):
    sent = ask(page, project, url="https://example.org/rows.csv")
    Upload.objects.update(
        state="failed", error="x", error_said={"code": "fetch-broken", "values": {}}
    )
    assert "Fetch it again" in page.get(sent.url).content.decode()
    page.post(sent.url, {"act": "look"})
    assert Upload.objects.get().state == "queued"


def test_a_program_names_a_place_and_settings(project, owner, speak):
    program = speak(owner)
    path = f"/api/v1/projects/{project.pk}/uploads/"
    asked = {"url": "https://example.org/rows.csv", "existing": "skip"}
    told = program.post(path, {**asked, "options": '{"header": false}'}, format="multipart")
    assert (told.status_code, told.json()["existing"]) == (202, "skip")
    assert told.json()["options"] == {"header": False}
    s3 = '{"endpoint": "https://s3.example.org", "bucket": "b", "key": "k", "secret": "hush-hush"}'
    told = program.post(path, {"s3": s3}, format="multipart")
    assert told.status_code == 202 and "hush" not in str(told.json())
    kept = Upload.objects.get(pk=told.json()["id"])
    assert kept.fetched["s3"]["region"] == "us-east-1" and "secret" not in kept.fetched["s3"]
    assert cache.get(f"fetch:{kept.pk}") == "hush-hush"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"url": "file:///etc/passwd"},
        {"s3": "[]"},
        {"s3": '{"endpoint": "https://a.org"}'},
        {"s3": '{"endpoint": "https://a.org", "bucket": "b", "key": "k"}'},
        {"url": "https://a.org/x", "s3": '{"endpoint": "https://a.org", "bucket": "b"}'},
        {"url": "https://a.org/x", "options": '{"encoding": "rot13"}'},
        {"url": "https://a.org/x", "options": '{"delimiter": "\\n"}'},
        {"url": "https://a.org/x", "options": '{"colour": "red"}'},
        {"url": "https://a.org/x", "existing": "burn"},
    ],
)
def test_a_programs_mistake_is_said(project, owner, speak, wrong):
    path = f"/api/v1/projects/{project.pk}/uploads/"
    told = speak(owner).post(path, wrong, format="multipart")
    assert told.status_code == 400 and not Upload.objects.exists()
