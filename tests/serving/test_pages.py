"""Pages of endpoints: a key is shown once, code is quoted, and the playground really calls."""

import ast
import json
import re
import shlex
from html import unescape
from uuid import uuid4

import httpx
import pytest
from django.urls import reverse

from labeling import queue
from projects.models import Role
from serving import keys, snippets
from serving.models import Endpoint, Feedback, Key, Prediction, Release
from tests.cast import eventually, join, person
from tests.serving import models_here

HOSTILE = 'it\'s "q" $HOME `id` \\ \n<script>alert(1)</script> {{7*7}} 你好'


@pytest.fixture
def pages(client, project, publisher):
    client.force_login(publisher)
    return Pages(client, project)


class Pages:
    """What a person does on the pages of a project's endpoints."""

    def __init__(self, client, project):
        self.client, self.project = client, project

    def get(self, name, /, *ids, **query):
        return self.client.get(reverse(name, args=[self.project.pk, *ids]), query)

    def post(self, name, /, *ids, htmx=False, **fields):
        headers = {"HX-Request": "true"} if htmx else {}
        address = reverse(name, args=[self.project.pk, *ids])
        return self.client.post(address, fields, headers=headers)

    def publish(self, version, /, **fields):
        sent = {"name": f"mail {uuid4()}", "version": str(version.pk), "once": str(uuid4())}
        return self.post("endpoint-publish", **sent | fields)


def shown_key(page):
    found = re.search(r'id="fresh-key">(stk_\w+)<', page.content.decode())
    return found and found[1]


def test_nothing_published_leads_to_publishing(pages, version):
    page = pages.get("endpoints-page").content.decode()
    assert "Nothing is published yet" in page
    assert reverse("endpoint-publish", args=[pages.project.pk]) in page


def test_publishing_shows_the_key_once_and_stores_only_its_hash(pages, version):
    page = pages.publish(version)
    key = shown_key(page)
    assert key is not None
    assert page["Cache-Control"] == "no-store"
    endpoint = Endpoint.objects.get()
    again = pages.get("endpoint-page", endpoint.slug)
    assert shown_key(again) is None
    assert key not in again.content.decode()
    assert key not in json.dumps(dict(pages.client.session.items()), default=str)


def test_a_second_press_publishes_nothing_more(pages, version):
    once = str(uuid4())
    pages.publish(version, once=once)
    assert pages.publish(version, once=once).status_code == 302
    assert (Endpoint.objects.count(), Key.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 300}, {"version": "no"}, {"once": "no"}]
)
def test_what_is_missing_is_asked_for(pages, version, fields):
    assert pages.publish(version, **fields).status_code == 200
    assert not Endpoint.objects.exists()


def test_a_version_of_another_project_cannot_be_published(pages, project, version):
    other = project.__class__.objects.create(name="Other", task=project.task, labels=project.labels)
    pages.publish(models_here.version(other, 1))
    assert not Endpoint.objects.exists()


def test_an_endpoint_called_publish_has_a_page_of_its_own(pages, version):
    pages.publish(version, name="publish")
    assert pages.get("endpoint-page", Endpoint.objects.get().slug).status_code == 200


def test_code_quotes_any_text():
    data = {"text": HOSTILE}
    words = shlex.split(snippets.curl("http://here/endpoints/a", data))
    assert json.loads(words[words.index("-d") + 1]) == {"inputs": [data]}
    program = snippets.python("http://here/endpoints/a", data)
    literals = [
        ast.literal_eval(n) for n in ast.walk(ast.parse(program)) if isinstance(n, ast.List)
    ]
    assert [data] in literals


def test_hostile_texts_and_names_stand_escaped_on_the_page(pages, project, version):
    queue.put(project, {"text": HOSTILE}, reason="x", origin={})
    pages.publish(version, name="<script>alert(2)</script>")
    page = pages.get("endpoint-page", Endpoint.objects.get().slug).content.decode()
    assert "<script>alert(" not in page
    assert "<script>alert(1)</script>" in unescape(page)


def test_the_playground_asks_the_predictor_and_takes_a_verdict(pages, endpoint, predictor):
    eventually(lambda: "state-live" in pages.get("endpoint-page", endpoint.slug).content.decode())
    page = pages.post("endpoint-try", endpoint.slug, htmx=True, text="win a prize").content.decode()
    assert "<html" not in page
    prediction = Prediction.objects.get()
    said = prediction.answer["label"]
    assert f"<strong>{said}</strong>" in page
    other = next(name for name in endpoint.project.label_names if name != said)
    thanks = pages.post(
        "endpoint-verdict", endpoint.slug, prediction=str(prediction.pk), label=other
    )
    assert "front of the desk" in thanks.content.decode()
    verdict = Feedback.objects.get()
    assert (verdict.correct, verdict.answer) == (False, {"label": other})
    assert verdict.example.origin["predicted"] == {"label": said}
    shown = pages.get("endpoint-page", endpoint.slug).content.decode()
    assert "win a prize" in shown
    assert "to the desk" in shown


def test_the_playgrounds_key_is_neither_shown_nor_stored_nor_good_elsewhere(
    pages, endpoint, version, predictor, publisher, speak
):
    value = keys.of_playground(endpoint)
    assert keys.of_playground(endpoint) == value
    assert Key.objects.filter(endpoint=endpoint, internal=True).count() == 1
    assert value not in pages.get("endpoint-page", endpoint.slug).content.decode()
    listed = speak(publisher).get(f"/api/v1/endpoints/{endpoint.slug}/keys/").json()["results"]
    assert listed == []
    pages.publish(version, name="another")
    other = Endpoint.objects.exclude(pk=endpoint.pk).get()
    said = httpx.post(
        f"{other.url}/predict",
        json={"inputs": [{"text": "x"}]},
        headers={"Authorization": f"Bearer {value}"},
    )
    assert said.status_code == 404


def test_a_predictor_that_is_away_is_said_in_words(pages, endpoint, settings):
    settings.PREDICTOR_URL = "http://127.0.0.1:9"
    page = pages.post("endpoint-try", endpoint.slug, text="hello")
    assert page.status_code == 200
    assert "The predictor does not answer" in page.content.decode()


def test_a_verdict_that_names_no_label_is_asked_for_again(pages, endpoint, predictor):
    eventually(lambda: "state-live" in pages.get("endpoint-page", endpoint.slug).content.decode())
    pages.post("endpoint-try", endpoint.slug, text="win a prize")
    sent = {"prediction": str(Prediction.objects.get().pk), "label": "no such label"}
    said = pages.post("endpoint-verdict", endpoint.slug, **sent)
    assert "Choose one of the labels." in said.content.decode()
    assert not Feedback.objects.exists()


def test_a_prediction_of_another_endpoint_takes_no_verdict(pages, endpoint):
    said = pages.post("endpoint-verdict", endpoint.slug, prediction=str(uuid4()), label="spam")
    assert said.status_code == 404
    refused = pages.post("endpoint-verdict", endpoint.slug, prediction="no", label="spam")
    assert "Choose one of the labels." in refused.content.decode()


def test_releasing_twice_releases_once_and_rolling_back_returns(pages, endpoint, second):
    for _ in range(2):
        pages.post("endpoint-release", endpoint.slug, version=str(second.pk), mode="live")
    assert Release.objects.filter(endpoint=endpoint).count() == 2
    assert endpoint.running("live").model_version == second
    pages.post("endpoint-roll-back", endpoint.slug)
    assert endpoint.running("live").model_version.number == 1
    page = pages.client.post(
        reverse("endpoint-roll-back", args=[pages.project.pk, endpoint.slug]), follow=True
    )
    assert "none before it" in page.content.decode()


def test_a_canary_gets_its_share(pages, endpoint, second):
    pages.post(
        "endpoint-release", endpoint.slug, version=str(second.pk), mode="canary", traffic="25"
    )
    assert endpoint.running("canary").traffic == 25
    wrong = pages.post(
        "endpoint-release", endpoint.slug, version=str(second.pk), mode="canary", traffic="250"
    )
    assert "errorlist" in wrong.content.decode()


def test_keys_are_made_listed_and_revoked(pages, endpoint):
    page = pages.post("endpoint-key-make", endpoint.slug, name="shop", rate_per_minute="60")
    assert shown_key(page) is not None
    key = Key.objects.get(name="shop")
    assert key.rate_per_minute == 60
    pages.post("endpoint-key-revoke", endpoint.slug, key.pk)
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_withdrawing_asks_for_the_name(pages, endpoint):
    pages.post("endpoint-withdraw", endpoint.slug, name="something else")
    assert Endpoint.objects.open().filter(pk=endpoint.pk).exists()
    pages.post("endpoint-withdraw", endpoint.slug, name=endpoint.slug)
    assert not Endpoint.objects.open().filter(pk=endpoint.pk).exists()
    assert pages.get("endpoint-page", endpoint.slug).status_code == 404


@pytest.mark.parametrize("hours", ["24", "168", "", "-1", "99999999", "x"])
def test_traffic_is_a_part_and_a_page(pages, endpoint, hours):
    assert (
        "Nobody called it"
        in pages.get("endpoint-traffic", endpoint.slug, hours=hours).content.decode()
    )


@pytest.mark.parametrize("before", ["x", "2026-01-01", "9999-99-99T00:00:00Z", "<script>"])
def test_a_strange_cursor_is_passed_over(pages, endpoint, before):
    assert pages.get("endpoint-page", endpoint.slug, before=before).status_code == 200


def test_an_annotator_tries_and_does_not_release(client, project, endpoint, second):
    someone = person("annotator@example.org")
    join(project, someone, Role.ANNOTATOR)
    client.force_login(someone)
    pages = Pages(client, project)
    page = pages.get("endpoint-page", endpoint.slug).content.decode()
    assert "Withdraw" not in page
    assert pages.post("endpoint-release", endpoint.slug).status_code == 403
    assert pages.post("endpoint-key-make", endpoint.slug, name="x").status_code == 403
    assert pages.publish(second).status_code == 403
