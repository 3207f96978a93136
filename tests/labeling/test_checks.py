"""Known-answer checks: made of what is settled, met once, and no secret is told."""

import json

import pytest
from django.urls import reverse

from accounts.problems import Conflict
from labeling import answering, checks, history, holding, queue, review
from labeling.models import Check
from projects import exporting
from projects.models import Annotation, Role
from tests.cast import join, person, rows, upload
from tests.labeling.team import HAM, SPAM, answer, filled, settings


def test_only_a_settled_answer_can_check(project, owner, member):
    filled(project, 2)
    kept = answer(project, member, SPAM)
    with pytest.raises(Conflict):
        checks.make(kept.example, owner)
    review.settle(kept.example, HAM, owner)
    assert checks.make(kept.example, owner).answer == HAM


def test_an_import_that_is_final_can_check(project, owner):
    upload(project, rows(2))
    assert checks.settled(project.examples.first())


def test_what_is_settled_anew_is_what_checks_from_then_on(project, owner):
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    check = checks.make(example, owner)
    checks.retire(check, owner)
    assert checks.on(example) is None
    review.settle(example, HAM, owner)
    assert checks.make(example, owner).pk == check.pk
    assert checks.on(example).answer == HAM


def test_some_of_the_reviewed_are_drawn_each_once(client, project, owner):
    examples = filled(project, 25)
    for example in examples[:22]:
        review.settle(example, SPAM, owner)
    client.force_login(owner)
    client.post(reverse("checks-draw", args=[project.pk]))
    assert Check.objects.filter(project=project).count() == checks.DRAWN
    client.post(reverse("checks-draw", args=[project.pk]))
    made = set(Check.objects.filter(project=project).values_list("example_id", flat=True))
    assert made == {example.pk for example in examples[:22]}
    said = client.post(reverse("checks-draw", args=[project.pk]), follow=True).content.decode()
    assert "no settled example left" in said


def test_the_page_says_how_people_did(client, project, owner, member, always):
    settings(project, check_share=100)
    always(0.5)
    for example in filled(project, 4):
        review.settle(example, SPAM, owner)
        checks.make(example, owner)
    for said in (SPAM, SPAM, SPAM, HAM):
        answer(project, member, said)
    assert checks.by_person(project) == {member.pk: checks.Result(4, 3)}
    assert sorted(one.right for one in checks.by_example(project).values()) == [0, 1, 1, 1]
    client.force_login(owner)
    page = client.get(reverse("checks", args=[project.pk])).content.decode()
    assert "member@example.org" in page and "75 %" in page and "30 %" in page


def test_a_retired_check_is_met_no_more_and_its_figures_stay(project, owner, member, always):
    settings(project, check_share=100)
    always(0.5)
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    check = checks.make(example, owner)
    answer(project, member, SPAM)
    checks.retire(check, owner)
    assert queue.next_for(owner, project) is None
    assert checks.by_person(project) == {member.pk: checks.Result(1, 1)}
    assert checks.leaf(project) == ([], None)


def test_who_may_meet_a_check_is_not_told_which_it_is(client, project, owner, member):
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    checks.make(example, owner)
    Annotation.record(example, SPAM, person("other@example.org"), "check")
    seen = [one.what for one in history.of(example, member, Role.ANNOTATOR)]
    assert history.What.CHECK not in seen
    client.force_login(member)
    address = reverse("example-history", args=[project.pk, example.pk])
    assert "known-answer" not in client.get(address).content.decode()
    assert client.get(reverse("checks", args=[project.pk])).status_code == 403
    client.force_login(owner)
    assert "Retire the check" in client.get(address).content.decode()


def test_many_checks_cost_the_same_number_of_queries(
    client, project, owner, django_assert_max_num_queries
):
    for example in filled(project, 30):
        review.settle(example, SPAM, owner)
    checks.draw(project, owner, 30)
    client.force_login(owner)
    with django_assert_max_num_queries(9):
        client.get(reverse("checks", args=[project.pk]))


def test_a_reviewer_makes_no_checks(client, project):
    reviewer = person("reviewer@example.org")
    join(project, reviewer, Role.REVIEWER)
    client.force_login(reviewer)
    assert client.post(reverse("checks-draw", args=[project.pk])).status_code == 403


def test_a_check_follows_what_is_settled_anew(project, owner, member, always):
    settings(project, check_share=100)
    always(0.5)
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    checks.make(example, owner)
    answer(project, member, HAM)
    assert checks.by_person(project) == {member.pk: checks.Result(1, 0)}
    settled = review.settle(example, HAM, owner)
    assert checks.on(example).answer == HAM
    assert checks.by_person(project) == {member.pk: checks.Result(1, 1)}, "they were right"
    review.undo(settled, owner)
    assert checks.on(example) is None, "nothing is settled: nobody is measured by it"


def test_checks_are_drawn_from_final_imports_too_and_first_from_what_few_have_answered(
    project, owner, member
):
    upload(project, b"text,label\none,spam\ntwo,ham\nthree,spam\n")
    project.examples.update(is_test=False)
    first = project.examples.get(data__text="two")
    project.examples.exclude(pk=first.pk).update(answered=1)
    assert checks.draw(project, owner, 1) == 1
    assert checks.leaf(project)[0][0].example == first
    assert checks.draw(project, owner, 10) == 2


@pytest.fixture
def met(project, owner, member, always):
    """A check on the member's desk."""
    settings(project, check_share=100)
    always(0.5)
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    checks.make(example, owner)
    return queue.next_for(member, project)


def test_the_api_tells_nobody_which_examples_are_checks(project, member, speak, met):
    client = speak(member)
    lease = client.post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    assert lease["assignment"]["id"] == str(met.pk)
    assert (lease["example"]["gold"], lease["example"]["status"]) == (None, "unlabeled")
    kept = client.post(f"/api/v1/assignments/{met.pk}/submit/", {"answer": HAM}).json()
    assert kept["source"] == "person"
    changed = client.patch(f"/api/v1/annotations/{kept['id']}/", {"answer": SPAM}).json()
    assert changed["source"] == "person"
    said = client.get(f"/api/v1/examples/{met.example_id}/").json()["annotations"]
    assert [one["source"] for one in said] == ["review"]


def test_what_a_check_measured_stays_when_its_answer_is_taken_back(
    client, project, member, speak, met
):
    kept, _new = answering.submit(met, HAM, 5)
    assert speak(member).delete(f"/api/v1/annotations/{kept.pk}/").status_code == 204
    assert checks.by_person(project) == {member.pk: checks.Result(1, 0)}
    assert queue.next_for(member, project) is None
    client.force_login(member)
    client.post(reverse("my-work-bring-back", args=[project.pk, met.pk]))
    assert holding.held(member, project) is None


def test_undo_brings_a_check_back_like_any_other(project, member, met):
    answering.submit(met, HAM, 5)
    again = answering.undo(answering.held_by(member, met.pk))
    assert again.pk == met.pk and holding.held(member, project) == met
    assert checks.by_person(project) == {}
    answering.submit(again, SPAM, 5)
    assert checks.by_person(project) == {member.pk: checks.Result(1, 1)}


def test_a_late_answer_to_a_check_counts(project, member, met):
    answering.give_back(met)
    assert answering.submit(met, SPAM, 5)[1]


def test_who_settled_an_example_does_not_meet_it_as_a_check(project, owner, met):
    assert queue.next_for(owner, project) is None


def test_answers_to_checks_are_in_no_export(project, met):
    answering.submit(met, HAM, 5)
    row = json.loads(b"".join(exporting.streamed(project, "jsonl")))
    assert [one["source"] for one in row["annotations"]] == ["review"]
