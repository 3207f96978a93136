"""Each way of answering, by its plain form: what is sent is what is kept."""

import json

import pytest
from django.urls import reverse

from labeling.models import Assignment, Held
from projects import palette
from projects.models import Annotation, Example, Project, Role
from tests.cast import join

FAMILY = "👩‍👩‍👧 wohnt in 🇩🇪 Köln"
DATA = {
    "multi-label-classification": {"text": "Where is it?"},
    "token-classification": {"text": FAMILY},
    "text-generation": {"prompt": "Say hello.", "system": "Be kind.", "context": "Nobody is in."},
    "text-ranking": {"query": "Which?", "candidates": ["this", "that", "neither"]},
}
LABELS = palette.dressed([{"name": "late"}, {"name": "lost"}, {"name": "LOC"}])


class Form:
    """The desk of one example, without JavaScript."""

    def __init__(self, client, member, task, data=None):
        project = Project.objects.create(name=task, task=task, labels=LABELS, hidden_share=0)
        join(project, member, Role.ANNOTATOR)
        client.force_login(member)
        data = project.kind.parse_data(data or DATA[task])
        Example.objects.create(project=project, data=data, digest=task.encode().ljust(32, b"-"))
        self.client, self.project = client, project
        self.client.post(reverse("desk-next", args=[project.pk]))
        self.held = Assignment.objects.get(project=project, state=Held.LEASED)

    def page(self):
        return self.client.get(reverse("desk", args=[self.project.pk])).content.decode()

    def send(self, name="desk-answer", **fields):
        return self.client.post(reverse(name, args=[self.project.pk, self.held.pk]), fields)

    def kept(self):
        return Annotation.objects.get().answer


@pytest.fixture
def form(client, member):
    return lambda task, data=None: Form(client, member, task, data)


def test_any_number_of_labels(form):
    one = form("multi-label-classification")
    assert 'name="labels" value="lost"' in one.page()
    assert one.send(explicit="1", labels=["LOC", "late"]).status_code == 302
    assert one.kept() == {"labels": ["late", "LOC"]}


def test_none_of_them_is_said_and_not_guessed(form):
    one = form("multi-label-classification")
    answer = one.send(explicit="1")
    assert answer.status_code == 422
    assert "say that none of them does" in answer.content.decode()
    one.send(explicit="1", none="1")
    assert one.kept() == {"labels": []}


def test_a_response_is_written_with_its_conversation_in_sight(form):
    one = form("text-generation")
    for said in DATA["text-generation"].values():
        assert said in one.page()
    one.send(response="Hello,\r\n\nyou.")
    assert one.kept() == {"response": "Hello,\n\nyou."}


def test_what_was_written_is_there_again_when_it_cannot_be_kept(form):
    one = form("text-generation")
    answer = one.send(response="x" * 100_001)
    assert answer.status_code == 422
    assert "x" * 100_001 in answer.content.decode()


def test_an_order_by_places(form):
    one = form("text-ranking")
    one.send(place=["2", "3", "1"])
    assert one.kept() == {"ranking": [2, 0, 1]}


def test_two_in_one_place_are_asked_again(form):
    one = form("text-ranking")
    answer = one.send(place=["1", "1", "2"])
    assert answer.status_code == 422
    assert "names each of the 3 candidates once" in answer.content.decode()


def test_spans_are_quoted_one_after_the_other(form):
    one = form("token-classification")
    page = one.send("desk-draft", draft="add", quote="Köln", quote_label="LOC").content.decode()
    spans = json.dumps([{"start": 18, "end": 22, "label": "LOC", "text": "Köln"}])
    assert "Köln" in page and "remove:0" in page
    page = one.send(
        "desk-draft", draft="add", quote="👩‍👩‍👧", quote_label="lost", spans=spans
    ).content.decode()
    assert "remove:1" in page
    assert not Annotation.objects.exists()
    one.send(spans=spans)
    assert one.kept()["spans"] == json.loads(spans)


def test_a_quote_that_is_not_there_says_so(form):
    one = form("token-classification")
    page = one.send("desk-draft", draft="add", quote="Bonn", quote_label="LOC").content.decode()
    assert "do not stand in the text" in page
    assert 'value="Bonn"' in page


def test_a_label_that_is_refused_loses_no_span(form):
    one = form("token-classification")
    spans = json.dumps([{"start": 18, "end": 22, "label": "LOC", "text": "Köln"}])
    page = one.send("desk-draft", draft="add", quote="in", quote_label="no", spans=spans)
    assert "remove:0" in page.content.decode()


def test_a_span_is_removed_again(form):
    one = form("token-classification")
    spans = json.dumps([{"start": 18, "end": 22, "label": "LOC", "text": "Köln"}])
    page = one.send("desk-draft", draft="remove:0", spans=spans).content.decode()
    assert "remove:0" not in page


def test_a_span_whose_quote_differs_is_refused(form):
    one = form("token-classification")
    shifted = json.dumps([{"start": 22, "end": 26, "label": "LOC", "text": "Köln"}])
    assert one.send(spans=shifted).status_code == 422
    assert not Annotation.objects.exists()


def suggested(one, answer, **more):
    """As the lease keeps what a model said."""
    said = {"answer": answer, "confidence": 0.8, "scores": {}}
    Assignment.objects.filter(pk=one.held.pk).update(suggestion=said, **more)
    return one.page()


def test_what_is_suggested_is_there_to_be_accepted(form):
    one = form("text-generation")
    page = suggested(one, {"response": "Hello <you>."})
    assert "Hello &lt;you&gt;.</textarea>" in page
    assert "change what is wrong" in page


def test_suggested_labels_are_ticked_and_spans_marked(form):
    page = suggested(form("multi-label-classification"), {"labels": ["lost"]})
    assert 'value="lost" checked' in page and 'value="late" checked' not in page
    Project.objects.all().delete()
    spans = [{"start": 18, "end": 22, "label": "LOC", "text": "Köln"}]
    page = suggested(form("token-classification"), {"spans": spans})
    assert "“Köln”" in page


@pytest.mark.parametrize("task", ["multi-label-classification", "text-generation"])
def test_a_hidden_suggestion_is_nowhere(form, task):
    answer = {"labels": ["lost"]} if task.startswith("multi") else {"response": "Hello"}
    page = suggested(form(task), answer, hidden=True)
    assert " checked" not in page and ">Hello" not in page and "sparkles" not in page
