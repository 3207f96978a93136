"""What is wrong with a file has its sentence in every language, and in English it is the same."""

import json

import pytest
from django.utils.translation import override

from ml import refusing
from projects import jobs, wording
from projects.leases import State
from projects.models import Upload
from tests.cast import upload


def test_every_refusal_has_its_sentence():
    ours = {"our-mistake": jobs.OUR_MISTAKE, "gave-up": jobs.GAVE_UP}
    with override("en"):
        said = {code: str(sentence) for code, sentence in wording.SENTENCES.items()}
    assert said == {**refusing.SENTENCES, **ours}


def test_no_refusal_is_english_for_a_chinese_reader():
    with override("en"):
        english = {code: str(sentence) for code, sentence in wording.SENTENCES.items()}
    with override("zh-hans"):
        same = [code for code, text in english.items() if str(wording.SENTENCES[code]) == text]
    assert same == []


CONTENT = "\n".join(
    [
        '{"text": "good", "label": "spam"}',
        "{broken",
        '{"text": "a", "label": NaN}',
        '{"text": "a", "label": ' + "9" * 5000 + "}",
        "[1]",
        '{"text": "", "label": "spam"}',
        '{"text": 3}',
        '{"text": "a", "label": "Spam"}',
        '{"text": "a", "label": "eggs"}',
        '{"text": "a", "label": {"label": "spam", "why": 1}}',
        '{"text": "half \\ud800"}',
        json.dumps({"text": "x" * 200_000}),
    ]
).encode()


def test_rows_are_refused_in_the_readers_language(project):
    done = upload(project, CONTENT, name="rows.jsonl")
    assert (done.examples_created, done.rejected) == (1, 11)
    with override("en"):
        assert wording.problems(done, 100) == [kept["reason"] for kept in done.problems]
    with override("zh-hans"):
        said = wording.problems(done, 100)
    assert all("行" in one and " the " not in one for one in said), said
    assert said[0] == (
        "第 2 行不是有效的 JSON：第 2 个字符处不对。名称和文本都加了双引号吗？括号都闭合了吗？"
    )
    assert said[4] == "第 6 行：文本是空的。"
    assert "200,000" in said[-1]


def test_words_of_the_json_library_are_for_nobody(project):
    done = upload(project, b'{broken\n{"text": "a"}\n', name="rows.jsonl")
    assert "Expecting" not in done.problems[0]["reason"]
    assert done.problems[0]["reason"].startswith("Row 1 is not valid JSON: what stands at")


@pytest.mark.parametrize(
    ("content", "chinese"),
    [
        (b"", "文件是空的。"),
        (b"text,label\n", "只有表头"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" * 20, "不是文本文件"),
        (b"[[1], [2]]", "没有 {&quot;text&quot;: &quot;…&quot;} 这样的对象"),
        (b"a,b,c\n1,2,3\n", "“a”, “b”, “c”"),
    ],
)
def test_a_file_is_refused_in_the_readers_language(client, owner, project, content, chinese):
    failed = upload(project, content, dry_run=True)
    assert failed.state == State.FAILED
    with override("en"):
        assert wording.error(failed) == failed.error
    client.force_login(owner)
    at = f"/projects/{project.pk}/data/uploads/{failed.pk}/"
    seen = client.get(at, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert chinese in seen and failed.error not in seen


def test_a_file_that_was_given_up_says_so_in_the_readers_language(project):
    pending = Upload.objects.create(project=project, name="x", path="uploads/none")
    Upload.objects.update(state=State.RUNNING, attempts=9, lease_until="2000-01-01T00:00:00Z")
    jobs.reconcile()
    pending.refresh_from_db()
    with override("zh-hans"):
        assert wording.error(pending).startswith("读取这个文件时中断了三次。")


def test_an_upload_from_before_keeps_its_english(project):
    old = Upload(project=project, error="Old.", problems=[{"row": 2, "reason": "Row 2 is old."}])
    with override("zh-hans"):
        assert (wording.error(old), wording.problems(old, 5)) == ("Old.", ["Row 2 is old."])
    assert wording.error(Upload(project=project)) == ""


def test_the_api_tells_row_and_reason_alone(project, owner, speak):
    done = upload(project, b"text,label\na,eggs\n")
    told = speak(owner).get(f"/api/v1/uploads/{done.pk}/").json()["problems"]
    assert told == [{"row": 1, "reason": done.problems[0]["reason"]}]
