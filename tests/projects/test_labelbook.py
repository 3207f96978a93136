"""Labels get another name, become one, become several or go; answers follow, and come back."""

import pytest

from projects import founding, labelbook, relabeling, tally
from projects.leases import State
from projects.models import Annotation, SavedFilter, Upload
from tests.projects.relabelled import (
    CHOICE,
    CHOICES,
    KINDS,
    SPANS,
    answered,
    changed,
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
