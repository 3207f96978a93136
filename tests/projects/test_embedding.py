"""Examples become points in the background, and the data is looked at as a whole."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from ml import base_models
from ml.embedding import CharacterNgrams
from projects import (
    alike,
    due,
    embedding,
    giving_way,
    gold,
    health,
    indexing,
    inspecting,
    noting,
    places,
    searching,
    surveying,
)
from projects.leases import State
from projects.models import Act, Deed, Embedding, Example, Finding, Inspection, Kind, Stage
from tests.cast import upload

MINILM = base_models.by_name(base_models.DEFAULT.name)


def inspected():
    while indexing.catch_up(1):
        pass
    while inspecting.catch_up(1):
        pass


def caught_up():
    inspected()
    while embedding.catch_up(1):
        pass


def surveyed(project):
    assert surveying.queue(project.pk)
    surveying.look(Inspection.claim(project.pk))
    return Inspection.objects.get(project=project)


def of(project, text):
    return Example.objects.get(project=project, data__text=text)


CHINESE = ["我的包裹还没有到", "发票上的金额不对", "谢谢你们的帮助", "我想退掉这件衣服"]


def test_each_example_has_a_vector_of_length_one(project):
    upload(project, "\n".join(["text", *CHINESE]).encode())
    caught_up()
    assert noting.of(project.pk)["model"] == CharacterNgrams.name
    lengths = [sum(part**2 for part in e.vector) for e in Embedding.objects.filter(project=project)]
    assert lengths == pytest.approx([1.0] * 4, abs=0.01)
    assert due.waiting(project)[Stage.EMBED] == 0


@pytest.mark.skipif(not MINILM.available, reason="no base model on this machine")
def test_another_model_is_chosen_when_the_data_has_doubled_in_another_language(project):
    upload(project, b"text\nMy parcel is late again\nThe invoice is not right\n")
    caught_up()
    assert noting.of(project.pk)["model"] == MINILM.name
    upload(project, "\n".join(["text", *CHINESE]).encode())
    caught_up()
    models = Embedding.objects.filter(project=project).values_list("model", flat=True)
    assert list(models) == [CharacterNgrams.name] * 6


def test_a_change_of_the_text_moves_its_point(project):
    upload(project, "\n".join(["text", *CHINESE]).encode())
    caught_up()
    example = of(project, CHINESE[0])
    before = example.embedding.vector
    Example.objects.filter(pk=example.pk).update(data={"text": "今天天气很好"})
    due.put(Stage.INDEX, [example.pk])
    caught_up()
    assert Embedding.objects.get(example=example).vector != before


def test_the_later_of_two_that_nearly_repeat_is_found_with_the_first(project):
    first, again = (
        "Where is my parcel with the blue shoes?",
        "where is my parcel with the blue shoes",
    )
    upload(
        project, f"text,label\n{first},spam\nSomething else entirely,ham\n{again},ham\n".encode()
    )
    inspected()
    surveyed(project)
    repeat = Finding.objects.get(project=project, kind=Kind.REPEAT)
    assert (repeat.example, repeat.detail["of"]) == (of(project, again), str(of(project, first).pk))
    both = Finding.objects.filter(project=project, kind=Kind.CONTRADICTION)
    assert {finding.example.data["text"] for finding in both} == {first, again}


def test_what_was_set_aside_repeats_nothing_until_it_is_back(project):
    upload(project, b"text\nWhere is my parcel now\nWHERE is my parcel now\n")
    inspected()
    surveyed(project)
    assert health.counts(project) == {Kind.REPEAT: 1}
    first, repeat = project.examples.order_by("pk")
    gold.put_aside(repeat, aside=True)
    surveyed(project)
    assert health.counts(project) == {}
    assert not searching.chosen(project, {"finding": "repeat"}).exists()
    assert searching.chosen(project, {"finding": "repeat", "status": "set_aside"}).exists()
    gold.put_aside(repeat, aside=False)
    assert health.counts(project) == {Kind.REPEAT: 1}, "at once, before anybody looks again"
    gold.put_aside(first, aside=True)
    surveyed(project)
    assert not Finding.objects.filter(kind=Kind.REPEAT).exists()


def test_a_few_rows_in_another_language_are_found(project):
    english = [f"My parcel number {n} has not come to my house yet" for n in range(40)]
    upload(project, "\n".join(["text", *english, CHINESE[0]]).encode())
    inspected()
    inspection = surveyed(project)
    odd = Finding.objects.get(project=project, kind=Kind.LANGUAGE)
    assert (odd.example.data["text"], odd.detail) == (CHINESE[0], {"language": "zh"})
    assert inspection.notes["languages"]["en"] == 40


def test_near_texts_are_near_on_the_map_and_a_later_one_finds_its_place(project):
    upload(project, "\n".join(["text", *CHINESE]).encode())
    caught_up()
    surveyed(project)
    found = Embedding.objects.filter(project=project)
    assert all(0 <= e.x <= 1 and 0 <= e.y <= 1 for e in found)
    assert found.count() == 4
    upload(project, "text\n包裹什么时候到\n".encode())
    caught_up()
    assert of(project, "包裹什么时候到").embedding.x is not None
    assert not places.is_outgrown(project, CharacterNgrams.name, 5)


def test_a_project_wants_a_look_once_its_data_changed_and_is_quiet(project):
    upload(project, b"text\nOne of a few\n")
    assert project.pk not in surveying.wanting()
    inspected()
    assert project.pk in surveying.wanting()
    surveyed(project)
    caught_up()
    noting.note(project.pk, seconds=0)
    assert project.pk in surveying.wanting()  # the vectors are there now
    surveyed(project)
    noting.note(project.pk, seconds=0)
    assert project.pk not in surveying.wanting()
    later = timezone.now() + timedelta(seconds=5)
    Act.objects.create(project=project, deed=Deed.SET_ASIDE, finished_at=later)
    assert project.pk in surveying.wanting()  # what repeated may repeat nothing any more


def test_a_look_that_is_cancelled_stops_and_is_not_begun_by_itself(project, monkeypatch):
    monkeypatch.setattr(surveying, "BREATH", 0)
    upload(project, b"text\nOne of a few\n")
    inspected()
    surveying.queue(project.pk)
    claimed = Inspection.claim(project.pk)
    surveying.cancel(project.pk)
    surveying.look(claimed)
    assert Inspection.objects.get(project=project).state == State.CANCELLED
    assert project.pk not in surveying.wanting()


def test_the_nearest_are_the_same_by_the_graph_as_one_by_one(project, monkeypatch):
    upload(project, "\n".join(["text", *CHINESE, "我的包裹怎么还没有到"]).encode())
    caught_up()
    one = of(project, CHINESE[0])
    exactly = alike.nearest(one, 3)
    assert exactly[0][0] == of(project, "我的包裹怎么还没有到")
    monkeypatch.setattr(alike, "FEW", 0)
    assert [pk for pk, _cosine in alike.nearest(one, 3)] == [pk for pk, _cosine in exactly]
    Example.objects.filter(pk=exactly[0][0].pk).update(deleted_at=timezone.now())
    assert exactly[0][0] not in [found for found, _cosine in alike.nearest(one, 3)]


def test_a_look_that_fails_says_so_and_can_be_asked_for_again(project, monkeypatch):
    upload(project, b"text\nOne of a few\n")
    inspected()
    monkeypatch.setattr("projects.together.look", lambda survey: 1 / 0)
    assert surveyed(project).state == State.FAILED
    assert project.pk not in surveying.wanting()
    monkeypatch.undo()
    assert surveyed(project).state == State.DONE


def test_work_in_slices_while_people_are_here(monkeypatch):
    pauses = []
    monkeypatch.setattr(giving_way, "people_are_here", lambda: True)
    monkeypatch.setattr(giving_way.time, "sleep", pauses.append)
    pace = giving_way.Pace(96)
    assert pace.rows() == 8
    with pace.slice() as did:
        began = time.monotonic()
        while time.monotonic() - began < 0.02:
            pass
        did(8)
    assert pauses[0] >= 0.02 * (1 / giving_way.DUTY - 1)
    monkeypatch.setattr(giving_way, "people_are_here", lambda: False)
    assert pace.rows() == 96


def test_a_signed_in_page_says_that_someone_is_here(client, owner, monkeypatch):
    noted = []
    monkeypatch.setattr(giving_way.cache, "set", lambda *given: noted.append(given))
    client.get("/healthz")
    assert not noted
    client.force_login(owner)
    middleware = giving_way.HereMiddleware(lambda request: None)
    asked = client.get("/profile/").wsgi_request
    noted.clear()
    middleware(asked)
    middleware(asked)
    assert noted == [(giving_way.KEY, 1, giving_way.HERE_SECONDS)]
