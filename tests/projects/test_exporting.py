"""What goes out comes in again, to the letter."""

import csv
import io
import json
import zipfile

import pyarrow.parquet
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ml import passages
from ml.reading import tagged
from projects import exporting, gold, searching
from projects.exporting import rows as lines
from projects.exporting.formats import xlsx
from projects.models import Annotation
from tests.cast import rows, upload
from tests.projects.exported import give, held, out, twin

ODD = [
    '=HYPERLINK("http://example.org","x")',
    "+1 -1 @SUM(A1)",
    "-dash first",
    "@at first",
    "\ttab first",
    "comma, \"quote\" and 'apostrophe'",
    '"""',
    "semi;colon|pipe\tand tab",
    "line one\nline two\n\nline four",
    "  blanks around  ",
    "\n",
    "\u3000 full width",
    "👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇨🇳",
    "中文，标点。「引号」",
    "é e\u0301 \u1100\u1161\u11a8 Å A\u030a",
    "שלום \u202eabc\u202c مرحبا",
    "<r><t>not rich</t></r>",
    "<b>&amp; &lt; ]]></b>",
    "_x0041_ _x005F_ _xD83D_",
    "\\ back \\n slash \\\\",
    "{json: [1]}",
    '{"text": "inside"}',
    "null",
    "NaN",
    "TRUE",
    "007",
    "1e5",
    "2026-11-24",
    "text",
    "label",
    "\x01\x1f\x7f\x85",
    "\u2028 and \u2029",
    "\ufeff first",
    "\ufffe \uffff",
    "# comment",
    "-DOCSTART-",
    "'apostrophe first",
    "%s {0} %(x)s",
]
FORMS = ["jsonl", "csv", "parquet", "xlsx", "label-studio", "doccano", "hf"]


@pytest.mark.parametrize("form", FORMS)
def test_odd_texts_come_back_to_the_letter(project, form):
    give(project, [text for text in ODD if text.strip()])
    content, name = out(project, form)
    again = twin(project)
    read = upload(again, content, name)
    assert read.problems == []
    assert held(again) == held(project)


SIGNS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r")
TEXTS = st.lists(st.text(SIGNS, min_size=1).filter(str.strip), min_size=1, max_size=12, unique=True)


@pytest.mark.parametrize("form", FORMS)
@hypothesis_settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=TEXTS)
def test_any_text_comes_back_to_the_letter(project, form, texts):
    project.examples.all().delete()
    give(project, texts)
    content, name = out(project, form)
    again = twin(project)
    assert upload(again, content, name).problems == []
    assert held(again) == held(project)


@pytest.mark.parametrize("form", FORMS)
def test_answers_that_begin_late_come_back(project, form):
    lines = [{"text": f"a text {n}"} for n in range(120)] + [{"text": "last"}]
    upload(project, "\n".join(map(json.dumps, lines)).encode(), "rows.jsonl")
    Annotation.record(project.examples.get(data__text="last"), {"label": "spam"}, None, "import")
    gold.settle([project.examples.get(data__text="last").pk])
    content, name = out(project, form)
    again = twin(project)
    upload(again, content, name)
    assert held(again) == held(project)


def test_a_spreadsheet_takes_no_cell_for_a_formula(project):
    give(project, ["=1+1", "+1", "-1", "@x", "plain"])
    content, name = out(project, "csv", safe=True)
    assert name == "examples-for-spreadsheets.csv"
    cells = [line[1] for line in csv.reader(io.StringIO(content.decode("utf-8-sig")))][1:]
    assert cells == ["'=1+1", "'+1", "'-1", "'@x", "plain"]
    assert b"\n" in content and out(project, "csv")[0].splitlines()[1].endswith(b",=1+1,ham")


def test_a_sheet_that_is_full_goes_on_to_the_next(project, monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET", 4)
    give(project, [f"text {n}" for n in range(9)])
    content, _ = out(project, "xlsx")
    sheets = [n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if "worksheets/" in n]
    assert len(sheets) == 3
    assert b"<f>" not in b"".join(zipfile.ZipFile(io.BytesIO(content)).read(n) for n in sheets)


def test_a_text_that_no_cell_holds_is_refused_and_never_cut(project, owner, speak):
    give(project, ["\U0001f600" * 16_383, "x" * 32_767])
    assert exporting.FORMATS["xlsx"].why_not(exporting.asked(project, {})) == ""
    give(project, ["\U0001f600" * 16_384])
    refused = speak(owner).get(f"/api/v1/projects/{project.pk}/export/?format=xlsx")
    assert refused.status_code == 400 and "32,767" in refused.json()["errors"]["format"][0]


def test_parquet_tells_all_that_is_known(project):
    give(project, ["one", "two"])
    table = pyarrow.parquet.read_table(io.BytesIO(out(project, "parquet")[0])).to_pylist()
    assert set(table[0]) == {
        *("id", "text", "label", "status", "source", "test", "annotations", "tags")
    }
    assert json.loads(table[0]["annotations"])[0]["answer"] == {"label": "ham"}
    assert table[1]["label"] is None


def test_a_hugging_face_data_set_keeps_the_test_set_apart(project):
    upload(project, rows(60))
    archive = zipfile.ZipFile(io.BytesIO(out(project, "hf")[0]))
    card = archive.read("README.md").decode()
    head = card.split("---\n")[1]
    assert "- split: test\n    path: data/test-*" in head
    assert "class_label:\n        names:\n          '0': \"spam\"\n          '1': \"ham\"" in head
    test = pyarrow.parquet.read_table(io.BytesIO(archive.read("data/test-00000-of-00001.parquet")))
    decided = project.examples.filter(is_test=True).values_list("pk", flat=True)
    assert set(test["id"].to_pylist()) == set(map(str, decided))
    told = json.loads(test.schema.metadata[b"huggingface"])["info"]["features"]
    assert told["label"] == {"names": ["spam", "ham"], "_type": "ClassLabel"}


def test_only_marked_passages_go_out_as_conll(project, owner, speak):
    give(project, ["one"])
    refused = speak(owner).get(f"/api/v1/projects/{project.pk}/export/?format=conll")
    assert refused.status_code == 400 and "marked passages" in refused.json()["errors"]["format"][0]


def test_passages_become_tags_and_passages_again():
    text = "Ada Lovelace lived in London, not in 北京."
    spans = [
        {"start": 0, "end": 12, "label": "PER"},
        {"start": 22, "end": 28, "label": "LOC"},
        {"start": 37, "end": 39, "label": "LOC"},
    ]
    lines = passages.lines(text, spans)
    assert lines.startswith("Ada\tB-PER\nLovelace\tI-PER\nlived\tO\n") and lines.endswith("\n\n")
    pairs = [tuple(line.split("\t")) for line in lines.splitlines() if line]
    found = tagged.joined(pairs)["spans"]
    assert [(one["text"], one["label"]) for one in found] == [
        ("Ada Lovelace", "PER"),
        ("London", "LOC"),
        ("北京", "LOC"),
    ]


def test_what_a_filter_shows_is_what_goes_out(project, owner, speak):
    give(project, ["one", "two", "three", "four"])
    client, address = speak(owner), f"/api/v1/projects/{project.pk}/export/"
    lines = b"".join(client.get(f"{address}?format=csv&status=unlabeled")).splitlines()
    assert [line.split(b",")[1] for line in lines] == [b"text", b"three", b"four"]
    assert client.get(f"{address}?label=zebra").status_code == 400
    assert client.get(f"{address}?formulas=wild").status_code == 400
    chosen = searching.chosen(project, {"label": "spam"})
    (row,) = map(json.loads, b"".join(exporting.streamed(project, "jsonl", chosen)).splitlines())
    assert row["data"] == {"text": "two"}


@pytest.mark.parametrize("count", [30, 230])
def test_long_texts_that_follow_short_ones_make_no_page_grow(project, monkeypatch, count):
    monkeypatch.setattr(lines, "BYTES", 20_000)
    long = ["x" * 3000 + str(n) for n in range(40)]
    give(project, [f"short {n}" for n in range(count)] + long)
    found = list(lines.pieces(exporting.asked(project, {})))
    texts = [json.loads(line)["data"]["text"] for line in b"".join(found).splitlines()]
    assert sorted(texts) == sorted(project.examples.values_list("data__text", flat=True))
    # Beside the data each line holds its id and who said what.
    assert max(map(len, found)) < 20_000 + 3000 + 500 * max(piece.count(b"\n") for piece in found)
    assert max(piece.count(b"x" * 3000) for piece in found) <= 7


def test_a_deleted_example_does_not_go_out(project):
    give(project, ["one", "two"])
    gone = project.examples.get(data__text="one")
    type(gone).objects.filter(pk=gone.pk).update(deleted_at=timezone.now(), status="deleted")
    assert len(out(project, "jsonl")[0].splitlines()) == 1
