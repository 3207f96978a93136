"""Files come in whole, row by row, and what cannot be read is said in a sentence."""

import json

import pytest

from projects.leases import State
from projects.models import Annotation, Example, Upload
from tests.cast import eventually, rows, upload


def test_it_makes_an_example_of_each_row_and_keeps_the_label_as_final(project):
    done = upload(project, rows(10))
    assert (done.state, done.examples_created, done.rejected) == (State.DONE, 10, 0)
    assert project.examples.filter(status="labeled").count() == 10
    assert project.examples.first().gold in ({"label": "spam"}, {"label": "ham"})


def test_it_keeps_hints_apart_from_gold(project):
    upload(project, rows(4), answers="hint")
    assert project.examples.filter(status="unlabeled").count() == 4
    assert Annotation.objects.filter(hint=True).count() == 4


def test_it_counts_a_repeated_row_as_duplicate_but_keeps_its_new_answer(project):
    done = upload(project, b"text,label\nhello,spam\nhello,ham\nhello,ham\n")
    assert (done.examples_created, done.duplicates) == (1, 2)
    assert Annotation.objects.count() == 2
    again = upload(project, b"text,label\nhello,spam\n")
    assert (again.examples_created, again.duplicates) == (0, 1)
    assert Annotation.objects.count() == 2


def test_a_dry_run_counts_and_changes_nothing(project):
    done = upload(project, rows(6), dry_run=True)
    assert (done.state, done.examples_created) == (State.DONE, 6)
    assert not project.examples.exists()


def test_a_dry_run_knows_what_is_there_already(project):
    upload(project, rows(6))
    done = upload(project, rows(8), dry_run=True)
    assert (done.examples_created, done.duplicates) == (2, 6)


@pytest.mark.parametrize(
    "bad",
    [
        r'{"text": "a", "k\u0000": 1, "label": "no"}',
        r'{"text": "a", "k\ud800": 1, "label": "no"}',
        r'{"text": "a", "label": "\ud800"}',
        r'{"text": "a", "label": "x\u0000"}',
        r'{"text": "a", "label": {"la\ud800": "spam"}}',
        '{"text": "a", "label": ' + "[" * 100_000 + "}",
        '{"text": "' + "a" * 1_000_000 + '", "label": "spam"}',
    ],
    ids=["nul key", "half key", "half label", "nul label", "half answer", "deep", "million"],
)
def test_a_row_that_no_database_keeps_costs_only_itself(project, bad):
    lines = f'{bad}\n{{"text": "good", "label": "spam"}}\n'
    done = upload(project, lines.encode(), "rows.jsonl")
    assert (done.state, done.examples_created, done.rejected) == (State.DONE, 1, 1)
    assert done.problems[0]["row"] == 1


def test_a_file_without_one_object_says_so(project):
    done = upload(project, b"[" * 100_000, "rows.jsonl")
    assert done.state == State.FAILED
    assert "JSON object" in done.error


def test_it_reads_json_lines(project):
    lines = [{"text": "win", "label": "spam"}, {"text": "dinner"}, ["no"], {"text": 3}]
    content = "\n".join(json.dumps(line) for line in lines).encode() + b"\n{broken\n"
    done = upload(project, content, name="rows.jsonl")
    assert (done.examples_created, done.rejected) == (2, 3)
    assert [problem["row"] for problem in done.problems] == [3, 4, 5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"   \n\n", "is empty"),
        (b"text,label\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" * 20, "not a text file"),
        (b"a,b,c\n1,2,3\n", "No column is clearly the text"),
        (b",,\n1,2,3\n", "header line is empty"),
        (b"\xff\xfea\x00b", "no encoding that we know|no rows|not a text file"),
        (b"[[1], [2]]", "Nothing in this JSON"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_reason_and_no_example(project, content, words):
    done = upload(project, content)
    assert done.state == State.FAILED
    assert any(word in done.error for word in words.split("|")), done.error
    assert done.problems[0]["reason"] == done.error
    assert not project.examples.exists()


def test_a_column_that_is_not_there_is_named(project):
    done = upload(project, b"a,b\n1,2\n", mapping={"text": "txt"})
    assert done.state == State.FAILED
    assert "“txt”" in done.error and "“a”, “b”" in done.error


def test_one_column_is_enough(project):
    done = upload(project, b"remark\nfirst one\nsecond one\n")
    assert (done.state, done.examples_created) == (State.DONE, 2)


def test_rows_that_do_not_fit_are_listed_and_the_rest_is_kept(project):
    long = "x" * 1_000_000
    content = f"text,label\ngood,spam\n,ham\nother,sports\na,b,c\n{long},spam\nlast,ham\n"
    done = upload(project, content.encode())
    assert (done.examples_created, done.rejected, done.rows_read) == (2, 4, 6)
    reasons = {problem["row"]: problem["reason"] for problem in done.problems}
    assert "empty" in reasons[2]
    assert "“sports”" in reasons[3] and "spam, ham" in reasons[3]
    assert "has 3 columns, the header has 2" in reasons[4]
    assert "1,000,000 characters" in reasons[5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_it_reads_chinese_in_the_encodings_that_people_have(project, encoding):
    text = "这个产品非常好用，我很满意，下次还会再来购买的。物流也很快，客服态度很好"
    content = "文本,标签\n" + "".join(f"{text}{n},ham\n" for n in range(40))
    done = upload(project, content.encode(encoding))
    assert (done.state, done.examples_created) == (State.DONE, 40), done.error
    assert project.examples.order_by("id").first().data == {"text": f"{text}0"}


def test_line_ends_become_lf_and_all_else_is_verbatim(project):
    upload(project, b'text\r\n"  two\r\nlines \xf0\x9f\x98\x80 "\r\n')
    assert Example.objects.get().data == {"text": "  two\nlines 😀 "}


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800 alone"])
def test_characters_that_no_database_keeps_are_refused_with_words(project, text):
    done = upload(project, f'{{"text": "{text}"}}\n{{"text": "fine"}}\n'.encode(), name="a.jsonl")
    assert (done.state, done.examples_created, done.rejected) == (State.DONE, 1, 1)


def test_a_worker_that_died_leaves_whole_batches_and_the_next_goes_on(project, monkeypatch):
    from projects import intake, keeping

    monkeypatch.setattr(intake, "BATCH", 10)
    kept, keep = [], keeping.keep

    def dies_in_the_third(upload, batch, seen):
        if len(kept) == 2:
            raise RuntimeError("power cut")
        kept.append(seen)
        keep(upload, batch, seen)

    monkeypatch.setattr(keeping, "keep", dies_in_the_third)
    with pytest.raises(RuntimeError):
        upload(project, rows(35))
    assert project.examples.count() == 20
    Upload.objects.update(lease_until="2000-01-01T00:00:00Z")
    monkeypatch.setattr(keeping, "keep", keep)
    second = Upload.claim(Upload.objects.get().pk)
    intake.read(second)
    second.refresh_from_db()
    assert (second.state, second.examples_created, second.rows_read) == (State.DONE, 35, 35)
    assert project.examples.count() == 35


def test_a_worker_whose_lease_is_gone_writes_nothing(project):
    from projects import intake

    pending = Upload.objects.create(project=project, name="x", path="uploads/x", size_bytes=1)
    pending.file.parent.mkdir(parents=True, exist_ok=True)
    pending.file.write_bytes(rows(5))
    old = Upload.claim(pending.pk)
    Upload.objects.update(lease_until="2000-01-01T00:00:00Z")
    new = Upload.claim(pending.pk)
    intake.read(old)
    assert not project.examples.exists()
    intake.read(new)
    assert project.examples.count() == 5


def test_about_one_in_five_examples_is_test_and_stays_so(project):
    upload(project, rows(1000))
    share = project.examples.filter(is_test=True).count() / 1000
    assert 0.15 < share < 0.25


def test_our_own_mistake_ends_the_upload_at_once_and_says_so(project, monkeypatch):
    from projects import intake, jobs

    pending = Upload.objects.create(project=project, name="x", path="uploads/mistake")
    monkeypatch.setattr(intake, "read", lambda upload: 1 / 0)
    jobs.read_upload(str(pending.pk))
    pending.refresh_from_db()
    assert (pending.state, pending.attempts) == (State.FAILED, 1)
    assert "mistake" in pending.error


def test_a_file_whose_columns_fit_nothing_still_tells_its_columns(project):
    done = upload(project, b"a,b,c\n1,2,3\n")
    assert (done.state, done.detected["columns"]) == (State.FAILED, ["a", "b", "c"])


def test_a_line_longer_than_memory_should_hold_is_one_problem(project, monkeypatch):
    from ml.reading import limits

    monkeypatch.setattr(limits, "CELL_LIMIT", 100)
    long = json.dumps({"text": "x" * 950})
    content = f'{{"text": "first"}}\n{long}\n{{"text": "last"}}\n'.encode()
    done = upload(project, content, name="a.jsonl")
    assert (done.examples_created, done.rejected, done.rows_read) == (2, 1, 3)


def test_a_look_recognises_the_column_whose_cells_are_labels(project):
    content = b"message,team\nwin now,spam\nsee you,Ham \nhello,\nfree,spam\nlunch,other\nbye,ham\n"
    content += b"more,ham\nprize,spam\n"
    looked = upload(project, content, dry_run=True)
    assert looked.mapping == {"text": "message", "label": "team"}
    kept = upload(project, content)
    assert kept.mapping == {"text": "message"}


def test_a_file_that_updates_takes_the_place_of_earlier_answers(project):
    upload(project, b"text,label\nhello,spam\n")
    upload(project, b"text,label\nhello,ham\n")
    assert project.examples.get().gold == {"label": "ham"}
    upload(project, b"text,label\nhello,spam\n", existing="update")
    assert project.examples.get().gold == {"label": "spam"}
    assert Annotation.objects.filter(withdrawn_at=None).count() == 1


def test_a_file_that_skips_leaves_what_is_there_alone(project):
    upload(project, b"text,label\nhello,spam\n")
    upload(project, b"text,label\nhello,ham\nnew,ham\n", existing="skip")
    assert Annotation.objects.count() == 2
    assert project.examples.get(data__text="hello").gold == {"label": "spam"}


def test_whoever_passes_over_what_was_read_keeps_the_lease_and_hears_a_cancel(project, monkeypatch):
    from projects import intake

    half = upload(project, rows(30))
    monkeypatch.setattr(intake, "BATCH", 10)
    monkeypatch.setattr(intake, "HOLD_ON_SECONDS", 0.01)

    def claimed(**more):
        again = {"state": State.RUNNING, "rows_read": 20, "lease_until": "2000-01-01T00:00:00Z"}
        Upload.objects.filter(pk=half.pk).update(**again, **more)
        return Upload.claim(half.pk)

    real, breaths = intake.reading.rows, []

    def slowly(*asked):
        for number, row in enumerate(real(*asked)):
            if number == 5:
                eventually(lambda: len(breaths) > 5)
            if number == 20:
                breaths.append("behind it")
            yield row

    monkeypatch.setattr(intake.reading, "rows", slowly)
    monkeypatch.setattr(Upload, "breathe", lambda self: breaths.append("breath"))
    intake.read(claimed())
    assert breaths.index("behind it") > 5, "one in each hundredth of a second, and one a batch"
    again, passed = claimed(), []
    Upload.objects.update(cancel_requested=True)
    monkeypatch.setattr(intake.reading, "rows", lambda *asked: map(passed.append, range(10**6)))
    intake.read(again)
    half.refresh_from_db()
    assert half.state == State.CANCELLED and len(passed) == 10
