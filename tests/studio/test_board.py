"""The administrators' board: what it shows, what it costs, and another chance for what failed."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from accounts.models import AuditEntry, User
from projects.leases import LeaseLost, State
from projects.models import Example, Upload
from serving.models import Endpoint, Prediction, Readiness, Refusal, Release
from studio.board import looking, retrying, storage, traffic, troubles, words, work
from tests import cast
from training.models import ModelVersion, Run, Snapshot


@pytest.fixture
def administrator(db) -> User:
    return User.objects.create_superuser("root@example.org")


@pytest.fixture
def page(client, administrator):
    client.force_login(administrator)
    return lambda **headers: client.get("/admin/", **headers).content.decode()


@pytest.fixture
def failed(project) -> Run:
    """A run that ended with a cause and a remedy, three attempts later."""
    run = Run.objects.create(project=project)
    for _ in range(3):
        claimed = Run.claim(run.pk)
        claimed.give_back(counted=True)
    Run.objects.filter(pk=run.pk).update(state=State.RUNNING)
    claimed.finish(State.FAILED, error_title="The memory is full.", error_hint="Shorten the texts.")
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def endpoint(project) -> Endpoint:
    run = Run.objects.create(
        project=project, state=State.SUCCEEDED, snapshot=Snapshot.objects.create(project=project)
    )
    version = ModelVersion.objects.create(project=project, run=run, number=1, method="classical")
    made = Endpoint.objects.create(project=project, slug=f"mail-{uuid4()}", name="Mail")
    Release.objects.create(endpoint=made, model_version=version)
    return made


def record(endpoint: Endpoint, count: int, at: datetime, **fields) -> None:
    live = endpoint.running("live")
    Prediction.objects.bulk_create(
        Prediction(
            endpoint=endpoint,
            model_version=live.model_version,
            release=live,
            request=uuid4(),
            data={},
            answer={},
            confidence=1,
            created_at=at,
            **{"latency_ms": 5.0, **fields},
        )
        for _ in range(count)
    )


def test_it_is_the_administrators_first_page(page):
    said = page()
    for heading in ("Workers", "Queues", "Runs", "Endpoints, 24 hours", "Storage", "People"):
        assert re.search(rf"<h2 id=[^>]+>\s*{heading}\s*</h2>", said)
    assert 'href="/"' in said, "the way back to the studio"


def test_others_of_the_staff_see_no_board(client, administrator, owner):
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    owner.refresh_from_db()
    client.force_login(owner)
    assert 'id="board"' not in client.get("/admin/").content.decode()
    assert client.get("/admin/board/").status_code == 403
    assert client.post(f"/admin/board/retry/run/{uuid4()}/").status_code == 403


def test_strangers_are_sent_to_sign_in(client, administrator):
    assert client.get("/admin/board/").status_code == 302


def test_a_failed_run_is_shown_with_its_cause_and_remedy(page, failed):
    said = page()
    assert "The memory is full." in said
    assert "Shorten the texts." in said
    assert f"/admin/board/retry/run/{failed.pk}/" in said


def test_a_cause_is_told_in_the_readers_language(page, failed):
    said = {"code": "one-label-only", "values": {}}
    Run.objects.filter(pk=failed.pk).update(error_said=said)
    (english,) = work.failures()
    assert english.cause.startswith("All examples have the same label.")
    with translation.override("zh-hans"):
        (chinese,) = work.failures()
    assert chinese.cause != english.cause


def test_retry_queues_a_failed_run_again_with_all_its_attempts(client, administrator, failed):
    client.force_login(administrator)
    answer = client.post(f"/admin/board/retry/run/{failed.pk}/", follow=True)
    assert "It waits in its queue again." in answer.content.decode()
    run = Run.objects.get(pk=failed.pk)
    assert (run.state, run.attempts, run.error_title) == (State.QUEUED, 0, "")
    assert run.error_said == {}
    assert (run.finished_at, run.enqueued_at is None) == (None, False)
    assert Run.claim(run.pk) is not None
    entry = AuditEntry.objects.get(deed="retry run")
    assert (entry.actor, entry.detail) == (administrator, {"run": str(failed.pk)})


def test_a_double_click_makes_one(client, administrator, failed):
    client.force_login(administrator)
    for _ in range(2):
        client.post(f"/admin/board/retry/run/{failed.pk}/")
    assert AuditEntry.objects.filter(deed="retry run").count() == 1
    assert Run.objects.count() == 1


def test_a_retry_rings_once_the_row_is_queued(
    client, administrator, failed, django_capture_on_commit_callbacks
):
    client.force_login(administrator)
    with django_capture_on_commit_callbacks() as bells:
        client.post(f"/admin/board/retry/run/{failed.pk}/")
    assert len(bells) == 1


def test_retry_needs_a_post_and_the_forms_token(administrator, failed):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    assert strict.get(f"/admin/board/retry/run/{failed.pk}/").status_code in (302, 403, 405)
    assert strict.post(f"/admin/board/retry/run/{failed.pk}/").status_code == 403
    assert Run.objects.get(pk=failed.pk).state == State.FAILED


def test_whoever_held_the_run_before_a_retry_can_write_no_longer(administrator, failed):
    assert retrying.run(failed.pk, administrator)
    assert Run.claim(failed.pk).token > failed.token
    with pytest.raises(LeaseLost):
        failed.write(progress=0.5)


@pytest.mark.parametrize("state", [State.RUNNING, State.SUCCEEDED, State.CANCELLED])
def test_only_what_failed_is_retried(project, administrator, state):
    run = Run.objects.create(project=project, state=state)
    assert not retrying.run(run.pk, administrator)
    assert Run.objects.get(pk=run.pk).state == state


def test_a_failed_upload_is_read_again_from_its_file(client, administrator, project):
    broken = cast.upload(project, b"\x00\x01\x02" * 50)
    assert broken.state == State.FAILED
    broken.file.write_bytes(cast.rows(4))
    client.force_login(administrator)
    assert broken.error[:20] in client.get("/admin/").content.decode()
    client.post(f"/admin/board/retry/upload/{broken.pk}/")
    queued = Upload.objects.get(pk=broken.pk)
    assert (queued.state, queued.error, queued.problems) == (State.QUEUED, "", [])
    from projects import intake

    intake.read(Upload.claim(broken.pk))
    assert Upload.objects.get(pk=broken.pk).state == State.DONE
    assert Example.objects.filter(project=project).count() == 4


def test_a_wrong_file_that_someone_only_looked_at_is_no_failed_job(page, project):
    looked = cast.upload(project, b"\x00\x01\x02" * 50, dry_run=True)
    assert looked.state == State.FAILED
    assert looked.error[:20] not in page()


def test_retry_is_offered_only_where_it_can_help(page, project):
    broken = cast.upload(project, b"\x00\x01\x02" * 50)
    said = page()
    assert "Trying again would end in the same way." in said
    assert f"retry/upload/{broken.pk}" not in said
    Upload.objects.update(error="The studio made a mistake.", error_said={"code": "our-mistake"})
    assert f"retry/upload/{broken.pk}" in page()


def test_a_run_with_too_little_to_learn_from_is_not_retried(page, failed):
    said = {"code": "too-few-examples", "values": {"have": 1, "need": 4, "more": 3}}
    Run.objects.filter(pk=failed.pk).update(error_said=said)
    assert f"retry/run/{failed.pk}" not in page()


def test_why_a_file_failed_is_told_in_the_readers_language(project):
    cast.upload(project, b"\x00\x01\x02" * 50)
    with translation.override("en"):
        (english,) = work.failures()
    assert english.cause == "This is not a text file (it holds binary data)."
    assert english.remedy == "Export the table as CSV or JSON Lines."
    with translation.override("zh-hans"):
        (chinese,) = work.failures()
    assert chinese.cause == "这不是文本文件（里面是二进制数据）。"
    assert chinese.remedy.startswith("请把表格")


def test_an_upload_whose_file_is_gone_says_so_instead(page, project, administrator):
    broken = cast.upload(project, b"\x00\x01\x02" * 50)
    Upload.objects.update(error_said={"code": "our-mistake"})
    broken.file.unlink()
    said = page()
    assert "Its file is gone: upload it again." in said
    assert f"retry/upload/{broken.pk}" not in said
    assert not retrying.upload(broken.pk, administrator)


def test_a_sample_is_fetched_again_though_its_file_is_not_there_yet(project, administrator):
    sample = {"slug": "sms-spam", "language": "en"}
    upload = Upload.objects.create(
        project=project, name="sample", sample=sample, state=State.FAILED, path="uploads/none"
    )
    assert retrying.upload(upload.pk, administrator)


def test_what_belongs_to_a_deleted_project_is_not_shown(page, failed):
    failed.project.deleted_at = timezone.now()
    failed.project.save()
    assert "The memory is full." not in page()


def test_an_old_upload_in_the_queue_is_a_trouble(project):
    upload = Upload.objects.create(project=project, name="a.csv")
    assert not troubles.of_queues(work.queues({}))
    Upload.objects.filter(pk=upload.pk).update(queued_at=timezone.now() - timedelta(hours=3))
    (trouble,) = troubles.of_queues(work.queues({}))
    assert trouble.what == "The oldest upload has waited for 3 h."


def test_a_run_that_goes_back_to_its_queue_waits_from_then_on(project):
    run = Run.objects.create(project=project)
    Run.objects.update(queued_at=timezone.now() - timedelta(days=1))
    Run.claim(run.pk).give_back(counted=False)
    (train,) = (queue for queue in work.queues({}) if queue.name == "train")
    assert (train.waiting, train.seconds < 60) == (1, True)


def test_traffic_counts_requests_and_errors_of_a_day(endpoint):
    now = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    record(endpoint, 3, now - timedelta(minutes=5))
    record(endpoint, 2, now - timedelta(hours=20))
    record(endpoint, 9, now - timedelta(hours=30))
    record(endpoint, 9, now - timedelta(hours=1), shadow=True)
    record(endpoint, 9, now - timedelta(hours=1), position=1)
    assert traffic.counted([endpoint.pk], now) == {endpoint.pk: 5}


def test_hours_that_are_over_are_counted_once(endpoint, django_assert_num_queries):
    now = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    record(endpoint, 2, now - timedelta(hours=20))
    traffic.counted([endpoint.pk], now)
    record(endpoint, 7, now - timedelta(hours=20))  # nothing is recorded into the past in truth
    record(endpoint, 3, now)
    with django_assert_num_queries(1):
        assert traffic.counted([endpoint.pk], now) == {endpoint.pk: 5}


def test_the_hour_that_has_just_ended_is_counted_again(endpoint):
    ended = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)
    record(endpoint, 1, ended - timedelta(minutes=5))
    traffic.counted([endpoint.pk], ended)
    record(endpoint, 1, ended - timedelta(seconds=31))  # written a moment late
    assert traffic.counted([endpoint.pk], ended) == {endpoint.pk: 2}


def test_the_board_shows_an_endpoints_figures(endpoint):
    now = timezone.now()
    record(endpoint, 19, now, latency_ms=10.0)
    record(endpoint, 1, now, latency_ms=500.0)
    Refusal.objects.create(endpoint=endpoint, minute=now, status=429, count=4)
    (shown,) = traffic.endpoints()
    assert (shown.requests, shown.errors) == (24, 4)
    assert 10 < shown.p95 < 500


def test_a_damaged_release_has_words(endpoint):
    release = endpoint.running("live")
    Readiness.objects.create(release=release, problem="Its weights changed.", at=timezone.now())
    (trouble,) = troubles.of_endpoints(traffic.endpoints())
    assert "Its weights changed." in trouble.what
    assert endpoint.slug in trouble.what


def test_files_are_measured_by_kind(settings, tmp_path, monkeypatch, db):
    monkeypatch.setattr(storage, "KEPT", f"test:{uuid4()}")
    settings.FILES = tmp_path
    (tmp_path / "uploads" / "a").mkdir(parents=True)
    (tmp_path / "uploads" / "a" / "rows.csv").write_bytes(b"x" * 1000)
    assert storage.storage().measured_at is None
    assert storage.measure() == {"uploads": 1000}
    said = storage.storage()
    assert said.kinds == {"uploads": 1000}
    assert said.database > 0


def test_a_disk_that_is_nearly_full_has_words():
    full = storage.Storage({}, None, database=0, free=9, total=100)
    (trouble,) = troubles.of_storage(full)
    assert trouble.what == "Only 9 % of the disk is free."
    assert troubles.of_storage(storage.Storage({}, None, 0, free=11, total=100)) == []


def test_the_whole_board_asks_the_database_few_questions(
    failed, endpoint, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        looking.look()


def test_it_speaks_the_readers_language(page, failed):
    said = page(HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "工作进程" in said
    assert "重试" in said
    with translation.override("zh-hans"):
        assert words.age(150) == "2 分钟"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (1e6, "11 d")]
)
def test_spans_are_told_in_their_largest_unit(seconds, said):
    assert words.age(seconds) == said


@pytest.mark.parametrize("address", ["/admin/", "/admin/training/run/", "/admin/login/"])
def test_the_administrators_pages_have_a_policy_of_their_own(client, administrator, address):
    if "login" not in address:
        client.force_login(administrator)
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in f"{policy};"
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_elsewhere_nothing_unsafe_is_allowed(client, administrator):
    assert "unsafe" not in client.get("/").headers["Content-Security-Policy"]
