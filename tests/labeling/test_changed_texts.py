"""What was suggested for a text is not suggested for another one: the text was mended or masked."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from accounts.ids import new_id
from accounts.problems import Conflict
from labeling import answering, asking, checks, learning, queue, reasons, review, suggesting
from labeling.models import Assignment, Candidate, Suggestion
from projects import acting, bulk, outdated
from projects.models import Annotation, Deed, Example, Order, Project, Role
from tests.cast import join, person
from tests.labeling.test_phrasebook import QUIET, spans
from tests.projects.test_acting import acted, carried_out

TEXT, NOW = "write to ann@example.org or Bob", "write to [e-mail] or Bob"


@pytest.fixture
def stale(project):
    """Two examples: a suggestion of one quotes its text, that of the other a text that is gone."""
    Project.objects.filter(pk=project.pk).update(task="token-classification", hidden_share=0)
    project.refresh_from_db()
    project.labels = [{"name": "PER"}]
    project.save()
    for digest, text in ((b"a", NOW), (b"b", TEXT)):
        one = Example.objects.create(project=project, data={"text": text}, digest=digest)
        said = {"answer": spans(TEXT, "ann@example.org", "Bob"), "confidence": 0.9}
        Suggestion.objects.create(example=one, model_version=new_id(), **said)
    return project


def test_as_suggested_labels_only_what_the_suggestion_is_about(stale, owner):
    sample = bulk.sample(stale, owner, Deed.ACCEPT, acting.meant(stale, {}), None)
    assert [one.example.data["text"] for one in sample.seen] == [TEXT]
    assert acted(stale, owner, Deed.ACCEPT).changed == 1
    (kept,) = Annotation.objects.all()
    assert kept.example.data == {"text": TEXT} and kept.answer == spans(
        TEXT, "ann@example.org", "Bob"
    )


def test_however_many_suggestions_fit_no_text_a_sample_shows_those_that_do(stale, owner):
    misfits = [
        Example(project=stale, data={"text": f"{NOW} {n}"}, digest=f"{n}".encode())
        for n in range(100)
    ]
    said = {"answer": spans(TEXT, "Bob"), "confidence": 0.9, "model_version": new_id()}
    Suggestion.objects.bulk_create(
        Suggestion(example=one, project=stale, **said)
        for one in Example.objects.bulk_create(misfits)
    )
    sample = bulk.sample(stale, owner, Deed.ACCEPT, acting.meant(stale, {}), None)
    assert [one.example.data["text"] for one in sample.seen] == [TEXT]


def test_the_desk_suggests_nothing_about_a_text_that_is_gone(stale, member):
    about = {one.data["text"]: suggesting.at_lease(one) for one in stale.examples.all()}
    assert about[NOW] == {} and about[TEXT]["suggestion"]["confidence"] == 0.9


def test_a_lease_of_before_shows_it_no_longer(stale, member):
    lease = queue.next_for(member, stale)
    said = {"answer": spans(TEXT, "Bob"), "confidence": 0.9, "scores": {}}
    for by, look in (("version:1", suggesting.shown), ("hint:1", suggesting.from_file)):
        Assignment.objects.update(suggestion=said, suggested_by=by)
        lease.refresh_from_db()
        for text, seen in ((NOW, False), (TEXT, True)):
            lease.example.data = {"text": text}
            assert (look(lease) is not None) is seen


def test_what_a_caller_said_of_a_text_that_is_gone_is_not_proposed(stale, member):
    for one in stale.examples.all():
        one.origin = {"feedback": "1", "answer": spans(TEXT, "Bob")}
        said = {"answer": spans(one.data["text"], "Bob"), "confidence": 0.9, "scores": {}}
        lease = Assignment(project=stale, example=one, suggestion=said, suggested_by="version:1")
        form = asking.form(stale, one, assignment=lease)
        assert form["proposed"] == spans(one.data["text"], "Bob")
        assert form["by_caller"] is (one.data["text"] == TEXT)


def test_a_check_that_quotes_what_was_masked_is_met_by_nobody_and_shows_no_answer(
    stale, owner, member, client, always
):
    stale.check_share = 20
    stale.save()
    stale.examples.filter(data__text=NOW).delete()
    example = stale.examples.get()
    review.settle(example, spans(TEXT, "ann@example.org"), owner)
    checks.make(example, owner)
    client.force_login(owner)
    page = reverse("checks", args=[stale.pk])
    assert "ann@example.org" in client.get(page).content.decode()
    mask = acted(stale, owner, Deed.MASK, kinds=["e-mail"])
    always(0.0)
    shown = client.get(page).content.decode()
    assert "write to [e-mail] or Bob" in shown and "ann@example.org" not in shown
    assert queue.next_for(member, stale) is None
    acting.undo(mask)
    carried_out(mask)
    assert queue.next_for(member, stale).is_check


@pytest.fixture
def alone(stale):
    """The project with one example, whose text has something to mask."""
    stale.examples.filter(data__text=NOW).delete()
    return stale


@pytest.mark.parametrize("door", ["submit", "change", "settle"])
def test_an_answer_that_waited_while_its_text_was_masked_is_refused(alone, owner, member, door):
    lease, said = queue.next_for(member, alone), spans(TEXT, "ann@example.org")
    kept = Annotation.record(alone.examples.get(), {"spans": []}, owner, "person")
    doors = {
        "submit": lambda: answering.submit(lease, said, 5),
        "change": lambda: answering.change(kept, said),
        "settle": lambda: review.settle(kept.example, said, owner),
    }
    acted(alone, owner, Deed.MASK, kinds=["e-mail"])
    with pytest.raises(Conflict, match="text of this one has just changed"):
        doors[door]()
    assert "@" not in str(Annotation.objects.values_list("answer", "history__answer"))
    again = queue.next_for(member, alone)
    assert again == lease and answering.submit(again, spans(NOW, "Bob"), 5)[1]


def test_why_it_came_quotes_nothing_that_was_masked(alone, owner, member, always):
    always(QUIET)
    alone.order = Order.SMART
    alone.save()
    said = {"reason": "strange", "values": {"phrase": "ann@example.org"}}
    Candidate.objects.create(example=alone.examples.get(), project=alone, rank=0, **said)
    lease = queue.next_for(member, alone)
    assert "ann@example.org" in reasons.told(lease)
    acted(alone, owner, Deed.MASK, kinds=["e-mail"])
    lease.refresh_from_db()
    assert lease.reason_values == {} and reasons.told(lease) == reasons.CHOSEN
    assert not Candidate.objects.exists()


def test_nothing_is_learned_from_texts_that_are_about_to_change(stale):
    def may_learn() -> bool:
        """As another process."""
        try:
            return learning._alone(stale)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        assert another.submit(may_learn).result()
        outdated.hold(stale)
        assert not another.submit(may_learn).result()


def test_nobody_is_measured_by_an_answer_that_was_masked(alone, owner, member, always):
    alone.check_share = 20
    alone.save()
    always(0.0)
    example = alone.examples.get()
    review.settle(example, spans(TEXT, "ann@example.org"), owner)
    checks.make(example, owner)
    lease = queue.next_for(member, alone)
    assert lease.is_check
    acted(alone, owner, Deed.MASK, kinds=["e-mail"])
    acted(alone, owner, Deed.BRING_BACK, {"status": "set_aside"})
    answering.submit(lease, spans(NOW, "Bob"), 5)
    assert checks.by_person(alone) == {}
    other = person("other@example.org")
    join(alone, other, Role.ANNOTATOR)
    assert not queue.next_for(other, alone).is_check
