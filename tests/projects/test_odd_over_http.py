"""The hostile part of the odd files as programs and pages send them, under names made to hurt.

What comes back is a page or a refusal in words; what was taken ends in rows or in a sentence.
"""

import re
from itertools import cycle

import pytest

from projects import jobs
from projects.leases import State
from projects.models import Upload
from tests.odd import making

SMALL = 3_000_000  # bytes
EVERY = 30  # of those that are only odd
NAMES = [
    "../../etc/passwd",
    "..\\..\\windows\\system32\\con",
    "/absolute/path.csv",
    "C:\\Users\\me\\data.csv",
    "nul\0byte.csv",
    "line\r\nSet-Cookie: a=b.csv",
    "quote\\\".csv",
    "<img src=x onerror=alert(1)>.csv",
    "%2e%2e%2fup.csv",
    "\u202evsc.exe",
    "👩‍🚀 中文 שלום.csv",
    "a" * 400 + ".csv",
    ".",
    "..",
    " ",
    "{{ 7*7 }}.csv",
    "no ending",
    "two.csv.exe",
]  # fmt: skip
BOUNDARY = "a-boundary-of-ours"


def is_hostile(odd):
    return bool(odd.refused or odd.problems or len(odd.content) > SMALL // 2)


def chosen(family):
    """All that is hostile, and some of the rest."""
    files = [odd for odd in making.family(family) if len(odd.content) < SMALL]
    rest = [odd for odd in files if not is_hostile(odd)]
    return [odd for odd in files if is_hostile(odd)] + rest[::EVERY]


def body(name, content, fields):
    """Written by hand: a client of good manners would mend the name first."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    said = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n"
    return b"".join([*parts, said, content, f"\r\n--{BOUNDARY}--\r\n".encode()])


def send(client, path, name, content, **fields):
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return client.generic("POST", path, body(name, content, fields), content_type=kind)


@pytest.fixture
def ways(project, owner, client, speak):
    """By page and by API: each sends a file and gives the upload's id, or None with a refusal."""
    client.force_login(owner)
    page, api = f"/projects/{project.pk}/data/upload/", f"/api/v1/projects/{project.pk}/uploads/"
    program = speak(owner)

    def by_page(name, content):
        answer = send(client, page, name, content)
        assert answer.status_code in (200, 302, 400), answer.status_code
        return answer.url.split("/")[-2] if answer.status_code == 302 else None

    def by_program(name, content):
        answer = send(program, api, name, content)
        assert answer.status_code in (201, 202, 400), answer.content[:300]
        return answer.json()["id"] if answer.status_code < 400 else None

    def seen(pk):
        shown = client.get(f"/projects/{project.pk}/data/uploads/{pk}/")
        told = program.get(f"/api/v1/uploads/{pk}/")
        return shown.status_code, told.status_code

    return by_page, by_program, seen


def ended(pk, title):
    jobs.read_upload(pk)
    upload = Upload.objects.get(pk=pk)
    assert upload.state in (State.DONE, State.FAILED), title
    assert upload.error != jobs.OUR_MISTAKE, title
    assert not re.search(r"[\x00-\x1f/\\]", upload.name), title
    assert upload.file.resolve().parent.name == "uploads", title


@pytest.mark.parametrize("family", making.FAMILIES)
def test_a_hostile_file_is_taken_or_refused_in_words(ways, family):
    *senders, seen = ways
    taken = 0
    for odd, name, send_it in zip(chosen(family), cycle(NAMES), cycle(senders), strict=False):
        pk = send_it(name, odd.content)
        if pk is not None:
            ended(pk, odd.title)
            assert seen(pk) == (200, 200), odd.title
            taken += 1
    assert taken


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_anywhere(ways, settings, tmp_path, name):
    settings.FILES, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", tmp_path / "coming"
    for place in (settings.FILES, settings.FILE_UPLOAD_TEMP_DIR):
        place.mkdir()
    *senders, seen = ways
    sent = [pk for send_it in senders if (pk := send_it(name, b"text,label\na,spam\n"))]
    for pk in sent:
        ended(pk, name)
        assert seen(pk) == (200, 200)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == set(sent)
