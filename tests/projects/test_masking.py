"""What is masked is masked wherever it stands in the project's data, and owners bring it back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.ids import new_id
from labeling.models import Assignment, Suggestion
from projects import acting
from projects.models import Annotation, Deed, Example, Project
from tests.cast import upload
from tests.projects.test_acting import acted, carried_out, state_of

SECOND = {"spans": [{"start": 10, "end": 26, "label": "spam", "text": "anna@example.org"}]}
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


def suggested(example, said, **fields) -> None:
    """By a version; somebody has it on the desk, and somebody has skipped it."""
    told = {"answer": said, "confidence": 0.8125, "scores": {"spam": 0.8125}}
    Suggestion.objects.create(example=example, model_version=new_id(), **told, **fields)
    for state in ("leased", "skipped"):
        Assignment.objects.create(
            project=example.project, example=example, person=example.project.created_by,
            state=state, suggestion=told, suggested_by="version:1", expires_at=timezone.now(),
        )  # fmt: skip


def kept_of_models() -> list:
    leases = Assignment.objects.order_by("pk").values("pk", "suggestion", "suggested_by")
    fields = [one.name for one in Suggestion._meta.fields if one.name not in ("id", "created_at")]
    return [*Suggestion.objects.order_by("example").values(*fields), *leases]


@pytest.mark.parametrize("fed_back", [True, False])
@pytest.mark.parametrize("deed", [Deed.MASK, Deed.MEND])
def test_what_was_suggested_for_another_text_goes_and_comes_back_with_it(
    quoting, owner, deed, fed_back
):
    Annotation.objects.all().delete()
    example = quoting.examples.get()
    text = "write  to anna@example.org"
    Example.objects.update(data={"text": text})
    span = {"start": 10, "end": 26, "label": "spam", "text": text[10:]}
    suggested(example, {"spans": [span]}, fed_back=fed_back)
    before = kept_of_models()
    act = acted(quoting, owner, deed, kinds=["e-mail"], ways=["blanks"])
    assert act.changed == 1 and "@" not in str(kept_of_models())
    assert not Suggestion.objects.exists()
    assert {one.suggested_by for one in Assignment.objects.all()} == {"version:1"}
    if deed == Deed.MASK:  # meanwhile it is suggested anew
        Suggestion.objects.create(
            example=example, answer={"spans": []}, confidence=0.5, model_version=new_id()
        )
    undone(act)
    assert kept_of_models() == before


def test_what_is_written_about_a_text_goes_with_it_and_a_label_does_not(project, owner):
    upload(project, b"text\nwrite to anna@example.org\n")
    suggested(project.examples.get(), {"label": "spam"})
    before = kept_of_models()
    act = masked(project, owner)
    assert kept_of_models() == before
    with CaptureQueriesContext(connection) as asked:
        undone(act)
    assert not [one for one in asked if "training_suggesting" in one["sql"]], (
        "who suggests labels is not held: it would wait for examples, and they for it"
    )
    assert kept_of_models() == before
    Project.objects.filter(pk=project.pk).update(task="text-generation")
    Example.objects.update(data={"prompt": "write to anna@example.org"})
    Suggestion.objects.update(answer={"response": "Dear anna@example.org"})
    project.refresh_from_db()
    masked(project, owner)
    assert not Suggestion.objects.exists()
    assert not Assignment.objects.exclude(suggestion=None).exists()


def test_what_stays_as_it_was_keeps_its_suggestion(quoting, owner):
    suggested(quoting.examples.get(), {"spans": []})
    Example.objects.update(data={"text": "write  to anna@example.org or Bob"})
    Annotation.objects.update(answer=SECOND)
    before = kept_of_models()
    acted(quoting, owner, Deed.MEND, ways=["blanks"])
    assert quoting.examples.filter(set_aside=True).count() == 1
    assert kept_of_models() == before


def test_what_a_caller_and_a_file_said_of_it_is_masked_too(quoting, owner):
    long = "x" * 45  # within a sentence an answer is cut: in the middle of the address
    span = {"start": 9, "end": 71, "label": "spam", "text": f"{long} anna@example.org"}
    said, now = {"spans": [span]}, {"spans": [{**span, "text": f"{long} [e-mail]"}]}
    why = f"A caller says that {quoting.kind.answer.described(said)} is wrong."
    quoting.examples.update(
        origin={
            "feedback": "1",
            "predicted": said,
            "answer": said,
            "comment": "anna@example.org is no name",
            "reason": why,
            "said_by": [{"by": "ann@example.org", "source": "person", "answer": said}],
        }
    )
    example = quoting.examples.get()
    suggested(example, said)
    Assignment.objects.filter(state="leased").update(reason=why)
    act = masked(quoting, owner)
    told = [quoting.examples.get().origin, *Assignment.objects.values_list("reason", flat=True)]
    assert "anna@" not in str(told) and "ann@example.org" in str(told)
    assert quoting.kind.answer.described(now) in Assignment.objects.get(state="leased").reason
    quoting.examples.update(origin={**quoting.examples.get().origin, "comment": "said anew"})
    undone(act)
    assert quoting.examples.get().origin == {**example.origin, "comment": "said anew"}
    assert Assignment.objects.get(state="leased").reason == why
