"""Labels change while others label, import, or change labels, too."""

import threading

import pytest
from django.db import connection, transaction

from projects import acting, founding, intake, keeping, labelbook, relabeling
from projects.leases import State
from projects.models import Act, Deed, Example
from projects.relabeling import Change
from tests.cast import person, rows, upload
from tests.projects.relabelled import CHOICE, answered, changed, going, gold, of_kind, says


def test_a_bulk_label_that_waits_is_said_in_the_labels_of_today(owner):
    project = of_kind(CHOICE, owner)
    upload(project, b"text\none\ntwo\n")
    Example.objects.update(is_test=False)
    waits = acting.begin(project, owner, Deed.ANNOTATE, {}, {"answer": says(CHOICE, "spam")})
    changed(project, owner, "rename", "spam", "junk")
    assert going(waits).changed == 2
    assert gold(project) == [says(CHOICE, "junk")] * 2
    acting.undo(waits)
    going(waits)
    assert gold(project) == [None] * 2


def test_an_upload_that_is_being_read_brings_the_old_label_in_todays_words(owner, monkeypatch):
    """Its first batch is in, the second was read before the change and is kept after it."""
    project = of_kind(CHOICE, owner)
    monkeypatch.setattr(intake, "BATCH", 10)
    keep, batches = keeping.keep, []

    def meanwhile(upload, batch, seen):
        batches.append(batch)
        if len(batches) == 2:
            changed(type(project).objects.get(pk=project.pk), owner, "rename", "spam", "junk")
        keep(upload, batch, seen)

    monkeypatch.setattr(keeping, "keep", meanwhile)
    done = upload(project, rows(40))
    assert (done.state, done.rejected, len(batches)) == (State.DONE, 0, 4)
    labels = [one["label"] for one in gold(project)]
    assert sorted(set(labels)) == ["ham", "junk"] and labels.count("junk") == 20


def test_rows_whose_label_goes_while_they_are_read_come_unlabelled_or_are_refused(
    owner, monkeypatch
):
    project = of_kind(CHOICE, owner)
    monkeypatch.setattr(intake, "BATCH", 10)
    keep, batches = keeping.keep, []

    def meanwhile(upload, batch, seen):
        batches.append(batch)
        if len(batches) == 1:
            changed(type(project).objects.get(pk=project.pk), owner, "delete", "spam")
        keep(upload, batch, seen)

    monkeypatch.setattr(keeping, "keep", meanwhile)
    done = upload(project, rows(60))
    assert done.state == State.DONE
    assert {one["label"] for one in gold(project) if one} == {"ham"}
    assert project.examples.filter(gold__isnull=True, status="unlabeled").count() >= 5
    assert done.rejected and "no label “spam” any more" in done.problems[0]["reason"]


def test_a_later_file_may_have_the_names_of_earlier(owner):
    project = of_kind(CHOICE, owner)
    changed(project, owner, "rename", "spam", "junk")
    changed(project, owner, "delete", "eggs")
    project.refresh_from_db()
    done = upload(project, b"text,label\none,spam\ntwo,eggs\nthree,ham\n")
    assert gold(project) == [says(CHOICE, "junk"), says(CHOICE, "ham")]
    assert [one["said"]["code"] for one in done.problems] == ["label-gone"]
    looked = upload(project, b"text,label\nfour,spam\nfive,eggs\n", dry_run=True)
    assert looked.new_labels == {"eggs": 1}


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_is_told_that_the_other_was_first(owner):
    project = of_kind(CHOICE, owner)
    answered(project, 1, says(CHOICE, "spam"), owner)
    other, ended, start = person("other@example.org"), [], threading.Barrier(2)

    def change(by, name):
        start.wait()
        mine = type(project).objects.get(pk=project.pk)
        try:
            labelbook.begin(mine, by, Change("rename", "spam", (name,)))
            ended.append("begun")
        except founding.Refused as refused:
            ended.append(str(refused))
        connection.close()

    both = [threading.Thread(target=change, args=one) for one in ((owner, "a"), (other, "b"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(ended) == [
        "Labels are being changed right now. Wait until that is done.",
        "begun",
    ]
    assert Act.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_being_kept_is_among_those_that_follow(owner):
    """It holds the labels; the change waits for it, and then means it too."""
    project, waits = of_kind(CHOICE, owner), threading.Event()

    def change():
        waits.set()
        labelbook.begin(
            type(project).objects.get(pk=project.pk), owner, Change("rename", "spam", ("junk",))
        )
        connection.close()

    other = threading.Thread(target=change)
    with transaction.atomic():
        relabeling.hold(project)
        answered(project, 1, says(CHOICE, "spam"), owner)
        other.start()
        waits.wait()
        other.join(timeout=0.5)
        assert other.is_alive(), "it waits for whoever holds the labels"
    other.join()
    assert going(Act.objects.get()).changed == 1
    assert gold(project) == [says(CHOICE, "junk")]
