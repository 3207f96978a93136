"""A snapshot is content-addressed, keeps the test set apart, and is the same for the same gold."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from ml import frozen, manifest
from ml.failures import Failure
from ml.runs import RunFolder
from projects import acting, gold, labelbook
from projects.models import Act, Annotation, Deed, Role
from projects.relabeling import Change
from tests.cast import join, person, rows, upload
from tests.projects.relabelled import changed, going
from training import differing, folder, launching, snapshots, supervisor
from training.models import Run, Snapshot, SnapshotRow


def read(snapshot):
    return list(frozen.read(snapshot.file))


def test_the_same_gold_is_the_same_snapshot(project, owner):
    upload(project, rows(50))
    first, second = snapshots.freeze(project, owner), snapshots.freeze(project, owner)
    assert first.pk == second.pk
    upload(project, b"text,label\none more,spam\n")
    assert snapshots.freeze(project, owner).pk != first.pk


def test_test_rows_are_those_decided_at_intake_and_no_others(project, owner):
    upload(project, rows(200))
    snapshot = snapshots.freeze(project, owner)
    frozen = {row["id"] for row in read(snapshot) if row["split"] == "test"}
    decided = {str(pk) for pk in project.examples.filter(is_test=True).values_list("pk", flat=True)}
    assert frozen == decided
    assert snapshot.counts["test"] == len(decided)
    assert SnapshotRow.objects.filter(snapshot=snapshot).count() == len(read(snapshot))


def test_rows_keep_their_side_while_data_grows(project, owner):
    upload(project, rows(100))
    before = {row["id"]: row["split"] for row in read(snapshots.freeze(project, owner))}
    more = ["text,label", *(f"other {n} words,spam" for n in range(40))]
    upload(project, "\n".join(more).encode())
    after = {row["id"]: row["split"] for row in read(snapshots.freeze(project, owner))}
    assert not [pk for pk in before if pk in after and before[pk] != after[pk]]


def test_what_was_masked_since_is_fetched_by_owners_only(project, owner, client, speak):
    upload(project, b"text,label\nwrite to ann@example.org,spam\nsee you,ham\n")
    before = snapshots.freeze(project, owner)
    mask = acting.begin(project, owner, Deed.MASK, {}, {"kinds": ["e-mail"]})
    acting.carry_out(Act.claim(mask.pk))
    after = snapshots.freeze(project, owner)
    manager = person("manager@example.org")
    join(project, manager, Role.MANAGER)

    def fetched(who, snapshot):
        client.force_login(who)
        page = client.get(reverse("snapshot-file-page", args=[project.pk, snapshot.pk]))
        told = speak(who).get(f"/api/v1/snapshots/{snapshot.pk}/file/")
        return page.status_code, told.status_code

    assert fetched(manager, before) == (403, 403)
    assert fetched(manager, after) == fetched(owner, before) == (200, 200)
    listed = client.get(reverse("snapshots-page", args=[project.pk])).content.decode()
    assert "for owners" not in listed
    client.force_login(manager)
    listed = client.get(reverse("snapshots-page", args=[project.pk])).content.decode()
    assert listed.count("for owners") == 1
    acting.undo(mask)
    acting.carry_out(Act.claim(mask.pk))
    assert fetched(manager, before) == (200, 200)


def test_feedback_and_set_aside_rows_never_enter_the_test_set(project, owner):
    from labeling import queue, review

    upload(project, rows(30))
    for number in range(40):
        example = queue.put(project, {"text": f"from outside {number}"}, reason="r", origin={})
        review.settle(example, {"label": "spam"}, owner)
    frozen = read(snapshots.freeze(project, owner))
    outside = [row for row in frozen if row["data"]["text"].startswith("from outside")]
    assert outside and all(row["split"] != "test" for row in outside)


def test_nothing_labelled_is_said(project, owner, speak):
    with pytest.raises(snapshots.NothingToFreeze):
        snapshots.freeze(project, owner)
    refused = speak(owner).post(f"/api/v1/projects/{project.pk}/snapshots/")
    assert refused.status_code == 400
    run = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", {})
    assert run.status_code == 400 and "two different labels" in run.json()["detail"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"method": "magic"}, "method"),
        ({"effort": "heroic"}, "effort"),
        ({"base_model": "../../etc"}, "base_model"),
        ({"hyperparameters": {"shell": 1}}, "hyperparameters"),
        ({"hyperparameters": {"epochs": "3; rm"}}, "hyperparameters"),
        ({"hyperparameters": [1]}, "hyperparameters"),
        ({"seed": -1}, "seed"),
        ({"snapshot": "019a0000-0000-7000-8000-000000000000"}, "snapshot"),
    ],
)
def test_a_mistaken_launch_names_its_field(project, owner, speak, asked, field):
    upload(project, rows(10))
    refused = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", asked)
    assert (refused.status_code, field in refused.json()["errors"]) == (400, True)


def test_runs_are_launched_with_every_field_left_out(project, owner, speak):
    upload(project, rows(10))
    made = speak(owner).post(f"/api/v1/projects/{project.pk}/runs/", {})
    assert made.status_code == 202
    body = made.json()
    assert (body["effort"], body["method"], body["attempts"]) == ("balanced", "auto", 0)
    assert speak(owner).get(f"/api/v1/runs/{body['id']}/history/").json() == []


def answer(project, text, label):
    """Somebody settles an example otherwise."""
    example = project.examples.get(data__text=text)
    Annotation.record(example, {"label": label}, None, "review")
    gold.settle([example.pk])
    return str(example.pk)


def aged(project, snapshot):
    """The snapshot as an earlier release wrote it: JSON Lines, and no manifest."""
    lines = "".join(json.dumps(row, sort_keys=True) + "\n" for row in read(snapshot))
    place = snapshot.file.with_suffix(".jsonl")
    place.write_text(lines)
    path = str(snapshot.path).replace(".parquet", ".jsonl")
    return Snapshot.objects.create(
        project=project, sha256="0" * 64, path=path, counts=snapshot.counts, labels=snapshot.labels
    )


def test_the_same_content_gives_the_same_bytes(project, owner):
    upload(project, rows(50))
    snapshot = snapshots.freeze(project, owner)
    before = snapshot.file.read_bytes()
    snapshot.file.unlink()
    snapshot.file.with_suffix(".json").unlink()
    assert snapshots.freeze(project, owner).pk == snapshot.pk
    assert snapshot.file.read_bytes() == before
    assert [row["id"] for row in read(snapshot)] == sorted(row["id"] for row in read(snapshot))


def test_its_name_follows_from_rows_labels_and_rule_and_not_from_the_file(project, owner):
    upload(project, rows(20))
    snapshot = snapshots.freeze(project, owner)
    again = frozen.content_hash(read(snapshot), snapshots._about(project))
    assert again == snapshot.sha256 == snapshot.file.stem
    project.labels = [*project.labels, {**project.labels[0], "name": "new"}]
    project.save()
    assert snapshots.freeze(project, owner).pk != snapshot.pk


def test_the_manifest_says_what_is_in_the_file(project, owner, speak):
    upload(project, rows(60))
    snapshot = snapshots.freeze(project, owner)
    told = speak(owner).get(f"/api/v1/snapshots/{snapshot.pk}/").json()
    said = told["manifest"]
    assert said["content_sha256"] == told["sha256"]
    assert said["file"]["sha256"] == manifest.sha256(snapshot.file)
    assert said["counts"] == told["counts"] == snapshot.counts
    by_label = said["by_label"]
    counted = {split: sum(labels.values()) for split, labels in by_label.items()}
    assert counted == {name: said["counts"][name] for name in counted}
    assert said["left_out"]["count"] == told["left_out"]
    assert project.salt not in json.dumps(said)


def test_near_repeats_of_the_test_set_are_left_out_and_counted(project, owner):
    upload(project, rows(40))
    text = project.examples.filter(is_test=True).first().data["text"]
    more = [f"{text}!", f"{text}!!", f"{text} .", f"{text}?", f"{text}…"]
    upload(project, "\n".join(["text,label", *(f"{line},spam" for line in more)]).encode())
    beside = project.examples.filter(data__text__in=more, is_test=False).count()
    snapshot = snapshots.freeze(project, owner)
    assert snapshot.counts["left_out"] >= beside > 0


def test_the_file_is_for_managers(project, owner, speak):
    upload(project, rows(20))
    snapshot = snapshots.freeze(project, owner)
    address = f"/api/v1/snapshots/{snapshot.pk}/file/"
    sent = speak(owner).get(address)
    assert b"".join(sent.streaming_content) == snapshot.file.read_bytes()
    assert sent["Content-Disposition"] == f'attachment; filename="{snapshot.sha256}.parquet"'
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    assert speak(viewer).get(address).status_code == 403
    assert speak(person("nobody@example.org")).get(address).status_code == 404


@pytest.mark.parametrize("old", [False, True])
def test_the_trainer_reads_new_snapshots_and_old_ones(project, owner, old):
    upload(project, rows(20))
    snapshot = snapshots.freeze(project, owner)
    given = aged(project, snapshot) if old else snapshot
    run = Run.objects.create(project=project, snapshot=given)
    folder.prepare(run, given)
    place = RunFolder(run.folder)
    assert place.settings().rows == ("snapshot.jsonl" if old else "snapshot.parquet")
    assert place.rows(place.settings()) == read(snapshot)


def test_a_damaged_file_is_said_and_not_learned_from(project, owner):
    upload(project, rows(20))
    snapshot = snapshots.freeze(project, owner)
    run = Run.objects.create(project=project, snapshot=snapshot)
    folder.prepare(run, snapshot)
    place = run.folder / "snapshot.parquet"
    content = bytearray(place.read_bytes())
    content[200] ^= 0xFF
    place.write_bytes(content)
    with pytest.raises(Failure) as failure:
        RunFolder(run.folder).rows(RunFolder(run.folder).settings())
    assert failure.value.code == "damaged-data"


@pytest.mark.parametrize("old", [False, True])
def test_two_snapshots_say_what_came_what_went_and_what_changed(project, owner, old):
    upload(project, rows(40))
    first = snapshots.freeze(project, owner)
    texts = project.examples.order_by("id").values_list("data__text", flat=True)
    changed = answer(project, texts[2], "ham")
    gone = project.examples.get(data__text=texts[5])
    gold.put_aside(gone, aside=True)
    upload(project, b"text,label\nsomething quite different here,ham\n")
    second = snapshots.freeze(project, owner)
    found = differing.between(aged(project, first) if old else first, second)
    assert [one[0] for one in found.only_a.first] == [str(gone.pk)]
    assert found.only_b.count == 1
    assert found.changed.first == [(changed, {"label": "spam"}, {"label": "ham"})]
    labels = {name: (one, other) for name, one, other in found.labels}
    spam, ham = labels["spam"], labels["ham"]
    assert spam[0] + ham[0] == len(read(first)) and spam[1] + ham[1] == len(read(second))
    assert sum(one for _, one, _ in found.splits) == len(read(first))


def test_the_page_compares_two_snapshots(client, project, owner):
    upload(project, rows(40))
    client.force_login(owner)
    page = f"/projects/{project.pk}/snapshots/"
    assert "No snapshot yet" in client.get(page).content.decode()
    first = snapshots.freeze(project, owner)
    text = project.examples.order_by("id").values_list("data__text", flat=True)[2]
    answer(project, text, "ham")
    second = snapshots.freeze(project, owner)
    listed = client.get(page).content.decode()
    assert str(first) in listed and str(second) in listed
    compared = client.get(f"{page}compare/?a={first.pk}&b={second.pk}")
    assert "Answered otherwise" in compared.content.decode() and text in compared.content.decode()
    assert client.get(f"{page}compare/?a={first.pk}&b=x").status_code == 404
    first.file.unlink()
    lost = client.get(f"{page}compare/?a={first.pk}&b={second.pk}", follow=True)
    assert "damaged or gone" in lost.content.decode()


def test_a_snapshot_of_another_project_is_not_there(client, project, owner, stranger):
    from projects import founding

    upload(project, rows(20))
    snapshot = snapshots.freeze(project, owner)
    mine = founding.found(stranger, name="Mine", task="text-classification")
    client.force_login(stranger)
    address = f"/projects/{mine.pk}/snapshots/"
    assert client.get(f"{address}compare/?a={snapshot.pk}&b={snapshot.pk}").status_code == 404
    assert client.get(f"{address}{snapshot.pk}/file/").status_code == 404
    assert client.get(f"/projects/{project.pk}/snapshots/").status_code == 404


@pytest.mark.parametrize("old", [False, True])
def test_an_erased_row_leaves_the_file_and_the_rest_stays(project, owner, old):
    upload(project, rows(40))
    fresh = snapshots.freeze(project, owner)
    snapshot = aged(project, fresh) if old else fresh
    before = read(snapshot)
    gone = before[3]["id"]
    assert snapshots.without(snapshot, [gone]) == 1
    assert snapshots.without(snapshot, [gone]) == 0
    assert read(snapshot) == [row for row in before if row["id"] != gone]
    snapshot.refresh_from_db()
    parts = {name: n for name, n in snapshot.counts.items() if name != "left_out"}
    assert sum(parts.values()) == 39
    told = snapshots.manifest_of(snapshot.file)
    assert old or (told["erased"], told["file"]["sha256"]) == (1, manifest.sha256(snapshot.file))


def test_nothing_is_frozen_while_labels_are_on_their_way(project, owner):
    upload(project, rows(20))
    before = snapshots.freeze(project, owner)
    act = labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    with pytest.raises(snapshots.LabelsMoving):
        snapshots.freeze(project, owner)
    with pytest.raises(launching.NotReady, match="right now"):
        launching.check(project)
    going(act)
    project.refresh_from_db()
    after = snapshots.freeze(project, owner)
    assert {row["answer"]["label"] for row in read(after)} == {"junk", "ham"} == set(after.labels)
    assert {row["answer"]["label"] for row in read(before)} == {"spam", "ham"} == set(before.labels)


def test_a_run_that_comes_to_its_turn_meanwhile_waits_without_losing_an_attempt(project, owner):
    upload(project, rows(20))
    run = Run.objects.create(project=project, method="classical", effort="quick")
    labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    supervisor.supervise(Run.claim(run.pk))
    run.refresh_from_db()
    assert (run.state, run.attempts, run.snapshot) == ("queued", 0, None)
    assert run in Run.unrung(quiet=timedelta(seconds=20))


def test_a_project_as_it_was_loaded_before_is_frozen_in_the_labels_of_today(project, owner):
    upload(project, rows(20))
    old = type(project).objects.get(pk=project.pk)
    changed(project, owner, "merge", "spam", "ham")
    assert snapshots.freeze(old, owner).labels == ["ham"]
