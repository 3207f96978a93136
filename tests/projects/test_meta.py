"""Other columns of a file stay beside the example: on its page, in exports, and back again."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from projects import meta
from projects.models import Deed, Project
from tests.cast import csv_file, upload
from tests.projects.test_acting import acted
from tests.projects.test_masking import undone
from tests.projects.test_round_trips import FORMS, out
from tests.projects.test_whole_rounds import WRITTEN
from tests.projects.wizard import decide, send, work

FILE = b"text,label,ticket,from\nhello there,spam,T-1,Ann\nsee you,ham,T-2,\n"


def kept(project) -> list:
    found = project.examples.order_by("pk").values_list("origin", flat=True)
    return [one.get("meta") for one in found]


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def test_what_is_neither_data_nor_answer_is_kept_beside_them(project):
    done = upload(project, FILE)
    assert kept(project) == [{"ticket": "T-1", "from": "Ann"}, {"ticket": "T-2"}]
    assert done.report[meta.COUNT] == 2
    assert project.examples.first().data == {"text": "hello there"}


def test_nothing_is_where_there_is_nothing(project):
    done = upload(project, b"text,label\nhello,spam\n")
    assert kept(project) == [None] and meta.COUNT not in done.report


def test_nested_keys_are_kept_by_their_paths_and_the_text_not_twice(project):
    line = {"body": {"text": "hello", "author": {"name": "Ann"}}, "n": 3, "tags": ["a", None]}
    mapped = {"text": "body.text"}
    upload(project, json.dumps(line).encode() + b"\n", "a.jsonl", mapping=mapped)
    assert kept(project) == [{"body.author.name": "Ann", "n": 3, "tags": ["a", None]}]


def test_counted_candidates_are_data(owner):
    one = Project.objects.create(name="R", task="text-ranking", created_by=owner)
    upload(one, b"query,candidate_1,candidate_2,candidate_x\nq,a,b,c\n")
    assert kept(one) == [{"candidate_x": "c"}]


def test_a_person_sees_them_before_and_can_leave_them_out(page, project):
    sent = send(page, project, FILE)
    looked = work(sent)
    seen = page.get(sent.url).content.decode()
    assert "Keep the other columns, too" in seen and '<li class="chip">ticket</li>' in seen
    decide(page, looked, with_meta="")
    work(sent)
    assert kept(project) == [None, None]
    again = send(page, project, FILE.replace(b"hello", b"hi"), "next.csv")
    assert not work(again).with_meta, "as last time"
    assert "Keep the other" not in page.get(send(page, project, b"text\na\n").url).content.decode()


@pytest.mark.parametrize(
    ("asked", "found"), [({}, {"ticket": "T-1", "from": "Ann"}), ("leave", None)]
)
def test_programs_say_so_too(project, owner, speak, asked, found):
    said = {"other_columns": asked} if asked else {}
    address = f"/api/v1/projects/{project.pk}/uploads/"
    made = speak(owner).post(address, {"file": csv_file(FILE), **said}, format="multipart").json()
    work(type("Sent", (), {"url": f"/{made['id']}/"}))
    assert kept(project)[0] == found
    shown = speak(owner).get(f"/api/v1/examples/{project.examples.first().pk}/").json()
    assert shown["provenance"].get("meta") == found


def test_the_page_of_an_example_shows_them(page, project):
    many = {f"c{n}": "<b>x</b>" for n in range(40)} | {"text": "hello"}
    upload(project, json.dumps(many).encode() + b"\n", "a.jsonl")
    example = project.examples.get()
    seen = page.get(f"/projects/{project.pk}/data/examples/{example.pk}/").content.decode()
    assert "What else the file says" in seen and "&lt;b&gt;x&lt;/b&gt;" in seen
    assert "And 10 columns more" in seen


def test_more_than_can_be_kept_is_said_and_costs_no_row(page, project):
    done = upload(project, b"text,label,long\nhello,spam," + b"x" * 30_000 + b"\nbye,ham,short\n")
    assert (done.examples_created, done.rejected) == (2, 0)
    assert kept(project) == [None, {"long": "short"}]
    assert "more than 20,000" in done.problems[0]["reason"]


def test_what_no_database_keeps_is_replaced(project):
    line = r'{"text": "hello", "n\u0000": "\ud800x", "deep": ' + "[" * 200 + "]" * 200 + "}"
    done = upload(project, f"{line}\n".encode(), "a.jsonl")
    assert done.examples_created == 1
    assert kept(project)[0]["n\ufffd"] == "?x"


def test_masking_masks_them_and_its_undo_brings_them_back(project, owner):
    upload(project, b"text,label,from\nwrite to ann@example.org,spam,ann@example.org\n")
    act = acted(project, owner, Deed.MASK, kinds=["e-mail"])
    assert kept(project) == [{"from": "[e-mail]"}]
    undone(act)
    assert kept(project) == [{"from": "ann@example.org"}]


@pytest.mark.parametrize("form", FORMS)
def test_they_go_out_and_come_in_again(project, owner, form):
    upload(project, FILE)
    project.examples.update(is_test=False)  # of one split, they go out in the order of the file
    other = Project.objects.create(name="Two", task=project.task, labels=project.labels)
    done = upload(other, *out(project, form))
    assert done.problems == []
    found = [{n: v for n, v in one.items() if n != "id"} for one in kept(other)]
    assert found == [{"ticket": "T-1", "from": "Ann"}, {"ticket": "T-2"}]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda name: name.strip() == name and not name.startswith("\ufeff")
)
VALUES = st.recursive(
    st.one_of(WRITTEN, st.integers(-(2**60), 2**60), st.booleans()),
    lambda inner: st.lists(inner, min_size=1, max_size=3),
    max_leaves=4,
)
RESERVED = {"text", "label", "spans", "meta", "id", "answer", "data"}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(beside=st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_whatever_stands_there_comes_back(owner, form, beside):
    beside = {name: value for name, value in beside.items() if name not in RESERVED}
    one, two = (
        Project.objects.create(name=n, task="text-classification", created_by=owner) for n in "12"
    )
    line = {"text": "hello", **beside}
    mapped = {"text": "text", "label": None}
    upload(one, json.dumps(line).encode() + b"\n", "a.jsonl", mapping=mapped)
    assert kept(one) == [beside or None]
    upload(two, *out(one, form))
    assert kept(two) == [beside or None]
