"""The desk: one request an example, nothing leased by looking, every answer can be taken back."""

import pytest
from django.urls import reverse

from labeling import queue
from labeling.models import Assignment, Held
from projects.models import Annotation, Role
from tests.cast import join, person, upload


@pytest.fixture
def desk(client, project, member):
    """The desk of an annotator, with three texts to label."""
    upload(project, b"text\none\ntwo\nthree\n")
    client.force_login(member)
    return Desk(client, project)


class Desk:
    """What a person does there, by plain forms or as htmx does."""

    def __init__(self, client, project):
        self.client, self.project = client, project

    def look(self):
        return self.client.get(reverse("desk", args=[self.project.pk]))

    def post(self, name, *ids, htmx=True, **fields):
        headers = {"HX-Request": "true"} if htmx else {}
        address = reverse(name, args=[self.project.pk, *ids])
        return self.client.post(address, fields, headers=headers)

    def held(self):
        return Assignment.objects.get(project=self.project, state=Held.LEASED)


def test_looking_leases_nothing(desk):
    assert "Start labelling" in desk.look().content.decode()
    assert not Assignment.objects.exists()


def test_one_request_keeps_the_answer_and_shows_the_next(desk):
    desk.post("desk-next")
    first = desk.held()
    page = desk.post("desk-answer", first.pk, label="spam", duration_ms="1200").content.decode()
    second = desk.held()
    assert second.example != first.example
    assert second.example.data["text"] in page
    assert "<html" not in page
    kept = Annotation.objects.get()
    assert (kept.answer, kept.duration_ms) == ({"label": "spam"}, 1200)


def test_plain_forms_come_to_the_same(desk):
    desk.post("desk-next", htmx=False)
    first = desk.held()
    answer = desk.post("desk-answer", first.pk, htmx=False, label="ham")
    assert answer.status_code == 302
    assert answer.url == reverse("desk", args=[desk.project.pk])
    assert desk.held().example.data["text"] in desk.look().content.decode()


def test_an_answer_sent_twice_is_kept_once(desk):
    desk.post("desk-next")
    first = desk.held()
    for _ in range(2):
        desk.post("desk-answer", first.pk, label="spam")
    assert Annotation.objects.count() == 1
    assert "Answered in this sitting: 1." in desk.look().content.decode()


def test_no_label_or_an_unknown_one_is_asked_again(desk):
    desk.post("desk-next")
    first = desk.held()
    for fields in ({}, {"label": "no such label"}):
        page = desk.post("desk-answer", first.pk, **fields).content.decode()
        assert "Choose one of the labels." in page
        assert first.example.data["text"] in page
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("sent", ["-5", "abc", "1e9", "99999999999999999999", "999999999", "٣"])
def test_a_strange_duration_is_no_duration(desk, sent):
    desk.post("desk-next")
    desk.post("desk-answer", desk.held().pk, label="spam", duration_ms=sent)
    assert Annotation.objects.get().duration_ms in (None, 3)


def test_undo_brings_back_the_last_answer(desk):
    desk.post("desk-next")
    first = desk.held()
    desk.post("desk-answer", first.pk, label="spam")
    page = desk.post("desk-undo").content.decode()
    assert desk.held().example == first.example
    assert first.example.data["text"] in page
    assert Annotation.objects.get().withdrawn_at is not None
    desk.post("desk-answer", first.pk, label="ham")
    assert Annotation.objects.get(withdrawn_at=None).answer == {"label": "ham"}


def test_undo_brings_back_what_was_skipped(desk):
    desk.post("desk-next")
    first = desk.held()
    desk.post("desk-skip", first.pk, reason="unclear")
    assert desk.held().example != first.example
    desk.post("desk-undo")
    assert desk.held().example == first.example


def test_undo_with_nothing_done_says_so(desk):
    assert "nothing to undo" in desk.post("desk-undo").content.decode()


def test_undo_steps_back_for_whoever_took_the_place(desk, project):
    other = person("other@example.org")
    join(project, other, Role.ANNOTATOR)
    desk.post("desk-next")
    first = desk.held()
    desk.post("desk-skip", first.pk)
    Assignment.objects.filter(state=Held.LEASED).update(state=Held.RETURNED)
    Assignment.objects.create(
        project=project, example=first.example, person=other, reason="", expires_at=first.expires_at
    )
    first.example.__class__.objects.filter(pk=first.example.pk).update(claims=1)
    assert "Someone else has this one now" in desk.post("desk-undo").content.decode()


def test_somebody_elses_lease_does_not_exist(desk, project, client):
    desk.post("desk-next")
    theirs = desk.held()
    other = person("other@example.org")
    join(project, other, Role.ANNOTATOR)
    client.force_login(other)
    assert desk.post("desk-answer", theirs.pk, label="spam").status_code == 404
    assert desk.post("desk-skip", theirs.pk).status_code == 404


def test_a_lease_of_another_project_does_not_exist_here(desk, project, member, owner):
    elsewhere = project.__class__.objects.create(
        name="Other", task=project.task, labels=project.labels, created_by=owner
    )
    join(elsewhere, member, Role.ANNOTATOR)
    desk.post("desk-next")
    mine = desk.held()
    address = reverse("desk-answer", args=[elsewhere.pk, mine.pk])
    assert desk.client.post(address, {"label": "spam"}).status_code == 404


def test_a_viewer_may_not_label(client, project):
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    client.force_login(viewer)
    page = client.get(reverse("desk", args=[project.pk]))
    assert page.status_code == 403
    assert "Not for your role" in page.content.decode()


def test_an_empty_project_says_what_to_do(client, project, owner):
    client.force_login(owner)
    page = client.get(reverse("desk", args=[project.pk])).content.decode()
    assert "There is nothing to label yet" in page
    assert reverse("data-upload-new", args=[project.pk]) in page


def test_the_end_of_the_queue_says_so(desk):
    desk.post("desk-next")
    for _ in range(3):
        page = desk.post("desk-answer", desk.held().pk, label="spam").content.decode()
    assert "Nothing is left for you" in page


def test_a_protected_test_example_comes_without_what_anyone_said(desk, project):
    project.examples.update(is_test=True)
    example = project.examples.first()
    said = {"feedback": "1", "endpoint": "mail", "predicted": {"label": "spam"}, "confidence": 0.9}
    queue.put(project, example.data, reason="x", origin={**said, "answer": {"label": "ham"}})
    page = desk.post("desk-next").content.decode()
    assert example.data["text"] in page
    assert "comes without a suggestion" in page
    assert "The model said" not in page
    assert "The caller says" not in page
    assert "data-suggested" not in page
