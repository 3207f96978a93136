"""A file is sent, looked at, and read, with nothing but forms."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from projects import taking, tally
from projects.models import Role, Upload
from tests.cast import csv_file, join, person, rows, upload
from tests.projects.wizard import decide, send, work


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def test_a_file_is_looked_at_before_anything_is_imported(page, project):
    sent = send(page, project, rows(30))
    waiting = page.get(sent.url).content.decode()
    assert "Waiting for a worker" in waiting and 'hx-trigger="every 1s"' in waiting
    work(sent)
    seen = page.get(sent.url).content.decode()
    assert "Import 30 rows" in seen and "win a free prize now number 0" in seen
    assert "CSV in UTF-8" in seen
    assert "every 1s" not in seen
    assert not project.examples.exists()


def test_what_was_looked_at_is_imported_without_being_sent_again(page, project):
    sent = send(page, project, rows(30))
    upload = work(sent)
    assert decide(page, upload).url == sent.url
    done = work(sent)
    assert (done.state, done.dry_run, done.examples_created) == ("done", False, 30)
    assert project.examples.filter(status="labeled").count() == 30
    seen = page.get(sent.url).content.decode()
    assert "The file is in." in seen and f"/projects/{project.pk}/desk/" in seen


def test_a_double_click_makes_one_upload(page, project):
    once = str(uuid4())
    first = send(page, project, rows(4), once=once)
    assert send(page, project, rows(4), once=once).url == first.url
    assert project.uploads.count() == 1
    assert send(page, project, rows(5), once=once).url != first.url


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_upload(project, owner):
    sent = {"pasted": "one text", "once": str(uuid4())}

    def click(_number):
        client = Client()
        client.force_login(owner)
        try:
            return client.post(f"/projects/{project.pk}/data/upload/", sent).url
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1
    assert project.uploads.count() == 1


def test_a_form_of_another_project_never_opens_its_upload(page, project, owner):
    other = upload(project, rows(4), name="rows.csv")
    from projects import founding

    mine = founding.found(owner, name="Mine", task="text-classification")
    sent = send(page, mine, rows(4), once=str(other.pk))
    assert str(other.pk) not in sent.url and str(mine.pk) in sent.url


def test_a_double_click_imports_once(page, project):
    sent = send(page, project, rows(4))
    upload = work(sent)
    decide(page, upload)
    assert decide(page, upload).status_code == 302
    work(sent)
    assert decide(page, upload).status_code == 302
    upload.refresh_from_db()
    assert (upload.state, upload.token) == ("done", 3)


def test_what_a_sample_says_about_itself_is_no_row_left_out(page, project):
    done = upload(project, rows(4))
    Upload.objects.update(problems=[{"row": 0, "reason": "Our own questions instead."}])
    seen = page.get(f"/projects/{project.pk}/data/uploads/{done.pk}/").content.decode()
    assert "Our own questions instead." in seen and "Rows left out" not in seen


def test_enough_labels_lead_to_training_and_few_to_the_desk(page, project):
    few = upload(project, rows(10))
    at = f"/projects/{project.pk}/data/uploads/{few.pk}/"
    assert f'btn-primary" href="/projects/{project.pk}/desk/"' in page.get(at).content.decode()
    upload(project, rows(60))
    assert f'btn-primary" href="/projects/{project.pk}/train/"' in page.get(at).content.decode()


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(page, project):
    sent = send(page, project, b"PK\x03\x04\0\0\0\0", "table.xlsx")
    work(sent)
    seen = page.get(sent.url).content.decode()
    assert "damaged or was cut off" in seen and "Choose a file" in seen


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "99"},
        {"text": "label"},
        {"text": "0", "label": "0"},
        {"answers": "maybe"},
    ],
)
def test_a_clumsy_mapping_is_asked_again(page, project, wrong):
    sent = send(page, project, rows(4))
    refused = decide(page, work(sent), **wrong)
    assert refused.status_code == 200 and 'class="errorlist"' in refused.content.decode()
    assert Upload.objects.get().dry_run


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"file": ""}, "Choose a file, or paste some text."),
        ({"pasted": "a text"}, "Please send one of them."),
        ({"once": "x"}, "Look at it"),
        ({"file": csv_file(b"")}, "The submitted file is empty."),
    ],
)
def test_a_clumsy_upload_is_asked_again(page, project, sent, said):
    again = send(page, project, rows(2), **sent)
    assert again.status_code == 200 and said in again.content.decode()
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused_in_words(page, project, settings):
    settings.UPLOAD_LIMIT_BYTES = 10
    said = send(page, project, rows(4)).content.decode()
    assert "“rows.csv” is too large" in said and "UPLOAD_LIMIT_MB" in said


def test_pasted_text_is_one_example_a_line(page, project):
    sent = send(page, project, b"", file="", pasted='{"text": 1}\n\n  where, is my "parcel"?\r\n')
    decide(page, work(sent), label="")
    work(sent)
    found = sorted(example.data["text"] for example in project.examples.all())
    assert found == ['where, is my "parcel"?', '{"text": 1}']


def test_an_upload_is_cancelled(page, project):
    sent = send(page, project, rows(4))
    assert page.post(f"{sent.url}cancel/").url == sent.url
    assert Upload.objects.get().state == "cancelled"
    assert "cancelled" in page.get(sent.url).content.decode()


def test_an_upload_whose_file_is_gone_still_has_a_page(page, project):
    sent = send(page, project, rows(4))
    work(sent).file.unlink()
    assert page.get(sent.url).status_code == 200


def test_markup_in_a_file_stays_text(page, project):
    sent = send(page, project, 'text,"<script>alert(1)</script>"\n<img src=x>,<b>spam</b>\n')
    upload = work(sent)
    seen = page.get(sent.url).content.decode()
    assert "<script>alert" not in seen and "<img src=x>" not in seen
    decide(page, upload)
    assert "<b>spam" not in page.get(sent.url).content.decode()


def test_what_has_been_read_for_good_is_never_read_again(project, owner):
    done = upload(project, rows(4))
    assert not taking.again(done, dry_run=False, mapping={}, answers="final")


def test_the_api_answers_as_before(project, owner, speak):
    done = upload(project, b"text,label\nhi,eggs\n", dry_run=True)
    body = speak(owner).get(f"/api/v1/uploads/{done.pk}/").json()
    assert "new_labels" not in body
    assert json.dumps(body["mapping"]) == '{"text": "text", "label": "label"}'


@pytest.mark.parametrize("role", list(Role))
def test_who_may_upload(client, project, role):
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client.force_login(user)
    known = upload(project, rows(4), dry_run=True)
    at = f"/projects/{project.pk}/data/uploads/{known.pk}/"
    assert client.get(at).status_code == 200
    may = role >= Role.MANAGER
    for answer in (
        client.get(f"/projects/{project.pk}/data/upload/"),
        client.post(f"/projects/{project.pk}/data/upload/", {}),
        client.post(at, {}),
        client.post(f"{at}cancel/"),
    ):
        assert (answer.status_code == 403) == (not may)


def test_an_upload_of_another_project_is_not_there(page, project, owner):
    from projects import founding

    mine = founding.found(owner, name="Mine", task="text-classification")
    known = upload(project, rows(4))
    assert page.get(f"/projects/{mine.pk}/data/uploads/{known.pk}/").status_code == 404


def test_as_many_as_a_first_model_needs_lead_to_training(page, project):
    done = upload(project, rows(tally.FIRST_MODEL))
    at = f"/projects/{project.pk}/data/uploads/{done.pk}/"
    assert f'btn-primary" href="/projects/{project.pk}/train/"' in page.get(at).content.decode()


def test_what_is_disputed_still_counts_as_labelled(page, project):
    done = upload(project, rows(4))
    disputed = project.examples.order_by("id").first()
    project.examples.filter(pk=disputed.pk).update(disputed=True, status="review")
    data = page.get(f"/projects/{project.pk}/data/").content.decode()
    assert "Examples: 4. Labelled: 4." in data
    at = f"/projects/{project.pk}/data/uploads/{done.pk}/"
    assert "Labelled in this project: 4." in page.get(at).content.decode()
