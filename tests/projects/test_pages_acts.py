"""By pages: many examples at once, the way back, filters with names, plots and the map."""

import re
from uuid import uuid4

import pytest

from projects import gauging
from projects.models import Act, Embedding, Example, Project, Role
from tests.cast import join, person, rows, upload


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def at(project, rest=""):
    return f"/projects/{project.pk}/data/{rest}"


def done(page, project, **said):
    """Send the form of the bulk bar, and see the page of the act."""
    answer = page.post(at(project, "acts/"), {"scope": "all", **said}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_that_a_filter_shows_is_set_aside_and_brought_back(page, project):
    upload(project, rows(20))
    seen = done(page, project, deed="set_aside", filtered="label=spam")
    assert "Changed: 10 of 10." in seen
    assert project.examples.filter(status="set_aside").count() == 10
    undo = re.search(r'action="([^"]+/undo/)"', seen)[1]
    back = page.post(undo, follow=True).content.decode()
    assert "Everything is as it was before." in back
    assert not project.examples.filter(status="set_aside").exists()


def test_only_what_is_ticked_is_labelled(page, project):
    upload(project, b"text\n" + b"\n".join(b"number %d" % n for n in range(20)))
    ticked = [str(one.pk) for one in project.examples.filter(is_test=False)[:3]]
    seen = done(page, project, deed="annotate", scope="selected", id=ticked, label="ham")
    assert "Changed: 3 of 3." in seen and "Label: ham" in seen
    assert project.examples.filter(gold={"label": "ham"}).count() == 3


MANY = "multi-label-classification"


def test_several_labels_at_once_or_none_of_them(page, project):
    Project.objects.filter(pk=project.pk).update(task=MANY)
    upload(project, b"text\n" + b"\n".join(b"number %d" % n for n in range(30)))
    seen = page.get(at(project)).content.decode()
    assert '<input type="checkbox" name="labels" value="spam">' in seen
    one, other, third = [str(each.pk) for each in project.examples.filter(is_test=False)[:3]]
    only = {"deed": "annotate", "scope": "selected", "explicit": "1"}
    done(page, project, **only, id=one, labels=["ham", "spam"])
    done(page, project, **only, id=other, none="1")
    for unsaid in ({}, {"none": "1", "labels": "ham"}):
        assert "or none of them" in done(page, project, **only, id=third, **unsaid)
    golds = dict(project.examples.filter(gold__isnull=False).values_list("pk", "gold"))
    assert {str(pk): gold["labels"] for pk, gold in golds.items()} == {
        one: ["spam", "ham"], other: [],
    }  # fmt: skip


@pytest.mark.parametrize("task", ["token-classification", "text-generation", "text-ranking"])
def test_what_no_answer_fits_all_of_is_not_labelled_at_once(page, project, task):
    Project.objects.filter(pk=project.pk).update(task=task)
    Example.objects.create(project=project, data={"text": "a", "prompt": "a"}, digest=b"a")
    seen = page.get(at(project)).content.decode()
    assert "All that" not in seen and 'value="set_aside"' in seen
    assert 'value="annotate"' not in seen
    assert "notice" in done(page, project, deed="annotate", response="x", labels="ham")
    assert not Act.objects.exists()


def test_how_many_a_filter_means_is_said_before(page, project, monkeypatch):
    upload(project, rows(20))
    assert "(10)</output>" in page.get(at(project) + "?label=spam").content.decode()
    listed = page.get(at(project) + "?longer=3").content.decode()
    part = re.search(r'hx-get="(\?longer=3&amp;part=meant)"', listed)[1].replace("&amp;", "&")
    assert "(20)" in page.get(at(project) + part).content.decode()
    monkeypatch.setattr(gauging, "MOST", 5)
    assert "(about " in page.get(at(project) + part).content.decode()


def test_nothing_ticked_means_nothing_done(page, project):
    upload(project, rows(4))
    seen = done(page, project, deed="delete", scope="selected", id="no id")
    assert "Tick the examples first" in seen
    assert not Act.objects.exists()


@pytest.mark.parametrize(
    "said",
    [{"deed": "annotate", "label": "none"}, {"deed": "tag", "tag": " "}, {"deed": "fly"},
     {"deed": "assign", "person": str(uuid4())}, {"deed": "mend"}],
    ids=["label", "tag", "deed", "person", "mend"],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_changes_nothing(page, project, said):
    upload(project, rows(4))
    seen = done(page, project, **said)
    assert "notice" in seen and not Act.objects.exists()


@pytest.mark.parametrize(
    ("role", "deed", "count"),
    [(Role.REVIEWER, "set_aside", 1), (Role.REVIEWER, "delete", 0), (Role.MANAGER, "delete", 1)],
)
def test_each_deed_asks_for_its_role(client, project, role, deed, count):
    upload(project, rows(4))
    helper = person("helper@example.org")
    join(project, helper, role)
    client.force_login(helper)
    client.post(at(project, "acts/"), {"deed": deed, "scope": "all"})
    assert Act.objects.count() == count


def test_an_assigned_example_is_given_to_nobody_else(page, project, member, owner):
    from labeling import queue

    upload(project, b"text\none\ntwo\n")
    done(page, project, deed="assign", person=str(member.pk))
    assert queue.next_for(owner, project) is None
    assert queue.next_for(member, project) is not None


def test_several_people_get_equal_shares_and_undo_gives_all_back(page, project, member, owner):
    upload(project, rows(11))
    third = person("third@example.org")
    join(project, third, Role.ANNOTATOR)
    project.examples.filter(pk=project.examples.first().pk).update(assignee=owner)
    before = dict(project.examples.values_list("pk", "assignee"))
    people = [str(one.pk) for one in (member, owner, third)]
    seen = done(page, project, deed="assign", person=people)
    assert "member@example.org, owner@example.org, third@example.org" in seen
    shares = [project.examples.filter(assignee=one).count() for one in people]
    assert sorted(shares) == [3, 4, 4]
    page.post(at(project, f"acts/{Act.objects.get().pk}/undo/"))
    assert dict(project.examples.values_list("pk", "assignee")) == before


def test_shares_in_percent_and_what_is_left_over_is_anyones(page, project, member, owner):
    upload(project, rows(20))
    project.examples.update(assignee=owner)
    shares = {f"share-{member.pk}": "50", f"share-{owner.pk}": "20"}
    seen = done(page, project, deed="assign", person=str(owner.pk), **shares)
    assert "owner@example.org 20 %, member@example.org 50 %" in seen
    counts = [project.examples.filter(assignee=one).count() for one in (member, owner, None)]
    assert counts == [10, 4, 6]


@pytest.mark.parametrize("shares", [("70", "40"), ("0", ""), ("100", ""), ("x", "5"), ("-3", "5")])
def test_shares_that_make_no_sense_are_refused(page, project, member, owner, shares):
    upload(project, rows(4))
    named = {f"share-{one.pk}": share for one, share in zip((member, owner), shares, strict=True)}
    both = [str(member.pk), str(owner.pk)]
    seen = done(page, project, deed="assign", person=both, **named)
    assert "no more than 100 together" in seen and not Act.objects.exists()


def test_a_share_for_someone_outside_is_refused(page, project, member, stranger):
    upload(project, rows(4))
    seen = done(page, project, deed="assign", person=[str(member.pk), str(stranger.pk)])
    assert "not in the project" in seen and not Act.objects.exists()


def test_a_filter_with_a_name_can_be_used_and_forgotten(page, project):
    upload(project, rows(10))
    answer = page.post(
        at(project, "filters/"), {"filtered": "label=spam&status=labeled", "name": "<Junk>"}
    )
    assert answer["Location"].endswith("?status=labeled&label=spam")
    sent = {"filtered": "label=ham", "name": "Long ham", "order": "-length"}
    assert page.post(at(project, "filters/"), sent)["Location"].endswith("?label=ham&order=-length")
    assert "?label=ham&amp;order=-length" in page.get(at(project)).content.decode()
    page.post(at(project, "filters/"), {**sent, "order": "nonsense"})
    assert project.saved_filters.get(name="Long ham").filters == {"label": "ham"}
    project.saved_filters.filter(name="Long ham").delete()
    seen = page.get(at(project)).content.decode()
    assert "&lt;Junk&gt;" in seen and "label=spam&amp;status=labeled" in seen
    page.post(at(project, f"filters/{project.saved_filters.get().pk}/forget/"))
    assert not project.saved_filters.exists()


@pytest.mark.parametrize(
    "asked",
    ["length", "-length", "unsure", "-disagreed", "-id"],
)
def test_every_order_leafs_through_all(page, project, asked):
    upload(project, rows(120))
    seen, address = [], f"?order={asked}"
    while address:
        text = page.get(at(project) + address).content.decode()
        seen += re.findall(r'href="[^"]+/data/examples/([^/]+)/"', text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        address = found and found[1].replace("&amp;", "&")
    expected = 0 if asked == "unsure" else 120
    assert len(seen) == len(set(seen)) == expected


def test_the_map_comes_as_points_and_a_region_is_a_filter(page, project):
    upload(project, rows(4))
    for number, one in enumerate(project.examples.order_by("pk")):
        place = (number + 0.5) / 4
        Embedding.objects.create(
            example=one, project=project, model="m", vector=[1.0] * 384, x=place, y=place
        )
    points = page.get(at(project, "map/points/")).json()
    assert len(points["points"]) == points["of"] == 4
    seen = page.get(at(project) + "?region=0,0 0.5,0 0.5,0.5 0,0.5").content.decode()
    assert seen.count("unfolds") == 2 and "a region of the map" in seen
    one = project.examples.order_by("pk").first()
    assert page.get(at(project) + f"?like={one.pk}").content.decode().count("unfolds") == 3


@pytest.mark.parametrize(
    ("task", "gold", "place"),
    [
        ("multi-label-classification", {"labels": ["ham"]}, 1),
        ("multi-label-classification", {"labels": []}, -1),
        ("token-classification", {"spans": [
            {"start": at, "end": at + 1, "label": label, "text": "x"}
            for at, label in enumerate(["spam", "ham", "ham"])
        ]}, 1),
        ("text-generation", {"response": "x"}, -1),
    ],
)  # fmt: skip
def test_a_point_has_the_colour_of_its_foremost_label(page, project, task, gold, place):
    Project.objects.filter(pk=project.pk).update(task=task)
    one = Example.objects.create(project=project, data={"text": "xxx"}, digest=b"x", gold=gold)
    Embedding.objects.create(
        example=one, project=project, model="m", vector=[1.0] * 384, x=0.5, y=0.5
    )
    assert page.get(at(project, "map/points/")).json()["points"] == [[0.5, 0.5, place, 0]]


def test_plots_say_what_is_there(page, project):
    assert "No map yet" in page.get(at(project, "map/")).content.decode()
    assert page.get(at(project, "plots/")).status_code == 200
    upload(project, rows(4))
    seen = page.get(at(project, "plots/")).content.decode()
    assert "?label=spam" in seen and "Arrivals" in seen
