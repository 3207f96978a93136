"""What callers can rely on when they ask a published endpoint."""

import time
from collections import Counter
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from accounts import secrets
from accounts.models import User
from projects.models import Project
from serving import publishing
from serving.models import Key, Prediction, Refusal
from tests.serving import models_here
from tests.serving.calling import until

WIN, LUNCH = "win a free prize now", "are we still meeting for lunch"

# Patient, and without certificates, whose loading takes forty times as long as to ask.
get = partial(httpx.get, timeout=30, verify=False)
post = partial(httpx.post, timeout=30, verify=False)


def is_a_problem(answer: httpx.Response, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["detail"]
    return said


def test_it_answers_in_the_order_of_the_inputs_and_records_each(predictor, endpoint, a_caller):
    answer = a_caller(endpoint).predict(WIN, LUNCH, WIN)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert [each["answer"]["label"] for each in said["predictions"]] == ["spam", "ham", "spam"]
    assert {each["model_version"] for each in said["predictions"]} == {said["model_version"]}
    kept = list(Prediction.objects.order_by("position"))
    assert [str(each.pk) for each in kept] == [each["id"] for each in said["predictions"]]
    assert [each.data["text"] for each in kept] == [WIN, LUNCH, WIN]
    assert [each.labels for each in kept] == [["spam"], ["ham"], ["spam"]]
    assert [each.scores for each in kept] == [each["scores"] for each in said["predictions"]]


def test_it_keeps_the_order_of_256_inputs_while_others_ask(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    answer = caller.predict(*[f"{WIN} {n}" if n % 3 else f"{LUNCH} {n}" for n in range(256)])
    labels = [each["answer"]["label"] for each in answer.json()["predictions"]]
    assert labels == ["spam" if n % 3 else "ham" for n in range(256)]
    assert Prediction.objects.count() == 256


def test_it_answers_only_those_who_bring_a_key_that_is_known(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    body = {"inputs": [{"text": WIN}]}
    one_off = caller.key[:-1] + ("1" if caller.key[-1] == "0" else "0")
    never_given = secrets.mint(secrets.ENDPOINT).value
    bad = ("nonsense", one_off, never_given)
    for header in ("", "Bearer", "Basic abc", *(f"Bearer {key}" for key in bad)):
        answer = post(f"{endpoint.url}/predict", json=body, headers={"Authorization": header})
        is_a_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert post(f"{endpoint.url}/predict", json=body).status_code == 401
    assert not Prediction.objects.exists()


def test_it_refuses_a_revoked_key_at_once(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    assert caller.predict(WIN).status_code == 200
    Key.objects.update(revoked_at=timezone.now())
    is_a_problem(caller.predict(WIN), 401)


def test_a_key_opens_no_other_endpoint(predictor, endpoint, project, version, a_caller):
    other = publishing.publish(project, "Another", version, project.created_by)
    caller = a_caller(endpoint)
    caller.url = other.url
    is_a_problem(caller.predict(WIN), 404)
    is_a_problem(caller.feedback("0" * 32, True), 404)


def test_a_deleted_project_no_longer_answers(predictor, endpoint, project, a_caller):
    caller = a_caller(endpoint)
    assert caller.predict(WIN).status_code == 200
    Project.objects.update(deleted_at=timezone.now())
    is_a_problem(caller.predict(WIN), 404)


def test_a_withdrawn_endpoint_no_longer_answers(predictor, endpoint, publisher, a_caller):
    caller = a_caller(endpoint)
    assert caller.predict(WIN).status_code == 200
    publishing.withdraw(endpoint, publisher)
    is_a_problem(caller.predict(WIN), 404)
    assert Prediction.objects.count() == 1


def test_it_holds_a_key_to_its_rate_and_says_when_to_come_back(predictor, endpoint, a_caller):
    caller = a_caller(endpoint, rate_per_minute=3)
    assert [caller.predict(WIN).status_code for _ in range(3)] == [200] * 3
    refused = caller.predict(WIN)
    is_a_problem(refused, 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert a_caller(endpoint).predict(WIN).status_code == 200  # another key, another rate
    Key.objects.update(rate_per_minute=None)
    assert caller.predict(WIN).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "inputs"),
        ({"inputs": {"text": WIN}}, "inputs"),
        ({"inputs": []}, "inputs"),
        ({"inputs": [{"text": WIN}] * 257}, "inputs"),
        ({"inputs": [{"text": WIN}, {"text": "  "}]}, "inputs.1"),
        ({"inputs": [WIN]}, "inputs.0"),
        ({"inputs": [{"text": 5}]}, "inputs.0"),
        ({"inputs": [{"text": None}]}, "inputs.0"),
        ({"inputs": [{"text": WIN, "extra": 1}]}, "inputs.0"),
        ({"inputs": [{"text": "a\x00b"}]}, "inputs.0"),
        ({"inputs": [{"text": "a" * 100_001}]}, "inputs.0"),
    ],
)
def test_it_names_the_input_that_is_wrong(predictor, endpoint, a_caller, body, field):
    said = is_a_problem(a_caller(endpoint).send(body), 400)
    assert list(said["errors"]) == [field]
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"[]",
        b'"inputs"',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"inputs":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"inputs": [{"text": NaN}]}',
        b'{"inputs": [{"text": "\\ud800"}]}',
        b'{"inputs": [' + b"9" * 5_000 + b"]}",
    ],
)
def test_it_survives_a_body_that_is_no_json(predictor, endpoint, a_caller, raw):
    caller = a_caller(endpoint)
    answer = post(f"{endpoint.url}/predict", content=raw, headers=caller.headers)
    is_a_problem(answer, 400)
    assert caller.predict(WIN).status_code == 200


def test_it_counts_a_body_that_does_not_say_how_long_it_is(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)

    def endless():
        for _ in range(20):
            yield b" " * 1024**2

    answer = post(f"{endpoint.url}/predict", content=endless(), headers=caller.headers, timeout=30)
    is_a_problem(answer, 413)
    assert caller.predict(WIN).status_code == 200


def test_it_says_no_to_a_long_body_before_a_bad_key_can_hurt(predictor, endpoint):
    answer = post(f"{endpoint.url}/predict", content=b" " * 10 * 1024**2)
    is_a_problem(answer, 401)


def test_unknown_addresses_and_methods_are_problems_too(predictor):
    is_a_problem(get(f"{predictor.url}/"), 404)
    is_a_problem(get(f"{predictor.url}/endpoints/no/such/thing"), 404)
    refused = get(f"{predictor.url}/endpoints/any/predict")
    is_a_problem(refused, 405)
    assert refused.headers["allow"] == "POST"


def test_it_is_healthy_without_a_key(predictor):
    assert get(f"{predictor.url}/healthz").status_code == 200


def test_an_endpoint_describes_itself_with_its_labels(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    assert get(f"{endpoint.url}/openapi.json").status_code == 401
    said = get(f"{endpoint.url}/openapi.json", headers=caller.headers).json()
    answer = said["components"]["schemas"]["Answer"]
    assert answer["properties"]["label"]["enum"] == ["ham", "spam"]
    assert set(said["paths"]) == {"/predict", "/feedback"}
    assert said["servers"] == [{"url": endpoint.url}]


def test_it_loads_no_torch(predictor, endpoint, a_caller):
    assert a_caller(endpoint).predict(WIN).status_code == 200
    assert predictor.child is not None
    mapped = Path(f"/proc/{predictor.child.pid}/maps").read_text()
    assert "numpy" in mapped
    assert "torch" not in mapped


def test_it_counts_what_it_refuses(predictor, project, version, a_caller):
    endpoint = publishing.publish(project, "Counted", version, project.created_by)
    caller = a_caller(endpoint)
    for _ in range(3):
        caller.send({"inputs": []})
    post(f"{endpoint.url}/predict", json={})

    def counted() -> Counter[int]:
        found: Counter[int] = Counter()  # they are kept by the minute
        for status, count in Refusal.objects.values_list("status", "count"):
            found[status] += count
        return found

    until(lambda: counted().total() == 4, "all refusals are counted")
    assert counted() == {400: 3, 401: 1}


def test_its_log_names_no_key(predictor, endpoint, a_caller):
    caller = a_caller(endpoint)
    caller.predict(WIN)
    caller.send({"inputs": []})
    assert caller.key not in predictor.log.read_text()


def test_two_projects_never_meet(predictor, endpoint, a_caller):
    stranger = User.objects.create_user("else@example.org", None)
    elsewhere = Project.objects.create(
        name="Else", task="text-classification", labels=[{"name": "ham"}, {"name": "spam"}]
    )
    theirs = publishing.publish(
        elsewhere, "Is it spam?", models_here.version(elsewhere, 1, flipped=True), stranger
    )
    assert theirs.slug != endpoint.slug
    ours = a_caller(endpoint).predict(WIN).json()["predictions"][0]
    other = a_caller(theirs)
    assert other.predict(WIN).json()["predictions"][0]["answer"] == {"label": "ham"}
    is_a_problem(other.feedback(ours["id"], False), 404)


def test_it_does_not_close_a_connection_that_a_caller_still_keeps(predictor):
    with closing(HTTPConnection("127.0.0.1", predictor.port)) as kept:
        for pause in (5.5, 0):
            kept.request("GET", "/healthz")
            assert kept.getresponse().read()
            time.sleep(pause)
