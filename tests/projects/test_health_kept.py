"""What data health says while much is to come, what its fixes leave in use, and what ends it."""

import pytest

from labeling import review
from projects import due, health, plotting, surveying
from projects.models import Deed, Embedding, Finding, Kind
from tests.cast import upload
from tests.projects.test_acting import acted
from tests.projects.test_embedding import caught_up, of, surveyed

ALIKE = "where is my parcel number one two three four{}"


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def test_nothing_is_said_to_be_done_that_nobody_counted(page, project, monkeypatch):
    upload(project, b"text\n" + b"\n".join(b"number %d" % n for n in range(9)))
    monkeypatch.setattr(due, "COUNTED", 5)
    told = health.progress(project, 9)
    assert (told.indexed, told.inspected, told.embedded, told.busy) == (None, None, None, True)
    seen = page.get(f"/projects/{project.pk}/data/health/").content.decode()
    assert "very many are still to come" in seen and 'value="4"' not in seen
    listed = page.get(f"/projects/{project.pk}/data/?q=number").content.decode()
    assert "more than 5 examples" in listed
    monkeypatch.setattr(due, "COUNTED", 100)
    assert health.progress(project, 9).indexed == 0


def test_of_those_that_repeat_one_that_has_an_answer_stays_in_use(project, owner):
    texts = [ALIKE.format(end) for end in ("", "!", "?")]
    upload(project, f"text,label\n{texts[0]},\n{texts[1]},spam\n{texts[2]},\n".encode())
    caught_up()
    surveyed(project)
    found = Finding.objects.filter(project=project, kind=Kind.REPEAT)
    assert {one.detail["of"] for one in found} == {str(of(project, texts[1]).pk)}
    acted(project, owner, Deed.SET_ASIDE, {"finding": "repeat"})
    assert project.examples.get(set_aside=False).gold == {"label": "spam"}


def test_who_settles_a_contradiction_sees_it_no_more(project, owner):
    upload(project, f"text,label\n{ALIKE.format('')},ham\n{ALIKE.format('!')},spam\n".encode())
    caught_up()
    surveyed(project)
    assert health.counts(project)[Kind.CONTRADICTION] == 2
    review.settle(of(project, ALIKE.format("!")), {"label": "ham"}, owner)
    assert health.counts(project)[Kind.CONTRADICTION] == 1


def test_labels_as_suggested_are_worth_another_look(project, owner, monkeypatch):
    monkeypatch.setattr(surveying, "PAUSE", 0)
    upload(project, b"text\nhello there\n")
    caught_up()
    surveyed(project)
    assert not surveying.wanting(project.pk)
    acted(project, owner, Deed.ACCEPT)
    assert surveying.wanting(project.pk) == [project.pk]


def test_of_more_points_than_are_drawn_the_newest_are_drawn_as_well(project, monkeypatch):
    monkeypatch.setattr(plotting, "MOST_POINTS", 50)
    upload(project, b"text\n" + b"\n".join(b"number %d" % n for n in range(99)))
    for number, one in enumerate(project.examples.order_by("pk")):
        place = {"x": number / 100, "y": 0.5}
        vector = [1.0] * 384
        Embedding.objects.create(example=one, project=project, model="m", vector=vector, **place)
    drawn = [x for x, *_ in plotting.points(project)["points"]]
    assert len(drawn) <= 50 and sum(x >= 0.5 for x in drawn) >= len(drawn) / 4


def test_exact_repeats_are_counted_though_they_are_no_second_example(page, project):
    upload(project, b"text\none\none\ntwo\n")
    upload(project, b"text\none\n")
    upload(project, b"text\none\n", dry_run=True)
    seen = page.get(f"/projects/{project.pk}/data/health/").content.decode()
    assert "Exact repeats in files: 2 rows" in seen
