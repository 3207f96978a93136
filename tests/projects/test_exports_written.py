"""Long files are written by a worker, short ones come at once."""

import os
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from projects import exporting, filing, jobs
from projects.models import Export, Role
from tests.cast import join, person
from tests.projects.exported import give


def begun(project, by, form="jsonl", filters=None):
    return filing.begin(project, by, form, filters or {}, safe=False)


def work(export):
    jobs.write_export(str(export.pk))
    export.refresh_from_db()
    return export


def test_an_export_is_written_and_fetched(project, owner, speak):
    give(project, ["one", "two", "three", "four"])
    client, address = speak(owner), f"/api/v1/projects/{project.pk}/exports/"
    made = client.post(address, {"format": "csv", "filters": {"status": "unlabeled"}})
    assert made.status_code == 202 and made.json()["file"] is None
    work(Export.objects.get(pk=made.json()["id"]))
    told = client.get(f"/api/v1/exports/{made.json()['id']}/").json()
    assert (told["state"], told["rows"], told["progress"]) == ("done", 2, 1.0)
    file = client.get(told["file"])
    assert file["Content-Disposition"] == 'attachment; filename="examples.csv"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert len(b"".join(file.streaming_content)) == told["size_bytes"]


def test_a_wrong_wish_is_refused_before_anything_is_queued(project, owner, speak):
    client, address = speak(owner), f"/api/v1/projects/{project.pk}/exports/"
    for wrong in (
        {"format": "exe"},
        {"format": "conll"},
        {"filters": {"labl": "spam"}},
        {"filters": {"label": "zebra"}},
        {"filters": [1]},
        {"formulas": "wild"},
    ):
        assert client.post(address, wrong).status_code == 400, wrong
    assert not project.exports.exists()


def test_an_export_belongs_to_its_project(project, owner, stranger, speak, client):
    give(project, ["one"])
    export = work(begun(project, owner))
    for ending in ("", "file/"):
        address = f"/api/v1/exports/{export.pk}/{ending}"
        assert speak(stranger).get(address).status_code == 404
    client.force_login(stranger)
    page = f"/projects/{project.pk}/data/exports/"
    assert client.get(page).status_code == 404
    assert client.get(f"{page}{export.pk}/file/").status_code == 404


def test_after_a_week_the_file_is_gone(project, owner, speak):
    give(project, ["one"])
    export = work(begun(project, owner))
    assert export.file.exists()
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert speak(owner).get(f"/api/v1/exports/{export.pk}/file/").status_code == 404
    filing.sweep()
    assert not export.file.exists()
    assert not Export.objects.filter(pk=export.pk).exists()


def test_what_a_killed_worker_left_is_swept_after_a_day(db, settings):
    old, new = (settings.FILE_UPLOAD_TEMP_DIR / f"export-{uuid4()}" for _ in range(2))
    for place in (old, new):
        place.mkdir()
    day_before = time.time() - 2 * 24 * 3600
    os.utime(old, (day_before, day_before))
    filing.sweep()
    assert new.exists() and not old.exists()
    new.rmdir()


def test_a_cancelled_export_leaves_no_file(project, owner, monkeypatch):
    give(project, ["one", "two"])
    export = begun(project, owner)
    monkeypatch.setattr(filing, "EVERY", 0.0)
    first = filing._Watch.__call__

    def cancelled(watch):
        Export.objects.filter(pk=export.pk).update(cancel_requested=True)
        first(watch)

    monkeypatch.setattr(filing._Watch, "__call__", cancelled)
    work(export)
    assert export.state == "cancelled"
    assert not [*export.file.parent.glob(f"*{export.pk}*")]


def test_an_export_whose_worker_died_is_written_anew(project, owner):
    give(project, ["one", "two"])
    export = begun(project, owner)
    dead = Export.claim(export.pk)
    aside = filing._aside(dead)
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.write_bytes(b"half of")
    past = timezone.now() - timedelta(seconds=1)
    Export.objects.filter(pk=export.pk).update(lease_until=past)
    jobs.reconcile_exports()
    work(export)
    assert (export.state, export.attempts, export.rows) == ("done", 2, 2)
    assert not aside.exists()
    filing.write(dead)  # it wakes up, and is nobody any more
    export.refresh_from_db()
    assert (export.state, export.rows) == ("done", 2) and export.file.exists()


def test_a_mistake_of_ours_is_said_and_leaves_nothing(project, owner, monkeypatch):
    give(project, ["one"])
    export = begun(project, owner)
    monkeypatch.setattr(exporting, "asked", None)
    work(export)
    assert (export.state, export.error) == ("failed", "our-mistake")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OWNER])
def test_few_examples_come_at_once(client, project, role):
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client.force_login(user)
    give(project, ["one", "=two"])
    page = f"/projects/{project.pk}/data/exports/"
    assert "CSV for spreadsheets" in client.get(page).content.decode()
    sent = client.post(page, {"format": "csv:safe"}, follow=True)
    assert sent["Content-Disposition"] == 'attachment; filename="examples-for-spreadsheets.csv"'
    assert not project.exports.exists()


def test_many_examples_are_written_by_a_worker(client, project, owner, monkeypatch):
    monkeypatch.setattr(filing, "AT_ONCE", 1)
    client.force_login(owner)
    give(project, ["one", "two", "three", "four"])
    page = f"/projects/{project.pk}/data/exports/?status=unlabeled"
    assert "What the filters show" in client.get(page).content.decode()
    seen = client.post(page, {"format": "parquet", "what": "filter"}, follow=True)
    assert 'hx-trigger="every 1s"' in seen.content.decode()
    export = work(project.exports.get())
    assert (export.rows, export.filters) == (2, {"status": "unlabeled"})
    part = client.get(f"{page}&part=list").content.decode()
    assert "every 1s" not in part and "<h1" not in part
    file = client.get(f"/projects/{project.pk}/data/exports/{export.pk}/file/")
    assert file.status_code == 200 and b"".join(file.streaming_content)[:4] == b"PAR1"


def test_a_waiting_export_is_cancelled_on_the_page(client, project, owner):
    give(project, ["one"])
    client.force_login(owner)
    export = begun(project, owner)
    sent = client.post(f"/projects/{project.pk}/data/exports/{export.pk}/cancel/")
    assert sent.status_code == 302
    export.refresh_from_db()
    assert export.state == "cancelled"


def test_only_ones_own_export_is_cancelled_but_by_managers(client, project, owner, member, speak):
    give(project, ["one"])
    export = begun(project, owner)
    client.force_login(member)
    page = f"/projects/{project.pk}/data/exports/"
    assert "export-cancel" not in client.get(page).content.decode()
    assert client.post(f"{page}{export.pk}/cancel/").status_code == 403
    address = "/api/v1/exports/{}/cancel/"
    assert speak(member).post(address.format(export.pk)).status_code == 403
    own = begun(project, member)
    assert speak(member).post(address.format(own.pk)).json()["state"] == "cancelled"
    assert speak(owner).post(address.format(export.pk)).json()["state"] == "cancelled"


def test_a_project_has_five_exports_under_way_at_most(project, owner, speak):
    give(project, ["one"])
    for _ in range(5):
        begun(project, owner)
    refused = speak(owner).post(f"/api/v1/projects/{project.pk}/exports/", {})
    assert refused.status_code == 400 and "Five files" in refused.json()["errors"]["format"][0]


def test_what_does_not_fit_is_said_on_the_page(client, project, owner):
    give(project, ["x" * 40_000])
    client.force_login(owner)
    page = f"/projects/{project.pk}/data/exports/"
    said = client.post(page, {"format": "xlsx"}, follow=True).content.decode()
    assert "32,767" in said


def test_an_export_that_nobody_wants_at_its_very_end_leaves_no_file(project, owner, monkeypatch):
    give(project, ["one", "two"])
    export = begun(project, owner)
    written = filing._written

    def masked_meanwhile(export):
        told = written(export)
        filing.forget_all(export.project)
        return told

    monkeypatch.setattr(filing, "_written", masked_meanwhile)
    work(export)
    assert export.state == "cancelled" and export.expires_at is None
    assert not [*export.file.parent.glob(f"*{export.pk}*")]


def test_a_list_of_labels_waits_until_the_answers_have_followed_them(project, owner, client):
    from projects import labelbook
    from projects.relabeling import Change

    give(project, ["one"])
    project.examples.update(gold={"label": "spam"})
    labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    client.force_login(owner)
    at = f"/projects/{project.pk}/data/export/?format="
    refused = client.get(f"{at}hf", follow=True).content.decode()
    assert "Labels are being changed right now." in refused
    assert b"spam" in b"".join(client.get(f"{at}jsonl").streaming_content)
