"""The desk: one request an example, nothing leased by looking, every answer can be taken back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.ids import new_id
from labeling import queue
from labeling.models import Assignment, Comment, Held, Learner
from projects.models import Annotation, Project, Role
from tests.cast import join, person, upload


def test_looking_leases_nothing(desk):
    assert "Start labelling" in desk.look().content.decode()
    assert not Assignment.objects.exists()


def test_one_request_keeps_the_answer_and_brings_the_next_and_the_one_after(desk):
    desk.post("desk-next")
    first, second = desk.held(), desk.ahead()
    page = desk.post("desk-answer", first.pk, label="spam", duration_ms="1200").content.decode()
    assert desk.held().pk == second.pk
    third = desk.ahead()
    assert len({one.example_id for one in (first, second, third)}) == 3
    assert second.example.data["text"] in page and third.example.data["text"] in page
    assert "<html" not in page
    kept = Annotation.objects.get()
    assert (kept.answer, kept.duration_ms) == ({"label": "spam"}, 1200)


def test_what_is_on_the_screen_is_not_sent_again(desk):
    desk.post("desk-next")
    first, second = desk.held(), desk.ahead()
    page = desk.post("desk-answer", first.pk, has=f"{first.pk} {second.pk}", label="spam")
    assert f'data-current="{second.pk}"' in page.content.decode()
    assert f"data-example>{second.example.data['text']}<" not in page.content.decode()
    assert f"data-example>{desk.ahead().example.data['text']}<" in page.content.decode()


def test_nothing_is_fetched_ahead_for_whoever_is_on_nothing(desk):
    assert desk.post("desk-ahead").status_code == 204
    assert not Assignment.objects.exists()


def test_a_page_of_another_account_keeps_nothing(desk, owner):
    desk.post("desk-next")
    address = reverse("desk-answer", args=[desk.project.pk, desk.held().pk])
    headers = {"X-Desk": "-", "X-Desk-Person": str(owner.pk)}
    assert desk.client.post(address, {"label": "spam"}, headers=headers).status_code == 403
    assert not Annotation.objects.exists()


def test_a_lease_that_is_gone_says_so_and_the_next_one_comes(desk, project):
    desk.post("desk-next")
    first = desk.held()
    first.example.__class__.objects.filter(pk=first.example_id).update(answered=1)
    Assignment.objects.filter(pk=first.pk).update(state=Held.EXPIRED)
    answer = desk.post("desk-answer", first.pk, label="spam")
    assert answer.status_code == 409
    assert "someone else has it now" in answer.content.decode()
    assert desk.held().example.data["text"] in answer.content.decode()


def test_plain_forms_come_to_the_same(desk):
    desk.post("desk-next", has=None)
    first = desk.held()
    answer = desk.post("desk-answer", first.pk, has=None, label="ham")
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


@pytest.mark.parametrize("has", ["-", None])
def test_no_label_or_an_unknown_one_is_asked_again(desk, has):
    desk.post("desk-next")
    first = desk.held()
    for fields, said in (
        ({}, "Choose one of the labels."),
        ({"label": "no such label"}, "“no such label” is not a label of this project."),
    ):
        answer = desk.post("desk-answer", first.pk, has=has, **fields)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert desk.held() == first
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("sent", ["-5", "abc", "1e9", "99999999999999999999", "٣"])
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
    assert Assignment.objects.get(pk=first.pk).skip_reason == "unclear"
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


def test_what_is_answered_at_the_desk_rings_the_instant_model(desk, monkeypatch):
    rung = []
    monkeypatch.setattr("labeling.jobs.ring", lambda project: rung.append(project.pk))
    desk.post("desk-next")
    desk.post("desk-answer", desk.held().pk, label="spam")
    assert rung == [desk.project.pk] * 2


def test_the_desk_says_how_the_instant_model_does(desk):
    assert "After 20 more answers the instant model begins to suggest." in (
        desk.look().content.decode()
    )
    figures = {"right": 83, "of": 100, "low": 0.75, "high": 0.89, "weakest": "ham"}
    measured = {"answers": 100, **figures, "brings": 0.021, "least": 0.01, "most": 0.03}
    learner = Learner.objects.create(project=desk.project, measured=measured)
    page = desk.look().content.decode()
    assert "right 83 times in 100 (± 7), on 100 answers" in page
    assert "It errs most on “ham”." in page and "bring about 2.1 points" in page
    learner.measured["brings"] = 0.001
    learner.save()
    assert "a good moment to train" in desk.look().content.decode()


def test_what_a_caller_rejected_is_not_proposed(desk):
    """Enter accepts what is proposed: it must not confirm the mistake."""
    desk.project.examples.update(is_test=False)
    example = desk.project.examples.get(data__text="one")
    said = {"predicted": {"label": "spam"}, "answer": None, "feedback": "f", "prediction": "p"}
    queue.put(
        desk.project, example.data, reason="A caller says that it is wrong.", origin=said,
        answer={"label": "spam"}, confidence=0.9, scores={"spam": 0.9}, model_version=new_id(),
    )  # fmt: skip
    page = desk.post("desk-next").content.decode()
    assert desk.held().example == example and "the model: 90" not in page
    said["answer"] = {"label": "ham"}
    desk.project.examples.filter(pk=example.pk).update(origin=said)
    assert "the caller" in desk.look().content.decode(), "what they say is right is proposed"


HINTS = b"text,label\nten,ham\neleven,spam\n"


def hinted(project):
    """A file whose answers are hints, and nothing else to label."""
    project.examples.all().delete()
    upload(project, HINTS, answers="hint")
    project.examples.update(is_test=False)


def test_a_hint_is_proposed_with_where_it_came_from_and_kept_with_the_lease(desk, project):
    project.__class__.objects.update(hidden_share=0)
    hinted(project)
    page = desk.post("desk-next").content.decode()
    lease = desk.held()
    said = Annotation.objects.get(example=lease.example)
    assert page.count("came with the file") == 2  # on the desk, and on the one after
    assert f'name="label" value="{said.answer["label"]}"' in page
    assert (lease.suggestion["answer"], lease.suggested_by) == (said.answer, f"hint:{said.pk}")
    desk.post("desk-answer", lease.pk, label=said.answer["label"])
    lease.refresh_from_db()
    assert lease.accepted is True


@pytest.mark.parametrize("why", ["test", "hidden", "withdrawn"])
def test_a_hint_is_not_shown_where_it_would_lead_people(desk, project, why):
    project.__class__.objects.update(hidden_share=100 if why == "hidden" else 0)
    hinted(project)
    if why == "test":
        project.examples.update(is_test=True)
    if why == "withdrawn":
        Annotation.objects.update(withdrawn_at=timezone.now())
    page = desk.post("desk-next").content.decode()
    assert desk.held() and "came with the file" not in page


def test_programs_are_told_no_hint_for_a_suggestion_of_a_model(desk, project, member, speak):
    project.__class__.objects.update(hidden_share=0)
    hinted(project)
    told = speak(member).post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    assert told["suggestion"] is None


def test_a_character_that_cannot_be_kept_is_left_out_of_what_people_write(desk):
    desk.post("desk-next")
    held = desk.held()
    desk.post("desk-comment", held.pk, text="a\0b")
    desk.post("desk-flag", held.pk, text="c\0d")
    desk.post("desk-comment", held.pk, text="\0")
    assert [one.text for one in Comment.objects.order_by("id")] == ["ab", "cd"]
    assert desk.post("desk-skip", held.pk, words="e\0f").status_code == 200
    held.refresh_from_db()
    assert held.skip_reason == "ef"


def test_what_is_said_anew_takes_the_place_of_what_had_arrived(desk):
    """As after an undo while the network was away."""
    desk.post("desk-next")
    held = desk.held()
    desk.post("desk-answer", held.pk, label="spam")
    assert desk.post("desk-answer", held.pk, label="ham").status_code == 409
    page = desk.post("desk-answer", held.pk, label="ham", anew="1").content.decode()
    assert Annotation.objects.get().answer == {"label": "ham"}
    assert "Answered in this sitting: 1." in page and "“ham”" in page
    assert desk.post("desk-skip", held.pk, anew="1").status_code == 200
    held.refresh_from_db()
    assert (held.state, Annotation.objects.get().withdrawn_at is None) == (Held.SKIPPED, False)


def test_what_is_left_goes_down_with_the_first_of_two_answers(desk):
    Project.objects.update(overlap=2)
    assert "Answers left: 6." in desk.look().content.decode()
    desk.post("desk-next")
    page = desk.post("desk-answer", desk.held().pk, label="spam").content.decode()
    assert "Answers left: 5." in page and 'max="6" value="1"' in page
