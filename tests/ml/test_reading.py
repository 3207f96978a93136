"""What reading tells of a file besides its rows, and what a person may say of it."""

import gzip
import io
import json
import time
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from ml import reading
from ml.reading import Detected, Options, Problem, limits
from tests.odd.sheets import TABLE, book


def detected(tmp_path, content, name="a.csv", **said):
    path = tmp_path / "upload"
    path.write_bytes(content)
    return path, reading.detect(path, name, Options(**said))


def test_what_was_detected_is_json_and_enough_to_read_by(tmp_path):
    path, found = detected(tmp_path, b"text;label\na;b\n")
    kept = json.loads(json.dumps(found.as_json()))
    assert (kept["format"], kept["encoding"], kept["delimiter"], kept["quote"], kept["header"]) == (
        ("csv", "utf-8", ";", '"', True)
    )
    assert [row.values for row in reading.rows(path, Detected(**kept))] == [
        {"text": "a", "label": "b"}
    ]


def test_what_was_kept_of_an_upload_long_ago_is_still_enough(tmp_path):
    path, _ = detected(tmp_path, b"text,label\na,b\n")
    old = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "columns": ["text", "label"]}
    assert [row.values for row in reading.rows(path, Detected(**old))] == [
        {"text": "a", "label": "b"}
    ]


def test_it_tells_the_sheets_that_there_are_and_the_one_it_took(tmp_path):
    _, found = detected(tmp_path, book(Notes=[], Data=TABLE, More=TABLE), "a.xlsx")
    assert (found.sheet, found.sheets) == ("Data", ["Notes", "Data", "More"])


def test_a_row_says_which_file_of_an_archive_it_is_from(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("d/one.csv", "text\na\nb\n")
        archive.writestr("d/two.csv", "text\nc\n")
        archive.writestr("d/notes.md", "# Notes")
    path, found = detected(tmp_path, out.getvalue(), "a.zip")
    told = [(row.number, row.values["text"], row.origin) for row in reading.rows(path, found)]
    assert told == [(1, "a", "d/one.csv"), (2, "b", "d/one.csv"), (3, "c", "d/two.csv")]
    assert (found.packed, found.passed) == ("zip", ["notes.md"])


def test_a_problem_in_an_archive_has_the_number_that_counts_over_all_its_files(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1.csv", "text,label\na,b\n")
        archive.writestr("2.csv", "text,label\nc,d,e\n")
    items = list(reading.rows(*detected(tmp_path, out.getvalue(), "a.zip")))
    assert isinstance(items[1], Problem)
    assert "Row 2 has 3 columns" in str(items[1].why)


def test_whose_export_it_is_is_told(tmp_path):
    tasks = [{"data": {"text": "a"}, "annotations": [], "predictions": []}]
    assert detected(tmp_path, json.dumps(tasks).encode(), "a.json")[1].dialect == "label-studio"
    assert detected(tmp_path, b'["a", "b"]', "a.json")[1].columns == ["text"]


def test_nested_keys_are_offered_behind_those_at_the_top(tmp_path):
    line = b'{"meta": {"who": {"name": "N"}}, "text": "a"}'
    assert detected(tmp_path, line, "a.jsonl")[1].columns == (
        ["meta", "text", "meta.who", "meta.who.name"]
    )


def test_a_header_that_is_data_is_data_if_a_person_says_so(tmp_path):
    content = b"good,a\nbad,b\n"
    assert detected(tmp_path, content)[1].columns == ["good", "a"]
    assert detected(tmp_path, content, header=False)[1].columns == ["column 1", "column 2"]


def test_a_sheet_reads_as_another_library_reads_it(tmp_path):
    rows = [["text", "n"], *([f"text {n} 三", n / 8] for n in range(200)), ["last", -1e-7]]
    path, found = detected(tmp_path, book(S=rows), "a.xlsx")
    theirs = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("S").to_python()
    ours = [[row.values["text"], float(row.values["n"])] for row in reading.rows(path, found)]
    assert ours == theirs[1:]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_a_hundred_thousand_rows_take_less_than_a_blink(tmp_path, name):
    row = {"text": "x" * 110, "label": "spam"}
    line = json.dumps(row)
    content = {
        "a.csv": "text,label\n" + f"{row['text']},spam\n" * 100_000,
        "a.jsonl": f"{line}\n" * 100_000,
        "a.json": f"[{','.join([line] * 100_000)}]",
    }[name]
    started = time.process_time()
    path, found = detected(tmp_path, content.encode(), name)
    assert sum(1 for _ in reading.rows(path, found)) == 100_000
    assert time.process_time() - started < 3  # a fifth of it where nothing else runs


def test_what_unpacks_is_bounded_whatever_it_says_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "INFLATED", 1000)
    with pytest.raises(reading.UnreadableFile, match="Unpacked, this file holds more than"):
        detected(tmp_path, gzip.compress(b"text\n" + b"a,\n" * 1000), "a.csv.gz")


def test_what_must_be_unpacked_to_be_read_leaves_no_file_behind(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.xlsx", book(S=TABLE))
    path, found = detected(tmp_path, out.getvalue(), "a.zip")
    reads = reading.rows(path, found)
    assert next(reads).number == 1
    assert [one.name for one in tmp_path.iterdir()] == ["upload"]  # nor while it is read
