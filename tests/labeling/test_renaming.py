"""What follows a change of labels at the desk: checks, doubts, rules, leases, what people send."""

import json

import pytest
from django.urls import reverse

from accounts.ids import new_id
from accounts.problems import Conflict
from labeling import answering, history, queue, renaming, review, suggesting
from labeling.models import Assignment, Check, Held, Recheck, Rule, Suggestion
from projects.models import Annotation, Example, Project, Role
from tests.cast import join, person, upload
from tests.labeling.team import HAM, SPAM, answer, filled
from tests.projects.relabelled import (
    CHOICES,
    KINDS,
    SPANS,
    answered,
    changed,
    of_kind,
    says,
    taken_back,
)


@pytest.fixture
def beside(project, owner):
    """A check, a doubt and three rules about spam; one of the rules rests, one is double."""
    upload(project, b"text,label\none,spam\ntwo,spam\n")
    first, second = project.examples.order_by("row")
    Check.objects.create(example=first, project=project, answer=SPAM, created_by=owner)
    Recheck.objects.create(example=second, project=project, doubt=900, expected=HAM)
    for pattern, label, on in (
        ("win", "spam", True),
        ("prize", "spam", False),
        ("free", "spam", True),
        ("free", "ham", True),
    ):
        Rule.objects.create(project=project, pattern=pattern, label=label, enabled=on)
    return project


def stand(project):
    checks = Check.objects.filter(project=project).values_list("answer", "retired_at")
    doubts = Recheck.objects.filter(project=project).values_list("expected", flat=True)
    rules = Rule.objects.filter(project=project).order_by("pattern", "-label")
    return list(checks), list(doubts), list(rules.values_list("pattern", "label", "enabled"))


def test_it_says_how_many_there_are(beside):
    assert renaming.touched(beside, "spam") == {"checks": 1, "rules": 3, "rechecks": 1}
    assert renaming.touched(beside, "ham") == {"checks": 0, "rules": 1, "rechecks": 1}


def test_checks_doubts_and_rules_have_the_new_name_and_the_old_one_again(beside, owner):
    before = stand(beside)
    act = changed(beside, owner, "rename", "spam", "junk")
    assert stand(beside) == (
        [({"label": "junk"}, None)],
        [HAM],
        [("free", "junk", True), ("free", "ham", True), ("prize", "junk", False),
         ("win", "junk", True)],
    )  # fmt: skip
    taken_back(act, owner)
    assert stand(beside) == before


def test_of_two_rules_that_become_the_same_one_rests_and_a_doubt_between_both_is_none(
    beside, owner
):
    before = stand(beside)
    act = changed(beside, owner, "merge", "spam", "ham")
    checks, doubts, rules = stand(beside)
    assert checks == [(HAM, None)] and doubts == []
    assert ("free", "spam", False) in rules and ("win", "ham", True) in rules
    taken_back(act, owner)
    assert stand(beside) == before


@pytest.mark.parametrize(("how", "into"), [("delete", ()), ("split", ("a", "b"))])
def test_where_the_label_goes_they_rest_until_it_is_back(beside, owner, how, into):
    before = stand(beside)
    act = changed(beside, owner, how, "spam", *into)
    (_said, retired), *_ = stand(beside)[0]
    assert retired is not None
    assert [on for _, label, on in stand(beside)[2] if label == "spam"] == [False] * 3
    taken_back(act, owner)
    assert stand(beside) == before


def test_a_doubt_comes_back_with_its_run_unless_a_later_one_doubts_by_itself(beside, owner):
    run = new_id()
    Recheck.objects.update(run=run)
    act = changed(beside, owner, "merge", "spam", "ham")
    assert not Recheck.objects.exists()
    taken_back(act, owner)
    assert (Recheck.objects.get().run, Recheck.objects.get().doubt) == (run, 900)
    act = changed(beside, owner, "merge", "spam", "ham")
    second = beside.examples.get(data__text="two")
    later = Recheck.objects.create(example=second, project=beside, doubt=1, expected=SPAM)
    taken_back(act, owner)
    assert (Recheck.objects.get(), Recheck.objects.get().doubt) == (later, 1)


def test_a_check_that_somebody_retired_meanwhile_stays_so(beside, owner):
    act = changed(beside, owner, "merge", "spam", "ham")
    Check.objects.update(retired_at="2026-01-01T00:00:00Z")
    taken_back(act, owner)
    assert Check.objects.get().retired_at is not None


# People at work


@pytest.mark.parametrize(("how", "into"), [("delete", ()), ("split", ("a", "b"))])
def test_an_example_whose_answer_was_taken_back_comes_to_its_author_again(
    project, owner, member, how, into
):
    filled(project, 1)
    kept = answer(project, member, SPAM)
    assert queue.next_for(member, project) is None
    changed(project, owner, how, "spam", *into)
    project.refresh_from_db()
    lease = queue.next_for(member, project)
    assert lease is not None and lease.example_id == kept.example_id
    said = {"label": project.label_names[0]}
    answering.submit(lease, said, None)
    assert Example.objects.get().gold == said
    assert Annotation.objects.filter(author=member).count() == 2


def sent(task, label):
    """What the desk's form sends for one answer that names a label."""
    if task == SPANS:
        return {"spans": json.dumps(says(task, label)["spans"])}
    return {"labels": [label], "explicit": "1"} if task == CHOICES else {"label": label}


@pytest.mark.parametrize("task", KINDS)
def test_what_waited_in_an_outbox_is_taken_in_the_labels_of_today(client, owner, task):
    project = of_kind(task, owner)
    for number in (1, 2):
        answered(project, number, says(task, "eggs"), owner).withdraw()
    Example.objects.update(status="unlabeled", gold=None, answered=0)
    client.force_login(owner)
    first, second = queue.next_for(owner, project), queue.ahead_for(owner, project)
    changed(project, owner, "rename", "spam", "junk")
    changed(project, owner, "delete", "ham")

    def send(lease, label):
        address = reverse("desk-answer", args=[project.pk, lease.pk])
        return client.post(address, sent(task, label), headers={"X-Desk": "-"})

    assert send(first, "spam").status_code == 200
    kept = Annotation.objects.get(withdrawn_at=None)
    assert project.kind.answer.labels_of(kept.answer) == ("junk",)
    refused = send(second, "ham")
    assert refused.status_code == 422
    assert "There is no label “ham” any more" in refused.content.decode()
    assert Annotation.objects.filter(withdrawn_at=None).count() == 1


def test_a_program_that_says_a_label_of_earlier_is_understood_or_told(project, owner, speak):
    filled(project, 3)
    client = speak(owner)
    changed(project, owner, "rename", "spam", "junk")

    def next_one():
        taken = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()
        return f"/api/v1/assignments/{taken['assignment']['id']}/submit/"

    address = next_one()
    kept = client.post(address, {"answer": SPAM}, format="json")
    assert (kept.status_code, kept.json()["answer"]) == (201, {"label": "junk"})
    again = client.post(address, {"answer": SPAM}, format="json")
    assert again.json()["id"] == kept.json()["id"], "the same submit again"
    own = f"/api/v1/annotations/{kept.json()['id']}/"
    assert client.patch(own, {"answer": SPAM}, format="json").json()["answer"] == {"label": "junk"}
    project.refresh_from_db()
    project.labels = [*project.labels, {"name": "eggs"}]
    project.save()
    changed(project, owner, "delete", "ham")
    gone = client.post(next_one(), {"answer": HAM}, format="json")
    assert gone.status_code == 400 and "no label “ham” any more" in str(gone.json())
    other = client.post(next_one(), {"answer": {"label": "bacon"}}, format="json")
    assert "“bacon” is not a label of this project. Its labels are: junk, eggs." in str(
        other.json()
    )


def test_labels_that_change_between_reading_and_keeping_are_followed(project, owner, member):
    filled(project, 2)
    lease = queue.next_for(member, project)
    old = Project.objects.get(pk=project.pk)  # as the request found it
    changed(project, owner, "rename", "spam", "junk")
    lease.project = old
    assert answering.submit(lease, SPAM, None)[0].answer == {"label": "junk"}
    lease = queue.next_for(member, project)
    lease.project = Project.objects.get(pk=project.pk)
    changed(project, owner, "delete", "ham")
    with pytest.raises(Conflict, match="taken away"):
        answering.submit(lease, HAM, None)
    assert Assignment.objects.get(pk=lease.pk).state == Held.LEASED


def test_a_reviewer_settles_in_the_labels_of_today(project, owner, member):
    example = filled(project, 1)[0]
    changed(project, owner, "merge", "spam", "ham")
    assert review.settle(Example.objects.get(pk=example.pk), SPAM, owner).answer == HAM


def test_what_an_older_model_suggests_is_said_in_the_labels_of_today(project, owner, member):
    Project.objects.update(hidden_share=0)
    project.refresh_from_db()
    example = filled(project, 1)[0]
    Suggestion.objects.create(
        example=example, answer=SPAM, confidence=0.9, scores={"spam": 0.9, "ham": 0.1},
        model_version=example.pk,
    )  # fmt: skip
    lease = queue.next_for(member, project)
    assert suggesting.shown(lease)["answer"] == SPAM
    changed(project, owner, "rename", "spam", "junk")
    lease = Assignment.objects.select_related("project").get(pk=lease.pk)
    said = suggesting.shown(lease)
    assert (said["answer"], said["scores"]) == ({"label": "junk"}, {"junk": 0.9, "ham": 0.1})
    kept, _new = answering.submit(lease, {"label": "junk"}, None)
    assert Assignment.objects.get(annotation=kept).accepted is True
    assert Suggestion.objects.get().answer == SPAM, "the model said what it learned"


def test_the_history_says_who_changed_the_label(project, owner, member):
    filled(project, 1)
    kept = answer(project, member, SPAM)
    changed(project, owner, "rename", "spam", "junk")
    changed(project, owner, "split", "junk", "a", "b")
    project.refresh_from_db()
    third = person("third@example.org")
    join(project, third, Role.MANAGER)
    example = Example.objects.get(pk=kept.example_id)
    told = [(one.what, one.who, one.answer) for one in history.of(example, third, Role.MANAGER)]
    said = [one for one in told if one[2] in ("spam", "junk")]
    assert [(who, answer) for _, who, answer in said] == [
        ("member@example.org", "spam"),
        ("owner@example.org", "junk"),
        ("owner@example.org", "junk"),
    ]
