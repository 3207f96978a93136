"""A person's rows go from everywhere, and what remains says only that they went."""

import json

import pytest
from django.utils import timezone

from labeling.models import Assignment, Candidate, Comment, Held, Recheck, Rule
from projects import acting, wording
from projects.leases import State
from projects.models import (
    Act,
    Annotation,
    Deed,
    Entry,
    Erasure,
    Example,
    Role,
    SavedFilter,
    Touched,
    Upload,
)  # fmt: skip
from studio import erasing, jobs
from studio.forgetting import ErasureForm
from tests.cast import join, person, rows, upload
from training import forgetting, snapshots
from training.models import Run, SnapshotRow, TestAnswer

LISTS = forgetting.LISTS
HERS = b"text,label\nAnna Muster wants her money back,spam\nplease call anna muster,ham\n"


def erased(project, owner, **filters) -> Erasure:
    begun = erasing.begin(project, owner, filters, "request of today")
    claimed = Erasure.claim(begun.pk)
    erasing.erase(claimed)
    claimed.refresh_from_db()
    return claimed


def left(project) -> str:
    """Everything below the project's files and rows that could hold a text."""
    found = [path.read_bytes() for path in Upload.objects.first().file.parent.parent.rglob("*")
             if path.is_file() and str(project.pk) in str(path)]  # fmt: skip
    tables = (Example, Annotation, Touched, Act, Erasure)
    return str([list(model.objects.values()) for model in tables]).casefold() + str(found)


def test_examples_answers_snapshots_and_files_forget_her(project, owner):
    hers = upload(project, HERS)
    upload(project, rows(20))
    acting.carry_out(
        Act.claim(acting.begin(project, owner, Deed.MEND, {}, {"ways": ["blanks"]}).pk)
    )
    frozen = snapshots.freeze(project, owner)
    run = Run.objects.create(project=project, snapshot=frozen)
    run.folder.mkdir(parents=True)
    (run.folder / "snapshot.jsonl").write_bytes(HERS)
    done = erased(project, owner, q="Anna Muster")
    assert (done.state, done.filters) == (State.DONE, {})
    assert done.counts["examples"] == done.counts["annotations"] == 2
    assert not project.examples.filter(data__text__icontains="anna").exists()
    assert project.examples.count() == 20
    assert not hers.file.exists()
    assert not (run.folder / "snapshot.jsonl").exists()
    assert "muster" not in left(project)
    assert SnapshotRow.objects.filter(snapshot=frozen).count() == sum(
        1 for _ in snapshots.frozen.read(frozen.file)
    )


def test_deleted_and_set_aside_rows_are_hers_as_well(project, owner):
    upload(project, HERS)
    first, second = project.examples.order_by("pk")
    for deed, one in ((Deed.DELETE, first), (Deed.SET_ASIDE, second)):
        acting.carry_out(
            Act.claim(acting.begin(project, owner, deed, {"ids": [str(one.pk)]}, {}).pk)
        )
    assert erased(project, owner, q="anna muster").counts["examples"] == 2
    assert not project.examples.exists()


def test_a_run_keeps_no_word_of_hers(project, owner):
    upload(project, HERS + b"stays here,ham\n")
    ids = [str(pk) for pk in project.examples.order_by("pk").values_list("pk", flat=True)]
    frozen = snapshots.freeze(project, owner)
    result = {name: [{"id": pk, "gold": f"said by {pk}"} for pk in ids] for name in LISTS}
    run = Run.objects.create(project=project, snapshot=frozen, result=result)
    run.folder.mkdir(parents=True)
    left_by_the_trainer(run, ids, result)
    for pk in ids[:2]:
        TestAnswer.objects.create(run=run, example_id=pk, gold={}, predicted={}, confidence=1)
    erased(project, owner, q="Anna")
    run.refresh_from_db()
    told = str(run.result) + "".join(
        path.read_text() for path in run.folder.iterdir() if path.suffix != ".parquet"
    )
    assert ids[2] in told and ids[0] not in told and ids[1] not in told
    assert not TestAnswer.objects.exists()
    left_by_the_trainer(run, ids, result)  # it ended only now, and had the rows in its memory
    forgetting.erased_meanwhile(run)
    told = "".join(path.read_text() for path in run.folder.iterdir())
    assert ids[2] in told and ids[0] not in told


def left_by_the_trainer(run, ids, result):
    (run.folder / "result.json").write_text(json.dumps(result))
    lines = [json.dumps({"id": pk, "answer": {"label": "spam"}}) for pk in ids]
    (run.folder / "test_predictions.jsonl").write_text("\n".join(lines) + "\n")


def test_what_people_wrote_and_saved_names_her_no_more(project, owner):
    upload(project, HERS + b"another one,ham\n")
    hers, other = project.examples.order_by("pk")[::2]
    for example in (hers, other):
        Comment.objects.create(project=project, example=example, text="as Anna Muster said")
        Assignment.objects.create(
            project=project, example=example, person=owner, suggestion={"label": "spam"},
            state=Held.SKIPPED, skip_reason="Muster, Anna again", expires_at=timezone.now(),
        )  # fmt: skip
    Comment.objects.create(project=project, example=other, text="as Anna said")
    Candidate.objects.create(example=hers, project=project, rank=1, reason="")
    Recheck.objects.create(example=hers, project=project, doubt=1, expected={"label": "ham"})
    for name, asked in (("Muster", {"label": "spam"}), ("hers", {"q": "anna", "label": "ham"}),
                        ("other", {"q": "annals"})):  # fmt: skip
        SavedFilter.objects.create(project=project, name=name, filters=asked)
    Rule.objects.create(project=project, pattern="anna muster", label="spam")
    erased(project, owner, q="Anna Muster")
    assert sorted(Comment.objects.values_list("text", flat=True)) == ["", "as Anna said"]
    assert [*Assignment.objects.values_list("skip_reason", flat=True)] == [""]
    assert [*SavedFilter.objects.values_list("name", flat=True)] == ["other"]
    assert not Candidate.objects.exists() and not Recheck.objects.exists()
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "asked", [{"language": "en"}, {"longer": "20"}, {"longer": "20", "shorter": "99", "q": "anna"}]
)
def test_deleted_rows_are_met_by_what_only_the_index_knew(project, owner, asked):
    upload(project, HERS + "短,ham\n".encode())
    Entry.objects.filter(characters__gt=20).update(language="en")
    act = acting.begin(project, owner, Deed.DELETE, {"q": "wants"}, {})
    acting.carry_out(Act.claim(act.pk))
    assert erased(project, owner, **asked).counts["examples"] == 2
    assert [one.data["text"] for one in project.examples.all()] == ["短"]


def test_to_repeat_it_changes_nothing(project, owner):
    upload(project, HERS + b"another one,ham\n")
    erased(project, owner, q="anna")
    again = erased(project, owner, q="anna")
    assert (again.state, again.counts.get("examples", 0)) == (State.DONE, 0)
    assert project.examples.count() == 1


def test_without_a_filter_nothing_is_erased(project, owner):
    with pytest.raises(erasing.Nothing):
        erasing.begin(project, owner, {}, "why")


def test_an_owner_erases_by_the_page_and_sees_the_record(client, project, owner):
    upload(project, HERS)
    client.force_login(owner)
    page = f"/projects/{project.pk}/data/erase/"
    seen = client.get(page + "?q=muster").content.decode()
    assert "Examples that are meant: 2" in seen and "Anna Muster wants" in seen
    wrong = client.post(page, {"filtered": "q=muster", "reason": "asked", "name": "no"})
    assert "not the name of the project" in wrong.content.decode()
    assert not Erasure.objects.exists()
    sent = {"filtered": "q=muster", "reason": "asked", "name": project.name}
    answer = client.post(page, sent, follow=True)
    assert answer.status_code == 200
    erasing.erase(Erasure.claim(Erasure.objects.get().pk))
    assert "asked" in client.get(page).content.decode()
    assert not project.examples.exists()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REVIEWER, Role.VIEWER])
def test_nobody_but_an_owner_may(client, project, role):
    helper = person("helper@example.org")
    join(project, helper, role)
    client.force_login(helper)
    assert client.get(f"/projects/{project.pk}/data/erase/").status_code == 403


def test_a_form_without_a_reason_is_not_enough():
    assert not ErasureForm("Mail", {"name": "Mail"}).is_valid()


@pytest.mark.parametrize("filters", [{"like": "x"}, {"region": "0,0 1,0 1,1"}])
def test_a_filter_that_moves_is_refused(project, owner, filters):
    with pytest.raises(erasing.Nothing):
        erasing.begin(project, owner, filters, "why")


def test_words_of_nothing_mean_nobody(project, owner):
    upload(project, rows(4))
    assert erased(project, owner, q="\U0001f600").counts.get("examples", 0) == 0
    assert project.examples.count() == 4


def test_a_queued_act_does_not_come_to_mean_everything(project, owner):
    upload(project, HERS + b"another one,ham\n")
    act = acting.begin(project, owner, Deed.DELETE, {"q": "nothing"}, {})
    erased(project, owner, q="anna")
    assert Act.claim(act.pk) is None
    assert project.examples.filter(deleted_at=None).count() == 1


def test_what_a_problem_of_an_upload_quotes_of_her_is_gone_and_the_problem_stays(project, owner):
    lines = ["text,label", "hello there,spam", "hello there,ham", "bye,Anna Muster"]
    done = upload(project, "\n".join(lines).encode())
    looked = upload(project, b"text,label\nbye,Anna Muster\n", dry_run=True)
    assert "Muster" in str(done.problems) and "Anna Muster" in looked.new_labels
    erased(project, owner, q="Anna Muster")
    for one in (done, looked):
        one.refresh_from_db()
        assert "Muster" not in f"{one.problems} {one.new_labels} {wording.problems(one, 9)}"
    assert [each["row"] for each in done.problems] == [3, 2]
    assert "Row 3: “…” is not a label" in done.problems[0]["reason"]
    assert len(wording.otherwise(done, 9)) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING])
def test_it_waits_for_a_file_that_may_bring_her_rows_once_more(project, owner, state):
    coming = upload(project, HERS)
    Upload.objects.filter(pk=coming.pk).update(state=state)
    waits = erased(project, owner, q="Anna Muster")
    assert (waits.state, waits.attempts, waits.finished_at) == (State.QUEUED, 0, None)
    assert coming.file.exists() and project.examples.exists()
    assert waits in Erasure.unrung(quiet=jobs.QUIET), "it is rung again"
    Upload.objects.filter(pk=coming.pk).update(state=State.DONE)
    erasing.erase(Erasure.claim(waits.pk))
    waits.refresh_from_db()
    assert (waits.state, waits.attempts) == (State.DONE, 1)
    assert not coming.file.exists()
    assert not project.examples.filter(data__text__icontains="anna").exists()
