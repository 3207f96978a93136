"""Whatever a caller sends, the answer is a sentence, never a failure of the studio."""

import base64

import pytest

URL = "/api/v1/projects/"


def sent(client, body, address=URL, **more):
    return client.post(address, body, content_type="application/json", **more)


@pytest.mark.parametrize(
    "body",
    [
        b'{"name":' + b"[" * 100_000 + b"}",
        b'{"name": "x", "task": "\\ud800"}',
        b'{"name": "x", "task": NaN}',
        b'{"name": "x", "overlap": ' + b"9" * 5000 + b"}",
        b'{"name": "\xff"}',
        b'{"name": "x"',
    ],
)
def test_it_refuses_json_that_cannot_be_kept(owner, speak, body):
    refused = sent(speak(owner), body)
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    assert "not JSON that can be read" in refused.json()["detail"]


def test_it_takes_json_with_a_byte_order_mark(owner, speak):
    body = b'\xef\xbb\xbf{"name": "x", "task": "text-classification"}'
    assert sent(speak(owner), body).status_code == 201


def test_it_reads_no_more_than_the_limit(client, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2
    refused = sent(client, b'{"email": "' + b"x" * 1024**2 + b'"}', "/api/v1/tokens/")
    assert refused.status_code == 413
    assert "1 MB" in refused.json()["detail"]


def test_it_asks_for_a_length_rather_than_reading_nothing(client, db):
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    refused = client.generic("POST", "/api/v1/tokens/", **environ)
    assert refused.status_code == 411
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("place", ["abc", "\0", "1" * 40])
def test_it_refuses_a_cursor_that_is_not_its_own(owner, speak, place):
    cursor = base64.b64encode(f"p={place}".encode()).decode()
    refused = speak(owner).get(URL, {"cursor": cursor})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["cursor"]


def test_too_many_fields_are_a_problem_document(owner, project, speak):
    body = {f"field-{number}": "x" for number in range(2000)}
    refused = speak(owner).post(f"{URL}{project.pk}/uploads/", body, format="multipart")
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("accept", ["text/csv", "application/problem+json", "text/html"])
def test_an_export_and_a_problem_come_whatever_is_accepted(project, owner, speak, accept):
    client, address = speak(owner), f"{URL}{project.pk}/export/"
    assert client.get(address, {"format": "csv"}, headers={"Accept": accept}).status_code == 200
    refused = client.get(address, {"format": "nope"}, headers={"Accept": accept})
    assert refused.status_code == 400


def test_the_catalogue_answers_with_every_field(owner, speak):
    found = speak(owner).get("/api/v1/base-models/", {"task": "text-classification"})
    assert found.status_code == 200
    fields = {"name", "modality", "tasks", "parameters", "size_bytes", "languages", "licence"}
    assert all(set(model) == fields | {"available"} for model in found.json()["results"])
    assert found.json()["results"]
