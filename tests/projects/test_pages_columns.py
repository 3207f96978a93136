"""Which column is what, and what becomes of the labels in one."""

import pytest

from projects import founding
from tests.cast import rows
from tests.projects.wizard import decide, send, work


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def test_the_labels_of_a_newcomers_file_become_the_projects(page, owner):
    project = founding.found(owner, name="New", task="text-classification")
    sent = send(page, project, "text,label\na b c,refund\nx y z,delivery\n")
    upload = work(sent)
    assert upload.new_labels == {"refund": 1, "delivery": 1}
    seen = page.get(sent.url).content.decode()
    assert "Import up to 2 rows" in seen and "Add the new labels" in seen
    decide(page, upload)
    assert (done := work(sent)).state == "done" and done.rejected == 0
    project.refresh_from_db()
    assert set(project.label_names) == {"refund", "delivery"}
    assert project.examples.filter(status="labeled").count() == 2


def test_labels_that_nobody_wanted_are_not_added(page, project):
    sent = send(page, project, "text,label\nhello,eggs\nbye,Spam\n")
    upload = work(sent)
    assert upload.new_labels == {"eggs": 1}, "what is spelt like a label is a mistake"
    decide(page, upload, add_labels="")
    assert work(sent).rejected == 2
    project.refresh_from_db()
    assert project.label_names == ["spam", "ham"]
    assert "Did you mean" in page.get(sent.url).content.decode()


def test_the_label_column_can_be_none(page, project):
    sent = send(page, project, rows(4))
    decide(page, work(sent), act="look", label="")
    upload = work(sent)
    assert upload.mapping["label"] is None
    decide(page, upload, label="")
    work(sent)
    assert set(project.examples.values_list("status", flat=True)) == {"unlabeled"}


def test_hints_settle_nothing(page, project):
    sent = send(page, project, rows(4))
    decide(page, work(sent), answers="hint")
    work(sent)
    assert not project.examples.exclude(gold=None).exists()


def test_new_labels_are_not_counted_as_rows_left_out(page, project):
    lines = [f"hello {n},eggs" for n in range(161)]
    sent = send(page, project, "\n".join(["text,label", *lines, ",spam"]))
    work(sent)
    seen = page.get(sent.url).content.decode()
    assert "Rows left out: 1<" in seen and "<dd>162</dd>" in seen, "all rows, as read"
    assert "The text is empty." in seen and "“eggs” is not a label" not in seen
    assert "<dd>161</dd>" in seen, "the rows with a new label"


def test_rows_whose_new_label_nobody_wanted_are_left_out(page, project):
    sent = send(page, project, "text,label\nhello,eggs\n,spam\n")
    decide(page, work(sent), add_labels="")
    work(sent)
    seen = page.get(sent.url).content.decode()
    assert "Rows left out: 2<" in seen and "“eggs” is not a label" in seen


def test_another_column_is_looked_at_before_it_is_imported(page, project):
    sent = send(page, project, "text,label,body\nhello,spam,good morning\n")
    upload = work(sent)
    decide(page, upload, text="2")
    upload = work(sent)
    assert upload.dry_run and upload.mapping == {"text": "body", "label": "label"}
    assert "good morning" in page.get(sent.url).content.decode()
    decide(page, upload, text="2")
    work(sent)
    assert project.examples.get().data == {"text": "good morning"}


def test_columns_that_nobody_can_guess_are_asked_for(page, project):
    sent = send(page, project, "one,two\nhello,bye\n")
    upload = work(sent)
    assert upload.state == "failed"
    seen = page.get(sent.url).content.decode()
    assert "Which column is what?" in seen and "Look again" in seen and "hello" in seen
    decide(page, upload, act="look", text="0", label="")
    assert work(sent).examples_created == 1


def test_labels_in_answers_that_were_exported_become_the_projects(page, owner):
    project = founding.found(owner, name="New", task="text-classification")
    sent = send(page, project, b'{"text": "a b c", "answer": {"label": "refund"}}', "rows.jsonl")
    upload = work(sent)
    assert upload.new_labels == {"refund": 1}
    decide(page, upload)
    assert (done := work(sent)).rejected == 0 and done.examples_created == 1


def test_labels_that_differ_in_capitals_alone_are_named(page, owner):
    project = founding.found(owner, name="New", task="text-classification")
    sent = send(page, project, "text,label\na b c,refund\nx y z,Refund\nu v w,delivery\n")
    work(sent)
    assert "differ in capitals alone" in (seen := page.get(sent.url).content.decode())
    assert "its own: Refund, refund." in seen
