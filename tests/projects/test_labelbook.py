"""Labels get another name, become one, become several or go; answers follow, and come back."""

import threading

import pytest
from django.db import connection, transaction

from projects import acting, founding, intake, jobs, keeping, labelbook, relabeling, tally
from projects.leases import State
from projects.models import Act, Annotation, Deed, Example, SavedFilter, Upload
from projects.relabeling import Change
from tests.cast import person, rows, upload
from tests.projects.relabelled import (
    CHOICE,
    CHOICES,
    KINDS,
    SPANS,
    answered,
    changed,
    going,
    gold,
    of_kind,
    says,
    state,
    taken_back,
)

CHANGES = {
    "rename": ("junk",),
    "merge": ("ham",),
    "split": ("mean spam", "odd spam"),
    "delete": (),
}
# What the answer “spam and ham” says afterwards, where an answer can say two; None: taken back.
AFTER = {
    "rename": ("junk", "ham"),
    "merge": ("ham",),
    "split": None,
    "delete": ("ham",),
}
NAMES = {
    "rename": ["junk", "ham", "eggs"],
    "merge": ["ham", "eggs"],
    "split": ["mean spam", "odd spam", "ham", "eggs"],
    "delete": ["ham", "eggs"],
}


@pytest.fixture(params=KINDS, ids=["one", "several", "spans"])
def task(request):
    return request.param


@pytest.fixture
def labelled(task, owner):
    """One example of the test set and one of the others say spam (and ham); two say else."""
    made = of_kind(task, owner)
    answered(made, 1, says(task, "spam", "ham"), owner)
    answered(made, 2, says(task, "spam", "ham"), owner, is_test=True)
    answered(made, 3, says(task, "ham"), owner)
    answered(made, 4, says(task, "eggs"), None, "import")
    return made


@pytest.mark.parametrize("how", CHANGES)
def test_answers_follow_their_label_and_come_back_without_a_trace(labelled, owner, how):
    before = state(labelled)
    act = changed(labelled, owner, how, "spam", *CHANGES[how])
    assert (act.state, act.total, act.changed) == (State.DONE, 2, 2)
    labelled.refresh_from_db()
    assert labelled.label_names == NAMES[how]
    several, after = labelled.task != CHOICE, AFTER[how]
    if after is None or (how == "delete" and not several):
        waiting = labelled.examples.filter(status="unlabeled", gold__isnull=True, answered=0)
        assert waiting.count() == 2
    elif labelled.task == SPANS:
        named = [set(labelled.kind.answer.labels_of(one)) for one in gold(labelled)[:2]]
        assert named == [set(after)] * 2
    else:
        assert gold(labelled)[:2] == [says(labelled.task, *after)] * 2
    assert gold(labelled)[2:] == [says(labelled.task, "ham"), says(labelled.task, "eggs")]
    taken_back(act, owner)
    again = state(labelled)
    if how == "rename":  # by the old name: both stand in the history, and "junk" means spam
        assert again[:2] == before[:2] and again[3] == before[3]
        assert again[4] == {"junk": "spam"}
    else:
        assert again == before


@pytest.mark.parametrize("how", CHANGES)
def test_what_is_said_beforehand_is_what_happens(labelled, owner, how):
    found = labelbook.touched(labelled, "spam")
    assert (found.answers, found.examples, found.test, found.back) == (2, 2, 1, 2)
    act = changed(labelled, owner, how, "spam", *CHANGES[how], rest=False)
    assert act.changed == found.examples
    if how in ("split", "delete"):
        assert labelled.examples.filter(status="unlabeled").count() == found.back


def test_what_a_reviewer_settled_otherwise_does_not_go_back(owner, member):
    project = of_kind(CHOICE, owner)
    kept = answered(project, 1, says(CHOICE, "spam"), member)
    answered(project, 1, says(CHOICE, "ham"), owner, "review")
    answered(project, 2, says(CHOICE, "spam"), member, set_aside=True)
    found = labelbook.touched(project, "spam")
    assert (found.answers, found.examples, found.back) == (2, 2, 0)
    changed(project, owner, "delete", "spam")
    kept.example.refresh_from_db()
    assert (kept.example.gold, kept.example.status) == (says(CHOICE, "ham"), "labeled")


def test_the_only_label_of_an_answer_of_several_leaves_none_or_asks_anew(owner):
    for rest, after in ((True, {"labels": []}), (False, None)):
        project = of_kind(CHOICES, owner)
        answered(project, 1, says(CHOICES, "spam"), owner)
        changed(project, owner, "delete", "spam", rest=rest)
        assert gold(project) == [after]


def test_counts_by_label_are_those_of_today(labelled, owner):
    changed(labelled, owner, "merge", "spam", "ham")
    labelled.refresh_from_db()
    assert tally.of(labelled).by_label == {"ham": 3, "eggs": 1}
    changed(labelled, owner, "split", "ham", "a", "b")
    labelled.refresh_from_db()
    counts = tally.of(labelled)
    assert {name: count for name, count in counts.by_label.items() if count} == {"eggs": 1}
    assert (counts.gold, counts.by_status["unlabeled"]) == (1, 3)


def test_undoing_leaves_what_people_said_anew(owner, member):
    project = of_kind(CHOICE, owner)
    first = answered(project, 1, says(CHOICE, "spam"), member)
    second = answered(project, 2, says(CHOICE, "spam"), member)
    act = changed(project, owner, "split", "spam", "a", "b")
    answered(project, 1, says(CHOICE, "b"), member)
    taken_back(act, owner)
    assert project.examples.get(pk=first.example_id).gold == says(CHOICE, "b")
    assert project.examples.get(pk=second.example_id).gold == says(CHOICE, "spam")
    project.refresh_from_db()
    assert project.label_names == ["spam", "b", "ham", "eggs"]


def test_undoing_a_merge_leaves_what_was_changed_since(owner, member):
    project = of_kind(CHOICE, owner)
    kept = answered(project, 1, says(CHOICE, "spam"), member)
    act = changed(project, owner, "merge", "spam", "ham")
    kept.refresh_from_db()
    kept.revise(says(CHOICE, "eggs"))
    taken_back(act, owner)
    kept.refresh_from_db()
    assert kept.answer == says(CHOICE, "eggs")


def test_of_two_changes_the_last_goes_back_first(labelled, owner):
    before = state(labelled)
    first = changed(labelled, owner, "merge", "spam", "ham")
    second = changed(labelled, owner, "rename", "ham", "good")
    with pytest.raises(founding.Refused, match="changed again since"):
        taken_back(first, owner)
    taken_back(second, owner)
    taken_back(first, owner)
    assert state(labelled)[:2] == before[:2]
    assert state(labelled)[3] == before[3]
    with pytest.raises(founding.Refused):
        taken_back(first, owner)


def test_names_can_be_swapped(owner):
    project = of_kind(CHOICE, owner)
    answered(project, 1, says(CHOICE, "spam"), owner)
    answered(project, 2, says(CHOICE, "ham"), owner)
    changed(project, owner, "rename", "spam", "between")
    changed(project, owner, "rename", "ham", "spam")
    changed(project, owner, "rename", "between", "ham")
    assert gold(project) == [says(CHOICE, "ham"), says(CHOICE, "spam")]
    project.refresh_from_db()
    assert relabeling.former(project) == {"between": "ham"}


def test_saved_filters_go_on_to_mean_the_same_there_and_back(owner):
    project = of_kind(CHOICE, owner)
    said = {"label": "spam", "suggested": "eggs"}
    saved = SavedFilter.objects.create(project=project, name="junk", filters=said)
    other = SavedFilter.objects.create(project=project, name="ham", filters={"label": "ham"})
    act = changed(project, owner, "merge", "spam", "ham")
    saved.refresh_from_db()
    assert saved.filters == {"label": "ham", "suggested": "eggs"}
    taken_back(act, owner)
    saved.refresh_from_db()
    other.refresh_from_db()
    assert (saved.filters, other.filters) == (said, {"label": "ham"})
    changed(project, owner, "rename", "eggs", "egg")
    saved.refresh_from_db()
    assert saved.filters == {"label": "spam", "suggested": "egg"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("rename", "spam", ("spam",)), "its name already"),
        (Change("rename", "spam", ("ham",)), "Merge the two"),
        (Change("rename", "spam", ("",)), "at least one character"),
        (Change("rename", "spam", ("x" * 101,)), "at most 100"),
        (Change("rename", "bacon", ("toast",)), "no label of this name"),
        (Change("merge", "spam", ("bacon",)), "another label of this project"),
        (Change("merge", "spam", ("spam",)), "another label of this project"),
        (Change("split", "spam", ("one",)), "at least two"),
        (Change("split", "spam", ("ham", "new")), "there twice"),
    ],
    ids=lambda given: given if isinstance(given, str) else f"{given.how} {given.into}"[:30],
)
def test_what_cannot_be_is_refused_and_changes_nothing(owner, change, said):
    project = of_kind(CHOICE, owner)
    with pytest.raises(founding.Refused, match=said):
        labelbook.begin(project, owner, change)
    assert not Act.objects.exists()


def test_the_last_label_stays_and_there_is_an_end_to_splitting(owner, monkeypatch):
    project = of_kind(CHOICE, owner, names=("spam",))
    with pytest.raises(founding.Refused, match="at least one label"):
        labelbook.begin(project, owner, Change("delete", "spam"))
    monkeypatch.setattr(founding, "MOST_LABELS", 2)
    with pytest.raises(founding.Refused, match="2 labels at most"):
        labelbook.begin(project, owner, Change("split", "spam", ("a", "b", "c")))


def test_a_key_that_another_label_has_by_now_stays_with_it(owner):
    project = of_kind(CHOICE, owner)
    key = project.labels[0]["hotkey"]
    act = changed(project, owner, "delete", "spam")
    project.refresh_from_db()
    project.labels[1]["hotkey"] = key
    project.save()
    taken_back(act, owner)
    project.refresh_from_db()
    keys = {label["name"]: label["hotkey"] for label in project.labels}
    assert keys["eggs"] == key and keys["spam"] not in ("", key)


# A large one


def test_a_large_one_is_a_workers_and_goes_on_where_another_died(owner, monkeypatch):
    project = of_kind(CHOICE, owner)
    monkeypatch.setattr(acting, "PIECE", 10)
    for number in range(25):
        answered(project, number, says(CHOICE, "spam"), owner)
    monkeypatch.setattr(acting, "AT_ONCE", 20)
    rung = []
    monkeypatch.setattr(jobs.carry_out, "delay_on_commit", rung.append)
    act = labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    jobs.set_going(act)
    assert rung == [str(act.pk)]
    do, pieces = acting.deeds.do, []

    def dies(act, examples):
        if pieces:
            raise RuntimeError("power cut")
        pieces.append(examples)
        return do(act, examples)

    monkeypatch.setattr(acting.deeds, "do", dies)
    with pytest.raises(RuntimeError):
        acting.carry_out(Act.claim(act.pk))
    act.refresh_from_db()
    assert (act.done, act.total, act.progress) == (10, 25, 0.4)
    project.refresh_from_db()
    with pytest.raises(founding.Refused, match="right now"):
        labelbook.begin(project, owner, Change("rename", "ham", ("good",)))
    monkeypatch.setattr(acting.deeds, "do", do)
    Act.objects.update(lease_until="2000-01-01T00:00:00Z")
    assert going(act).changed == 25
    assert gold(project) == [says(CHOICE, "junk")] * 25


def test_it_cannot_be_stopped_half_way(owner):
    project = of_kind(CHOICE, owner)
    act = labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    acting.cancel(act)
    assert Act.objects.get().state == State.QUEUED


def test_after_an_interruption_it_must_go_on_or_back_before_another(owner):
    project = of_kind(CHOICE, owner)
    answered(project, 1, says(CHOICE, "spam"), owner)
    act = labelbook.begin(project, owner, Change("merge", "spam", ("ham",)))
    Act.objects.filter(pk=act.pk).update(state=State.FAILED)
    project.refresh_from_db()
    with pytest.raises(founding.Refused, match="interrupted"):
        labelbook.begin(project, owner, Change("rename", "ham", ("good",)))
    act.refresh_from_db()
    assert act.queue_again()
    going(act)
    assert gold(project) == [says(CHOICE, "ham")]


# Others at work meanwhile


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


# The settings


@pytest.mark.parametrize("task", [CHOICE, CHOICES, SPANS])
def test_a_label_in_use_is_not_dropped_in_the_settings_whatever_the_answers_are(owner, task):
    project = of_kind(task, owner)
    kept = answered(project, 1, says(task, "ham", "eggs"), owner)
    rest = [{"name": "spam"}, {"name": "eggs"}]
    with pytest.raises(founding.Refused, match="page “Labels”"):
        founding.labels(rest, project)
    kept.withdraw()
    assert [one["name"] for one in founding.labels(rest, project)] == ["spam", "eggs"]


def test_the_api_refuses_it_too(owner, speak):
    project = of_kind(CHOICES, owner)
    answered(project, 1, says(CHOICES, "ham"), owner)
    address = f"/api/v1/projects/{project.pk}/"
    refused = speak(owner).patch(address, {"labels": ["spam", "eggs"]}, format="json")
    assert refused.status_code == 400 and "in use" in str(refused.json())
    assert speak(owner).patch(address, {"labels": ["ham"]}, format="json").status_code == 200
    project.refresh_from_db()
    assert project.former_labels == {"spam": None, "eggs": None}
    back = ["ham", "spam"]
    assert speak(owner).patch(address, {"labels": back}, format="json").status_code == 200
    project.refresh_from_db()
    assert project.former_labels == {"eggs": None}


def test_settings_wait_while_labels_are_on_their_way(owner):
    project = of_kind(CHOICE, owner)
    labelbook.begin(project, owner, Change("rename", "spam", ("junk",)))
    with pytest.raises(founding.Refused, match="right now"):
        founding.labels([{"name": "ham"}], project)
    assert founding.labels([{**one, "color": "#000000"} for one in project.labels], project)


def test_answers_that_were_taken_back_and_other_projects_are_left_alone(owner):
    project, other = of_kind(CHOICE, owner), of_kind(CHOICE, owner)
    gone = answered(project, 1, says(CHOICE, "spam"), owner)
    gone.withdraw()
    theirs = answered(other, 1, says(CHOICE, "spam"), owner)
    act = changed(project, owner, "rename", "spam", "junk")
    assert act.total == 0
    kept = Annotation.objects.filter(pk__in=[gone.pk, theirs.pk])
    assert set(kept.values_list("answer__label", flat=True)) == {"spam"}
    assert not Upload.objects.exists()


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
