"""What is done to a whole filter can be taken back, and a dead worker leaves whole pieces."""

import pytest
from django.utils import timezone

from labeling import review
from projects import acting, leafing, searching
from projects.leases import State
from projects.models import Act, Annotation, Deed, Example, Project, Role
from tests.cast import rows, upload


def acted(project: Project, by, deed: Deed, filters=None, **value) -> Act:
    act = acting.begin(project, by, deed, filters or {}, value)
    return carried_out(act)


def carried_out(act: Act) -> Act:
    claimed = Act.claim(act.pk)
    acting.carry_out(claimed)
    claimed.refresh_from_db()
    return claimed


def state_of(project: Project) -> list[tuple]:
    fields = ("pk", "data", "digest", "status", "gold", "set_aside", "assignee", "answered")
    found = Example.objects.filter(project=project).order_by("pk").values_list(*fields)
    return [(*row[:2], bytes(row[2]), *row[3:]) for row in found]


DEEDS = [
    (Deed.SET_ASIDE, {}),
    (Deed.DELETE, {}),
    (Deed.TAG, {"tag": "to check"}),
    (Deed.ANNOTATE, {"answer": {"label": "ham"}}),
    (Deed.REVIEW, {}),
    (Deed.MEND, {"ways": ["blanks", "html", "width"]}),
    (Deed.MASK, {"kinds": ["e-mail", "phone"]}),
    (
        Deed.RELABEL,
        {
            "how": "rename",
            "label": "spam",
            "into": ["junk"],
            "rest": True,
            "names": ["junk", "ham"],
        },
    ),
]


@pytest.mark.parametrize(("deed", "value"), DEEDS, ids=[deed for deed, _ in DEEDS])
def test_every_deed_changes_something_and_is_undone_without_a_trace(project, owner, deed, value):
    upload(
        project, "text,label\n  <b>\uff28\uff49</b> a@example.org ,spam\nplain,\nother,\n".encode()
    )
    project.examples.update(is_test=False)
    before = state_of(project)
    act = acted(project, owner, deed, **value)
    meant = 1 if deed == Deed.RELABEL else 3  # it looks for its examples itself
    assert (act.state, act.total) == (State.DONE, meant)
    assert act.changed > 0
    assert deed == Deed.TAG or state_of(project) != before
    assert acting.undo(act)
    back = carried_out(act)
    assert (back.state, back.changed) == (State.DONE, 0)
    assert back.undone_at
    assert state_of(project) == before
    assert not acting.undo(back)


def test_it_means_what_the_filter_shows(project, owner):
    upload(project, rows(20))
    act = acted(project, owner, Deed.SET_ASIDE, {"label": "spam"})
    assert (act.total, act.changed) == (10, 10)
    assert project.examples.filter(status="set_aside").count() == 10
    assert acted(project, owner, Deed.BRING_BACK, {"status": "set_aside"}).changed == 10


def test_what_is_sent_to_review_waits_there_with_its_answer_until_someone_settles_it(
    project, owner
):
    upload(project, b"text,label\none,spam\ntwo,ham\nthree,\n")
    act = acted(project, owner, Deed.REVIEW)
    assert act.changed == 2
    assert project.examples.filter(status="review", gold__isnull=False).count() == 2
    review.settle(project.examples.get(data__text="one"), {"label": "ham"}, owner)
    acting.undo(act)
    carried_out(act)
    assert not project.examples.filter(status="review").exists()
    assert project.examples.get(data__text="one").gold == {"label": "ham"}


def test_what_is_deleted_is_in_no_list_and_comes_back_when_it_is_uploaded_again(project, owner):
    upload(project, rows(4))
    acted(project, owner, Deed.DELETE)
    assert not searching.chosen(project, {}).exists()
    upload(project, rows(4))
    assert searching.chosen(project, {"status": "labeled"}).count() == 4


def test_the_test_set_is_not_answered_in_bulk(project, owner):
    upload(project, b"text\n" + b"\n".join(b"number %d" % n for n in range(60)))
    act = acted(project, owner, Deed.ANNOTATE, answer={"label": "spam"})
    tests = project.examples.filter(is_test=True).count()
    assert 0 < tests < 60
    assert act.changed == Annotation.objects.count() == 60 - tests


def test_a_text_that_becomes_another_one_is_set_aside(project, owner):
    upload(project, b"text\nhello\n<b>hello</b>\n<i></i>!\n")
    acted(project, owner, Deed.MEND, ways=["html"])
    assert project.examples.filter(set_aside=True).count() == 1
    assert not project.examples.filter(set_aside=False, data__text__contains="<").exists()


def test_a_worker_that_dies_leaves_whole_pieces_and_the_next_goes_on(project, owner, monkeypatch):
    upload(project, rows(30))
    monkeypatch.setattr(acting, "PIECE", 10)
    act = acting.begin(project, owner, Deed.SET_ASIDE, {}, {})
    do, seen = acting.deeds.do, []

    def dies(act, examples):
        if len(seen) == 2:
            raise RuntimeError("power cut")
        seen.append(examples)
        return do(act, examples)

    monkeypatch.setattr(acting.deeds, "do", dies)
    with pytest.raises(RuntimeError):
        acting.carry_out(Act.claim(act.pk))
    assert project.examples.filter(set_aside=True).count() == 20
    monkeypatch.setattr(acting.deeds, "do", do)
    Act.objects.update(lease_until="2000-01-01T00:00:00Z")
    done = carried_out(act)
    assert (done.total, done.done, done.changed) == (30, 30, 30)


def test_whoever_notes_what_millions_are_meant_is_not_taken_for_dead(project, owner, monkeypatch):
    upload(project, rows(3))
    act = acting.begin(project, owner, Deed.SET_ASIDE, {}, {})
    note, left = acting._note, []

    def until_then() -> float:
        return (Act.objects.get().lease_until - timezone.now()).total_seconds()

    def noting(act):
        left.append(until_then())
        note(act)
        left.append(until_then())

    monkeypatch.setattr(acting, "_note", noting)
    carried_out(act)
    assert left[0] > 500 and left[1] <= 30


def test_a_cancelled_act_can_be_undone(project, owner, monkeypatch):
    upload(project, rows(30))
    monkeypatch.setattr(acting, "PIECE", 10)
    act = acting.begin(project, owner, Deed.SET_ASIDE, {}, {})
    claimed = Act.claim(act.pk)
    Act.objects.filter(pk=act.pk).update(cancel_requested=True)
    acting.carry_out(claimed)
    act.refresh_from_db()
    assert (act.state, project.examples.filter(set_aside=True).count()) == (State.CANCELLED, 10)
    assert acting.undo(act)
    carried_out(act)
    assert not project.examples.filter(set_aside=True).exists()


@pytest.mark.parametrize(
    ("deed", "value"),
    [
        (Deed.ANNOTATE, {"answer": {"label": "no"}}),
        (Deed.TAG, {"tag": " "}),
        (Deed.TAG, {"tag": "x" * 61}),
        (Deed.ASSIGN, {"person": "00000000-0000-0000-0000-000000000000"}),
        (Deed.MEND, {"ways": ["rm -rf"]}),
        (Deed.MASK, {}),
        (Deed.RELABEL, {"how": "forget"}),
    ],
    ids=["label", "blank tag", "long tag", "stranger", "way", "nothing", "change of labels"],
)
def test_what_makes_no_sense_is_refused(project, owner, deed, value):
    with pytest.raises(acting.NotPossible):
        acting.begin(project, owner, deed, {}, value)


def test_only_an_owner_brings_masked_data_back(project, owner):
    act = acting.begin(project, owner, Deed.MASK, {}, {"kinds": ["phone"]})
    assert not acting.may_undo(Role.MANAGER, act)
    assert acting.may_undo(Role.OWNER, act)


def test_what_is_settled_is_not_answered_over(project, owner):
    upload(project, rows(10))
    act = acted(project, owner, Deed.ANNOTATE, answer={"label": "ham"})
    assert act.changed == 0
    assert project.examples.filter(status="labeled").count() == 10


def test_undoing_an_older_mend_brings_no_masked_data_back(project, owner):
    upload(project, b"text\nwrite  to anna@example.org\n")
    mended = acted(project, owner, Deed.MEND, ways=["blanks"])
    acted(project, owner, Deed.MASK, kinds=["e-mail"])
    assert acting.undo(mended)
    carried_out(mended)
    assert project.examples.get().data["text"] == "write to [e-mail]"


def test_what_people_skipped_is_skipped_again_after_an_undo(project, owner):
    upload(project, b"text\none\n")
    project.examples.update(status="skipped")
    act = acted(project, owner, Deed.SET_ASIDE)
    acting.undo(act)
    carried_out(act)
    assert project.examples.get().status == "skipped"


def test_a_deleted_example_is_found_by_no_word_and_given_to_nobody(project, owner, member):
    from labeling import queue

    upload(project, b"text\nzebra\n")
    held = queue.next_for(member, project)
    act = acted(project, owner, Deed.DELETE)
    assert held is not None and queue.next_for(member, project) is None
    assert leafing.leaf(project, {"q": "zebra"}, order="id", size=5).examples == []
    acting.undo(act)
    carried_out(act)
    assert len(leafing.leaf(project, {"q": "zebra"}, order="id", size=5).examples) == 1
