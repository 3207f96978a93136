"""What a look shows of a file can be said otherwise, and is remembered for the next one like it."""

import csv
import io
import subprocess
import sys
import zipfile
from uuid import uuid4

import pytest
import xlsxwriter

from projects.models import Upload
from tests.cast import csv_file, rows, upload
from tests.projects.wizard import decide, send, work

RUSSIAN, KOI8 = "\u0411\u044b\u043b\u043e", {"read_encoding": "koi8-r"}


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def seen(page, sent):
    return page.get(sent.url).content.decode()


def test_another_encoding_is_looked_at_before_anything_is_imported(page, project):
    sent = send(page, project, f"text,label\n{RUSSIAN},spam\n".encode("koi8-r"))
    decide(page, work(sent), **KOI8)
    again = work(sent)
    assert again.dry_run and again.options == {"encoding": "koi8-r"}
    assert RUSSIAN in seen(page, sent)
    decide(page, again, **KOI8)
    work(sent)
    assert project.examples.get().data == {"text": RUSSIAN}


def test_a_wrong_encoding_is_said_and_can_be_taken_back(page, project):
    sent = send(page, project, "text,label\nschön,spam\n")
    decide(page, work(sent), act="look", read_encoding="utf-16")
    assert work(sent).state == "failed"
    assert "not in the encoding utf-16" in seen(page, sent)
    decide(page, Upload.objects.get(), act="look")
    assert work(sent).state == "done"


@pytest.mark.parametrize(
    ("content", "said", "columns"),
    [
        ("a;b,spam\nc;d,ham\n", {"read_delimiter": "1"}, ["a", "b,spam"]),
        ("hello,spam\nbye,ham\n", {"read_header": "no"}, ["column 1", "column 2"]),
        ("text,label\n'x',spam\n", {"read_delimiter": "none"}, ["text,label"]),
    ],
)
def test_separator_and_header_are_as_a_person_says(page, project, content, said, columns):
    sent = send(page, project, content)
    decide(page, work(sent), act="look", **said)
    assert work(sent).detected["columns"] == columns


def test_a_mapping_of_columns_that_are_gone_is_guessed_anew(page, project):
    sent = send(page, project, "text;label,more\nhello there;spam,x\nbye,y\n")
    first = work(sent)
    assert first.detected["columns"] == ["text;label", "more"]
    decide(page, first, act="look", read_delimiter="1", text="0", label="")
    again = work(sent)
    assert again.mapping["text"] == "text" and again.state == "done"


def test_a_sheet_can_be_chosen_where_there_are_several(page, project):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name in ("Mail", "Chat"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["text", "label"])
            sheet.write_row(1, 0, [f"from {name}", "spam"])
    sent = send(page, project, out.getvalue(), "book.xlsx")
    looked = work(sent)
    shown = seen(page, sent)
    assert "read_sheet" in shown and "read_encoding" not in shown and "read_quote" not in shown
    decide(page, looked, act="look", read_sheet="=Chat")
    work(sent)
    assert "from Chat" in seen(page, sent)


def test_what_no_setting_can_mend_offers_none_and_what_one_may_does(page, project):
    sent = send(page, project, b"text,label\n\xff\x81\x8d\x8f,spam\n")
    assert work(sent).error_said["code"] == "file-encoding"
    assert "How is the file written?" in seen(page, sent)
    other = send(page, project, b"%PDF-1.4", "a.pdf")
    work(other)
    assert "How is the file written?" not in seen(page, other)


@pytest.mark.parametrize("wrong", [{"read_encoding": "rot13"}, {"read_header": "maybe"}])
def test_a_setting_that_is_none_is_asked_again(page, project, wrong):
    refused = decide(page, work(send(page, project, rows(2))), **wrong)
    assert refused.status_code == 200 and "errorlist" in refused.content.decode()


def test_nested_keys_can_be_chosen(page, project):
    sent = send(page, project, '{"meta": {"body": "hello", "kind": "spam"}}\n', "a.jsonl")
    looked = work(sent)
    columns = looked.detected["columns"]
    body, kind = str(columns.index("meta.body")), str(columns.index("meta.kind"))
    decide(page, looked, act="look", text=body, label=kind)
    decide(page, work(sent), text=body, label=kind)
    work(sent)
    assert project.examples.get().data == {"text": "hello"}


def test_rows_that_are_here_already_are_passed_over_if_one_says_so(page, project):
    upload(project, b"text,label\nhello,spam\n")
    sent = send(page, project, "text,label\nhello,ham\n")
    decide(page, work(sent), existing="skip")
    done = work(sent)
    assert (done.existing, done.duplicates) == ("skip", 1)
    assert project.examples.get().gold == {"label": "spam"}


def imported(page, project, content, **said):
    sent = send(page, project, content)
    decide(page, work(sent), act="look", **said)
    decide(page, work(sent), **said)
    return work(sent)


def test_the_next_file_like_it_is_read_as_the_last_one(page, project):
    said = {"text": "2", "label": "1", "answers": "hint", "existing": "update"}
    imported(page, project, "text,label,body\na,spam,b\n", **said)
    sent = send(page, project, "text,label,body\nc,spam,d\n", "next.csv")
    looked = work(sent)
    assert looked.mapping == {"text": "body", "label": "label"}
    assert (looked.answers, looked.existing) == ("hint", "update")
    assert "As last time" in seen(page, sent)
    page.post(sent.url, {"act": "anew"})
    fresh = work(sent)
    assert fresh.mapping["text"] == "text" and fresh.answers == "final"
    assert "As last time" not in seen(page, sent)


def test_the_settings_of_the_last_one_are_used_too(page, project):
    imported(page, project, f"text,label\n{RUSSIAN},spam\n".encode("koi8-r"), **KOI8)
    again = f"text,label\n{RUSSIAN},ham\n".encode("koi8-r")
    assert work(send(page, project, again)).options == {"encoding": "koi8-r"}
    other = work(send(page, project, f"other,label\n{RUSSIAN},ham\n".encode("koi8-r")))
    assert (other.state, other.options) == ("failed", {}), "its columns are others"


def test_a_file_with_other_columns_and_a_program_are_not_told_what_was_said(page, project):
    imported(page, project, "text,label,body\na,spam,b\n", text="2")
    assert work(send(page, project, "text,label\nc,spam\n")).mapping["text"] == "text"
    asked = upload(project, b"text,label,body\nc,spam,d\n", dry_run=True)
    assert asked.mapping["text"] == "text"


def test_the_rows_left_out_can_be_had_as_a_table(page, project):
    lines = ["text,label,note", ",spam,=1+1", "hello,eggs,", "=cmd(),bacon,x", "fine,spam,y"]
    done = upload(project, "\n".join(lines).encode())
    answer = page.get(f"/projects/{project.pk}/data/uploads/{done.pk}/problems.csv")
    assert (
        answer.content.startswith(b"\xef\xbb\xbf")
        and "attachment" in answer.headers["Content-Disposition"]
    )
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in table[1:]] == ["1", "2", "3"]
    assert table[2][1].startswith("“eggs” is not a label")
    assert not any(cell.startswith("=") for row in table for cell in row)
    zh = page.get(answer.request["PATH_INFO"], HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "文本是空的" in zh


def test_more_problems_than_are_kept_are_said(page, project, monkeypatch):
    monkeypatch.setattr("projects.keeping.PROBLEMS_KEPT", 3)
    done = upload(project, b"text,label\n" + b",spam\n" * 5)
    shown = page.get(f"/projects/{project.pk}/data/uploads/{done.pk}/").content.decode()
    assert "Rows left out: 5" in shown and "holds the first 3" in shown
    assert "data-upload-problems" in shown


def test_rows_beyond_the_limit_are_not_read_and_the_page_says_so(page, project, settings):
    settings.UPLOAD_LIMIT_ROWS = 10
    done = upload(project, rows(12))
    assert (done.state, done.rows_read, done.examples_created) == ("done", 10, 10)
    shown = page.get(f"/projects/{project.pk}/data/uploads/{done.pk}/").content.decode()
    assert "Only the first 10 rows were read" in shown and "UPLOAD_LIMIT_ROWS" in shown
    assert not upload(project, rows(10)).problems


def test_an_example_knows_the_file_of_an_archive_that_it_came_in(page, project):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("in/one.csv", "text,label\nhello,spam\n")
        archive.writestr("in/two.csv", "text,label\nbye,ham\n,ham\n")
    done = upload(project, out.getvalue(), "both.zip")
    origins = {one.data["text"]: one.origin for one in project.examples.all()}
    assert origins == {"hello": {"file": "in/one.csv"}, "bye": {"file": "in/two.csv"}}
    assert [one["file"] for one in done.problems] == ["in/two.csv"]
    example = project.examples.get(data__text="bye")
    shown = page.get(f"/projects/{project.pk}/data/examples/{example.pk}/").content.decode()
    assert "in/two.csv" in shown


def group(page, project, *contents, **more):
    """Sent by a form without JavaScript: all at once."""
    files = [csv_file(content, f"{n}.csv") for n, content in enumerate(contents)]
    sent = {"file": files, "once": str(uuid4())} | more
    first = page.post(f"/projects/{project.pk}/data/upload/", sent)
    return first, [one.pk for one in project.uploads.order_by("created_at")]


def test_several_files_are_looked_at_and_imported_together(page, project):
    first, made = group(page, project, rows(2), b"text,label\nother,ham\n", b"a,b,c\n1,2,3\n")
    assert len(made) == 3
    for pk in made:
        work(type("Sent", (), {"url": f"/{pk}/"}))
    shown = seen(page, first)
    assert "0.csv" in shown and "1.csv" in shown and "2.csv" in shown
    assert "Import all files with these columns: 2" in shown
    decide(page, Upload.objects.get(pk=made[0]), act="import-all")
    queued = project.uploads.filter(dry_run=False, state="queued")
    assert {one.name for one in queued} == {"0.csv", "1.csv"}


def test_the_button_for_all_files_waits_for_the_last_and_comes_by_itself(page, project):
    first, made = group(page, project, rows(2), b"text,label\nother,ham\n", b"text,label\nx,ham\n")
    for pk in made[:2]:
        work(type("Sent", (), {"url": f"/{pk}/"}))
    shown = seen(page, first)
    assert "still being looked at: 1." in shown and "import-all" not in shown
    assert f"{first.url}?part=all" in shown and f"{first.url}?part=together" in shown
    work(type("Sent", (), {"url": f"/{made[2]}/"}))
    part = page.get(f"{first.url}?part=all").content.decode()
    assert "Import all files with these columns: 3" in part and "hx-get" not in part
    names = page.get(f"{first.url}?part=together").content.decode()
    assert names.count("looked at") == 3 and "at work" not in names and "<html" not in names


def test_files_that_would_be_read_otherwise_are_looked_at_together(page, project):
    one = b"text,label,body\na,spam,b\n"
    first, made = group(page, project, one, one.replace(b"a,spam", b"x,spam"))
    for pk in made:
        work(type("Sent", (), {"url": f"/{pk}/"}))
    decide(page, Upload.objects.get(pk=made[0]), act="import-all", text="2")
    assert set(project.uploads.values_list("dry_run", "state")) == {(True, "queued")}
    assert {one.mapping["text"] for one in project.uploads.all()} == {"body"}
    assert seen(page, first)


def test_files_sent_one_by_one_with_one_form_belong_together(page, project):
    once = str(uuid4())
    for place in (0, 1, 1):
        send(page, project, rows(2 + place), f"{place}.csv", once=once, place=str(place))
    assert sorted(project.uploads.values_list("name", flat=True)) == ["0.csv", "1.csv"]
    assert set(project.uploads.values_list("together", flat=True)) == {
        Upload.objects.get(pk=once).together
    }


@pytest.mark.parametrize(("said", "most"), [("", 100_000), ("5000", 5_000), ("1", 1_000)])
def test_how_long_a_text_may_be_is_for_the_administrator_to_say(said, most):
    told = "from ml.writing import LONGEST; print(LONGEST)"
    ran = subprocess.run(
        [sys.executable, "-c", told], env={"TEXT_LIMIT": said}, capture_output=True, check=True
    )
    assert int(ran.stdout) == most


def test_a_text_that_is_too_long_names_the_limit(project):
    done = upload(project, b"text\nshort\n" + b"x" * 100_001 + b"\n")
    assert (done.examples_created, done.rejected) == (1, 1)
    assert "at most 100,000" in done.problems[0]["reason"]
    assert "TEXT_LIMIT" in done.problems[0]["reason"]
