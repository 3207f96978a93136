"""Beside the example: guidelines, similar ones, its history, what is said of it; keys and looks."""

import pytest
from django.urls import reverse

from labeling import keys, queue, talking, written
from labeling.models import Comment, Notice, Said
from projects import founding, palette
from projects.models import Annotation, AnnotationSource, Embedding, Role
from tests.cast import join, person, upload


@pytest.fixture
def held(client, project, member):
    """What an annotator is on, and who asks."""
    upload(project, b"text\none\ntwo\n")
    client.force_login(member)
    return queue.next_for(member, project)


def tab(client, held, name):
    address = reverse("desk-drawer", args=[held.project_id, name])
    return client.get(f"{address}?of={held.pk}").content.decode()


def test_guidelines_are_markdown_and_nothing_else():
    said = written.as_html("# One\n<b onclick=x>hi</b> [a](javascript:b) [c](https://example.org)")
    assert "<h3>One</h3>" in said
    assert "<b" not in said and 'href="javascript' not in said
    assert 'rel="noopener noreferrer"' in said


def test_guidelines_say_their_version_and_that_they_changed(client, held, project, member, owner):
    founding.change(project, owner, guidelines="Be *kind*.")
    assert "<em>kind</em>" in tab(client, held, "guidelines")
    assert "They changed" not in tab(client, held, "guidelines")
    client.post(reverse("desk-answer", args=[project.pk, held.pk]), {"label": "spam"})
    founding.change(project, owner, guidelines="Be strict.")
    said = tab(client, held, "guidelines")
    assert "They changed since your last answer" in said
    assert "Version 3" in said


def test_a_label_shows_trusted_examples(client, held, project):
    upload(project, b"text,label\nwin a prize,spam\nsee you,ham\n")
    project.examples.update(is_test=False)
    said = client.get(reverse("desk-label", args=[project.pk, 0])).content.decode()
    assert "win a prize" in said and "see you" not in said
    assert client.get(reverse("desk-label", args=[project.pk, 9])).status_code == 404


def test_an_annotator_sees_their_own_history_and_a_reviewer_all(client, held, project, owner):
    Annotation.record(held.example, {"label": "ham"}, owner, AnnotationSource.PERSON)
    assert "ham" not in tab(client, held, "history")
    project.members.filter(user=held.person).update(role=Role.REVIEWER)
    assert owner.email in tab(client, held, "history")


def test_beside_a_test_example_nothing_similar_is_shown(client, held):
    held.example.__class__.objects.filter(pk=held.example_id).update(is_test=True)
    assert "protected test set" in tab(client, held, "similar")


def test_similar_ones_are_those_that_are_labelled(client, held, project):
    upload(project, b"text,label\nwin a prize,spam\nsee you,ham\n")
    project.examples.update(is_test=False)
    for number, example in enumerate(project.examples.order_by("id")):
        vector = [1.0, number / 10, *[0.0] * 382]
        Embedding.objects.create(example=example, project=project, model="m", vector=vector)
    said = tab(client, held, "similar")
    assert "win a prize" in said and "see you" in said and "spam" in said
    assert ">one<" not in said and ">two<" not in said


def test_what_is_not_ones_own_is_not_there(client, held, project):
    other = person("other@example.org")
    join(project, other, Role.ANNOTATOR)
    client.force_login(other)
    address = reverse("desk-drawer", args=[project.pk, "comments"])
    assert client.get(f"{address}?of={held.pk}").status_code == 404
    assert client.get(reverse("desk-drawer", args=[project.pk, "nothing"])).status_code == 404


def test_a_comment_is_seen_and_who_is_named_hears_of_it(client, held, project, owner):
    said = client.post(
        reverse("desk-comment", args=[project.pk, held.pk]),
        {"text": "Is it spam, @owner? @nobody @member"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "Is it spam" in said
    assert [notice.person for notice in Notice.objects.all()] == [owner]
    assert list(Comment.objects.get().mentions.all()) == [owner]


def test_a_whole_address_names_someone_too(held, owner):
    said = talking.comment(held.example, held.person, "See owner@example.org; @owner@example.org.")
    assert list(said.mentions.all()) == [owner]


def test_a_flag_stays_with_the_example(client, held, project):
    address = reverse("desk-flag", args=[project.pk, held.pk])
    assert client.post(address, {"text": "cut off"}).status_code == 302
    assert Comment.objects.get().kind == Said.FLAG
    assert talking.flagged(held.example)
    page = client.get(reverse("desk", args=[project.pk])).content.decode()
    assert "data-flagged>" in page


def test_looks_are_kept(client, held, project):
    for name, value in (("size", "huge"), ("direction", "rtl"), ("tab", "comments")):
        client.post(reverse("desk-look", args=[project.pk]), {name: value})
    page = client.get(reverse("desk", args=[project.pk])).content.decode()
    assert "text-huge runs-rtl" in page
    assert "Nobody has said anything" in page
    client.post(reverse("desk-look", args=[project.pk]), {"tab": "comments", "size": "no"})
    assert "is-closed" in client.get(reverse("desk", args=[project.pk])).content.decode()


def named(*names):
    return [{"name": name} for name in names]


def test_a_label_gets_its_first_letter_else_another_one_else_a_digit():
    labels = named("refund", "return", "rrr", "退款", "spam")
    assert palette.keys(labels) == ["r", "e", "1", "2", "p"]


def test_thirty_six_labels_have_a_key_each_and_the_desk_yields_with_shift(project):
    labels = named(*(f"等{number}" for number in range(40)))
    found = palette.keys(labels)
    assert len(set(found[:36])) == 36 and set(found[36:]) == {""}
    project.labels = labels
    assert str(keys.of_deeds(project)["skip"]) == "⇧S"
    project.labels = labels[:20]
    assert str(keys.of_deeds(project)["skip"]) == "S"


def test_the_desks_own_letters_are_those_that_labels_leave():
    assert set(palette.DEEDS.values()) == set(palette.DESK)


def test_a_project_has_its_own_keys_of_the_desk_and_a_label_the_letter_that_is_free_then(
    client, project, owner
):
    client.force_login(owner)
    here = reverse("project-settings", args=[project.pk])
    letters = {f"desk_keys_{deed}": key for deed, key in palette.DEEDS.items()}
    fields = {"name": "Mail", "overlap": "1", "guidelines": "", **letters, "desk_keys_skip": "X"}
    labels = {"label_name": ["spam", "ham"], "label_hotkey": ["s", "a"]}
    more = {"label_description": ["", ""], "label_color": ["#000000", "#111111"]}
    sent = fields | labels | more
    assert client.post(here, sent).status_code == 302
    project.refresh_from_db()
    assert project.desk_keys == {"skip": "x"}
    assert [label["hotkey"] for label in project.labels] == ["s", "a"]
    assert str(keys.of_deeds(project)["skip"]) == "X"
    page = client.get(here).content.decode()
    assert 'name="desk_keys_skip" value="X"' in page
    for wrong in ("F", "?", "J"):
        refused = client.post(here, sent | {"desk_keys_skip": wrong})
        assert refused.status_code == 200 and "key" in refused.content.decode()
    project.refresh_from_db()
    assert project.desk_keys == {"skip": "x"}


@pytest.mark.parametrize(("key", "said"), [("s", "itself uses"), ("?", "from a to z")])
def test_settings_refuse_a_key_that_clashes(client, project, owner, key, said):
    client.force_login(owner)
    sent = {"label_name": ["spam"], "label_description": [""], "label_color": ["#0072B2"]}
    address = reverse("project-settings", args=[project.pk])
    page = client.post(address, {"name": "Mail", "overlap": "1", **sent, "label_hotkey": [key]})
    assert said in page.content.decode()
