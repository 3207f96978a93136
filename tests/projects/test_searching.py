"""What a search finds, and that the index follows behind whatever happens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.exceptions import ValidationError

from accounts import tokens
from ml import lexemes
from projects import due, founding, indexing, leafing, searching
from projects.models import Entry, Example, Project, Stage
from tests.cast import upload


def found(project: Project, **asked: str) -> set[str]:
    return {example.data["text"] for example in searching.chosen(project, asked)}


@pytest.fixture
def texts(project):
    upload(
        project,
        "text,label\nMy parcel is late,spam\nLate parcels annoy me,ham\n"
        "我的退款单还没有到,\n请退回单子和款项,\nIt's the café's bill,\n".encode(),
    )
    return project


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("parcel", 1),
        ("LATE", 2),
        ("late parcel", 1),
        ("parc", 0),
        ("退款", 1),
        ("退款单", 1),
        ("单", 2),
        ("退回款项", 0),
        ("CAFÉ", 1),
        ("' & !", 0),
        ("it\\'s", 1),
    ],
    ids=["word", "case", "all", "whole", "two", "three", "one", "apart", "accent", "none", "quote"],
)
def test_it_finds_whole_words_and_any_stretch_of_chinese(texts, words, count):
    assert len(found(texts, q=words)) == count


def test_a_list_of_the_api_goes_the_same_way_as_the_page(texts, client, owner):
    """Sizes and cursors are no filters: of many rows, a word is looked up and never walked to."""
    header = {"HTTP_AUTHORIZATION": f"Bearer {tokens.make(owner, 'search')}"}
    address = f"/api/v1/projects/{texts.pk}/examples/?q=parcel&page_size=50&order=-id"
    with CaptureQueriesContext(connection) as asked:
        said = client.get(address, **header).json()
    assert len(said["results"]) == 1
    looked_up = [one["sql"] for one in asked if "@@" in one["sql"]]
    assert looked_up
    assert not any("JOIN" in sql for sql in looked_up)


def test_words_and_a_filter_together_narrow_each_other(texts):
    for order in ("id", "-id"):
        leaf = leafing.leaf(texts, {"q": "late", "label": "spam"}, order=order, size=1)
        assert [one.data["text"] for one in leaf.examples] == ["My parcel is late"]
        assert leaf.after is None


def test_what_is_found_belongs_to_the_project(texts, owner):
    other = Project.objects.create(name="Other", task="text-classification", created_by=owner)
    upload(other, b"text\nMy parcel is late\n")
    assert len(found(texts, q="parcel")) == 1


def test_the_index_catches_up_with_what_was_not_indexed_at_once(project, monkeypatch):
    monkeypatch.setattr(indexing, "SMALL", 0)
    upload(project, b"text\nfirst parcel\nsecond parcel\n")
    assert not found(project, q="parcel")
    while indexing.catch_up(1):
        pass
    assert len(found(project, q="parcel")) == 2
    assert due.waiting(project)[Stage.INDEX] == 0
    assert due.waiting(project)[Stage.INSPECT] == 2


def test_what_is_due_of_a_deleted_project_waits_until_it_is_brought_back(
    project, owner, monkeypatch
):
    monkeypatch.setattr(indexing, "SMALL", 0)
    upload(project, b"text\nfirst parcel\n")
    founding.delete(project, owner)
    assert due.next_project(Stage.INDEX) is None and not indexing.catch_up(1)
    founding.bring_back(project, owner)
    while indexing.catch_up(1):
        pass
    assert len(found(project, q="parcel")) == 1


def test_an_example_that_is_gone_meanwhile_stops_nothing(project, monkeypatch):
    monkeypatch.setattr(indexing, "SMALL", 0)
    upload(project, b"text\nfirst parcel\nsecond parcel\n")
    Example.objects.filter(data__text__startswith="first").delete()
    indexing.catch_up(1)
    assert Entry.objects.filter(project=project).count() == 1


def test_a_text_longer_than_an_entry_holds_is_found_by_its_beginning():
    text = " ".join(f"word{number}" for number in range(20_000))
    assert "word1" in lexemes.of(text)
    assert "word19999" not in lexemes.of(text)


@pytest.mark.parametrize(
    "asked",
    [{"status": "no"}, {"longer": "-1"}, {"region": "a"}, {"region": "0,0 9,9 1,1"},
     {"annotator": "me"}, {"finding": "no"}],
    ids=["status", "length", "region", "outside", "annotator", "finding"],
)  # fmt: skip
def test_what_cannot_be_asked_is_named(project, asked):
    with pytest.raises(ValidationError):
        searching.chosen(project, asked)
