"""What is masked is masked wherever it stands in the project's data, and owners bring it back."""

import pytest

from projects import acting
from projects.models import Annotation, Deed, Example, Project
from tests.cast import upload
from tests.projects.test_acting import acted, carried_out, state_of

TWO_OF_ONE = b"text\nwrite to anna@example.org\nwrite to bob@example.org\n"


def masked(project, owner):
    return acted(project, owner, Deed.MASK, kinds=["e-mail"])


def undone(act):
    assert acting.undo(act)
    return carried_out(act)


def shown(project) -> str:
    """All that anybody can read of the examples and their answers."""
    told = [*Annotation.objects.values_list("answer", "history__answer")]
    return str([*Example.objects.filter(project=project).values_list("data"), *told])


def test_texts_that_become_the_same_are_all_masked_and_one_of_them_stays_in_use(project, owner):
    upload(project, TWO_OF_ONE)
    before = state_of(project)
    act = masked(project, owner)
    assert "@" not in shown(project)
    assert project.examples.filter(set_aside=True).count() == 1
    undone(act)
    assert state_of(project) == before


def test_one_that_is_brought_back_is_masked_still(project, owner):
    upload(project, TWO_OF_ONE)
    masked(project, owner)
    acted(project, owner, Deed.BRING_BACK, {"status": "set_aside"})
    assert project.examples.filter(set_aside=False).count() == 2 and "@" not in shown(project)


@pytest.mark.parametrize("deed", [Deed.SET_ASIDE, Deed.DELETE])
def test_undoing_it_brings_back_what_was_set_aside_since_and_leaves_it_there(project, owner, deed):
    upload(project, b"text\nwrite to anna@example.org\n")
    act = masked(project, owner)
    acted(project, owner, deed)
    undone(act)
    assert "@" in shown(project)
    assert not project.examples.filter(set_aside=False, deleted_at=None).exists()


@pytest.fixture
def quoting(project):
    Project.objects.filter(pk=project.pk).update(task="token-classification")
    project.refresh_from_db()
    text = "write to anna@example.org or Bob"
    span = {"start": 9, "end": 25, "label": "spam", "text": "anna@example.org"}
    example = Example.objects.create(project=project, data={"text": text}, digest=b"a")
    for answer in ({"spans": [span]}, {"spans": []}):
        Annotation.objects.create(example=example, source="import", answer=answer)
    return project


def test_passages_that_quote_it_are_masked_and_taken_back(quoting, owner):
    before, answers = state_of(quoting), list(Annotation.objects.order_by("pk").values("answer"))
    act = masked(quoting, owner)
    assert "@" not in shown(quoting)
    assert quoting.examples.filter(set_aside=True, gold__isnull=True).count() == 1
    undone(act)
    assert list(Annotation.objects.order_by("pk").values("answer")) == answers
    assert not Annotation.objects.exclude(withdrawn_at=None).exists()
    assert [row[1] for row in state_of(quoting)] == [row[1] for row in before]
    assert not quoting.examples.filter(set_aside=True).exists()
