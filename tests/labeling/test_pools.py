"""Which pool the next example comes from, what is fetched ahead, and how long a lease lasts."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.ids import new_id
from labeling import answering, holding, pace, pools, queue, reasons, review
from labeling.models import LEASE, Assignment, Candidate, Check, Recheck, Suggestion
from projects import acting, founding, gold, people
from projects.models import Act, Annotation, Deed, Example, Role
from tests.cast import join, person, upload
from tests.labeling.team import HAM, SPAM, filled, settings


def served(person, project):
    found = []
    while (lease := queue.next_for(person, project)) is not None:
        found.append(lease.example_id)
        answering.submit(lease, SPAM, 5)
    return found


def test_in_order_means_the_order_of_the_upload(project, member):
    settings(project, order="in_order")
    examples = filled(project, 12)
    assert served(member, project) == [one.pk for one in examples]


def test_the_smart_order_serves_the_candidates_first_and_says_why(project, member, always):
    always(0.99)
    examples = filled(project, 10)
    torn = {"first": "spam", "first_percent": 51, "second": "ham", "second_percent": 49}
    for rank, example in enumerate((examples[7], examples[2])):
        Candidate.objects.create(
            example=example, project=project, rank=rank, reason="torn", values=torn
        )
    first = queue.next_for(member, project)
    assert first.example_id == examples[7].pk
    assert "“spam” (51%) and “ham” (49%)" in reasons.told(first)
    answering.submit(first, SPAM, 5)
    assert queue.next_for(member, project).example_id == examples[2].pk


def test_the_queue_is_not_empty_when_the_candidates_are(project, member, always):
    always(0.99)
    examples = filled(project, 3)
    Candidate.objects.create(example=examples[0], project=project, rank=0, reason="far")
    assert sorted(served(member, project)) == [one.pk for one in examples]


def test_one_is_fetched_ahead_and_comes_to_the_desk_next(project, owner, member):
    filled(project, 4)
    assert queue.ahead_for(member, project) is None, "there is nothing to be ahead of"
    current = queue.next_for(member, project)
    ahead = queue.ahead_for(member, project)
    assert ahead.pk == queue.ahead_for(member, project).pk
    assert queue.next_for(member, project).pk == current.pk
    theirs = {queue.next_for(owner, project).example_id, queue.ahead_for(owner, project).example_id}
    assert not theirs & {current.example_id, ahead.example_id}
    answering.submit(current, SPAM, 5)
    assert queue.next_for(member, project).pk == ahead.pk


def test_undo_gives_back_what_was_fetched_ahead(project, member):
    filled(project, 4)
    first = queue.next_for(member, project)
    answering.submit(first, SPAM, 5)
    queue.next_for(member, project)
    queue.ahead_for(member, project)
    assert answering.undo(answering.held_by(member, first.pk)).pk == first.pk
    assert Assignment.objects.filter(state="leased").count() == 1
    assert Example.objects.filter(claims__gt=0).count() == 1


def test_with_overlap_two_everybody_gets_everything_once(project, owner, member):
    settings(project, overlap=2)
    examples = filled(project, 30)
    for one in (member, owner):
        assert sorted(served(one, project)) == [example.pk for example in examples]
    assert Example.objects.filter(status="labeled").count() == 30


def test_a_share_is_answered_twice_to_measure_agreement(project, owner, member):
    settings(project, double_share=40)
    examples = filled(project, 60)
    twice = {one.pk for one in examples if gold.wanted(one, project) == 2}
    assert 10 < len(twice) < 40
    assert len(served(member, project)) == 60
    assert set(served(owner, project)) == twice
    assert Example.objects.filter(status="labeled").count() == 60
    assert set(Example.objects.filter(answered=2).values_list("pk", flat=True)) == twice


def test_fewer_answered_twice_settles_what_waits(project, member):
    settings(project, double_share=100)
    filled(project, 3)
    served(member, project)
    assert not Example.objects.filter(status="labeled").exists()
    founding.change(project, double_share=0)
    assert Example.objects.filter(status="labeled").count() == 3


def test_a_check_measures_a_person_and_is_no_vote(project, owner, member, always):
    settings(project, check_share=100)
    always(0.5)
    known, *_ = filled(project, 3)
    gold_before = Annotation.record(known, SPAM, owner, "review")
    gold.settle([known.pk])
    Check.objects.create(example=known, project=project, answer=SPAM)
    lease = queue.next_for(member, project)
    assert lease.example_id == known.pk
    assert reasons.told(lease) == reasons.NEXT, "nothing gives it away"
    annotation, _ = answering.submit(lease, HAM, 5)
    assert annotation.source == "check"
    known.refresh_from_db()
    assert (known.gold, known.status, known.answered) == (gold_before.answer, "labeled", 0)
    assert Assignment.objects.get(pk=lease.pk).accepted is False
    assert known.pk not in served(member, project), "each person meets a check once"


def test_a_suspected_error_goes_to_someone_else(project, owner, member, always):
    always(0.1)
    suspect, *_ = filled(project, 1)
    answering.submit(queue.next_for(member, project), SPAM, 5)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    assert queue.next_for(member, project) is None
    lease = queue.next_for(owner, project)
    assert lease.example_id == suspect.pk
    assert lease.reason == reasons.RECHECK
    answering.submit(lease, HAM, 5)
    suspect.refresh_from_db()
    assert suspect.status == "review", "they do not agree: a reviewer settles it"
    assert Recheck.objects.get().settled_at is not None


def test_a_suspected_error_that_was_none_stays_gold(project, owner, member):
    suspect, *_ = filled(project, 1)
    answering.submit(queue.next_for(member, project), SPAM, 5)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    answering.submit(queue.next_for(owner, project), SPAM, 5)
    suspect.refresh_from_db()
    assert (suspect.status, suspect.gold, suspect.answered) == ("labeled", SPAM, 2)
    assert queue.next_for(owner, project) is None


@pytest.mark.parametrize("rows", ["text,label\none,spam\n", "text\none\n"])
def test_a_second_look_can_be_undone(project, owner, member, always, rows):
    always(0.1)
    upload(project, rows.encode())
    suspect = project.examples.get()
    if suspect.gold is None:
        answering.submit(queue.next_for(owner, project), SPAM, 5)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=HAM)
    lease = queue.next_for(member, project)
    answering.submit(lease, HAM, 5)
    assert answering.undo(answering.held_by(member, lease.pk)).pk == lease.pk
    suspect.refresh_from_db()
    assert (suspect.status, suspect.gold) == ("labeled", SPAM)
    assert Recheck.objects.get().settled_at is None
    answering.submit(answering.held_by(member, lease.pk), SPAM, 5)
    suspect.refresh_from_db()
    assert (suspect.status, Recheck.objects.get().settled_at is None) == ("labeled", False)


def test_a_second_look_is_not_of_who_settled_it(project, owner, member, always):
    always(0.1)
    suspect, *_ = filled(project, 1)
    answering.submit(queue.next_for(member, project), SPAM, 5)
    review.settle(suspect, HAM, owner)
    Recheck.objects.create(example=suspect, project=project, doubt=900, expected=SPAM)
    assert queue.next_for(owner, project) is None


def test_undo_keeps_an_assignment(project, owner, member):
    example, *_ = filled(project, 1)
    Example.objects.update(assignee=member)
    lease = queue.next_for(member, project)
    answering.submit(lease, SPAM, 5)
    answering.give_back(answering.undo(answering.held_by(member, lease.pk)))
    assert queue.next_for(owner, project) is None
    assert queue.next_for(member, project).example_id == example.pk


def assigned(project, by, *people):
    act = acting.begin(project, by, Deed.ASSIGN, {}, {"people": [str(one.pk) for one in people]})
    acting.carry_out(Act.claim(act.pk))
    return act


def test_nobody_waits_for_who_has_answered_what_is_assigned_to_them(project, owner, member):
    settings(project, overlap=2)
    filled(project, 2)
    kept = answering.submit(queue.next_for(owner, project), SPAM, 5)[0]
    assigned(project, owner, owner)
    assert Example.objects.get(assignee=owner).pk != kept.example_id
    assert served(member, project) == [kept.example_id]
    answering.submit(queue.next_for(owner, project), SPAM, 5)
    assigned(project, owner, owner, member)
    assert set(Example.objects.filter(status="unlabeled").values_list("assignee", flat=True)) == {
        member.pk
    }
    assert len(served(member, project)) == 1, "dealt to who has not answered it"


def test_an_assignment_that_comes_back_waits_for_nobody_who_has_answered(project, owner, member):
    settings(project, overlap=2)
    filled(project, 1)
    assigned(project, owner, owner)
    act = assigned(project, owner, member)
    Annotation.record(Example.objects.get(), SPAM, owner, "person")
    acting.undo(act)
    acting.carry_out(Act.claim(act.pk))
    assert Example.objects.get().assignee is None


def test_who_skipped_it_is_asked_again_once_it_is_assigned_to_them(project, owner, member):
    example, *_ = filled(project, 1)
    answering.skip(queue.next_for(member, project), "")
    assert queue.next_for(member, project) is None
    assigned(project, owner, member)
    lease = queue.next_for(member, project)
    assert (lease.example_id, lease.reason) == (example.pk, reasons.ASSIGNED)
    answering.skip(lease, "")
    assert queue.next_for(member, project) is None
    assert queue.next_for(owner, project).example_id == example.pk


def test_nothing_is_assigned_to_who_may_not_label(project, member):
    project.members.filter(user=member).update(role=Role.VIEWER)
    with pytest.raises(acting.NotPossible):
        acting.begin(project, member, Deed.ASSIGN, {}, {"person": str(member.pk)})


def test_a_share_of_the_suggestions_is_hidden_and_still_measured(project, member):
    settings(project, hidden_share=50)
    for example in filled(project, 60):
        Suggestion.objects.create(
            example=example, answer=SPAM, confidence=0.8, model_version=project.pk
        )
    seen: Counter[bool] = Counter()
    while (lease := queue.next_for(member, project)) is not None:
        seen[lease.hidden] += 1
        answering.submit(lease, HAM, 5)
    assert min(seen.values()) > 10
    assert Assignment.objects.filter(accepted=False).count() == 60


def test_a_lease_follows_the_pace_of_the_project(project, member):
    filled(project, 30)
    assert pace.lease(project) == LEASE
    for _ in range(25):
        answering.submit(queue.next_for(member, project), SPAM, 60_000)
    pace._kept.clear()
    assert pace.lease(project) == timedelta(minutes=20)


def test_a_lease_is_renewed_while_one_works_and_ends_soon_after_closing(project, member):
    filled(project, 2)
    lease = queue.next_for(member, project)
    holding.leave(lease)
    lease.refresh_from_db()
    assert lease.expires_at - timezone.now() < timedelta(minutes=2)
    holding.renew(lease)
    lease.refresh_from_db()
    assert lease.expires_at - timezone.now() > timedelta(minutes=4)


def test_what_was_deleted_meanwhile_is_off_the_desk(project, member):
    filled(project, 2)
    lease = queue.next_for(member, project)
    Example.objects.filter(pk=lease.example_id).update(deleted_at=timezone.now(), status="deleted")
    other = queue.next_for(member, project)
    assert other is not None and other.example_id != lease.example_id


@pytest.mark.parametrize("order", ["smart", "random", "in_order"])
def test_two_people_are_never_handed_the_same(project, owner, order):
    settings(project, order=order)
    filled(project, 25)
    people = [person(f"{n}@example.org") for n in range(5)]
    for one in people:
        join(project, one, 20)
    held = [queue.next_for(one, project).example_id for one in people]
    held += [queue.ahead_for(one, project).example_id for one in people]
    assert len(set(held)) == 10


def test_who_answers_or_skips_what_was_assigned_leaves_it_to_others(project, owner, member):
    settings(project, overlap=2)
    first, second = filled(project, 2, assignee=member)
    assert queue.next_for(owner, project) is None
    answering.submit(queue.next_for(member, project), SPAM, 5)
    answering.skip(queue.next_for(member, project), "")
    assert set(served(owner, project)) == {first.pk, second.pk}


def test_what_was_answered_in_bulk_is_assigned_to_nobody_any_more(project, owner, member):
    settings(project, overlap=2)
    filled(project, 3, assignee=owner)
    act = acting.begin(project, owner, Deed.ANNOTATE, {}, {"answer": SPAM})
    acting.carry_out(Act.claim(act.pk))
    assert len(served(member, project)) == 3


def test_what_was_assigned_to_someone_who_left_or_may_not_label_is_anyones(project, owner, member):
    filled(project, 2, assignee=member)
    people.change(project.members.get(user=member), Role.OWNER, Role.VIEWER)
    assert len(served(owner, project)) == 2
    other = person("other@example.org")
    place = join(project, other, Role.ANNOTATOR)
    Example.objects.update(assignee=other)
    people.remove(place, owner, Role.OWNER)
    assert not Example.objects.filter(assignee__isnull=False).exists()


def test_what_a_reviewer_sent_back_can_be_rechecked_by_others_afterwards(project, owner, member):
    example = filled(project, 1)[0]
    review.send_back(answering.submit(queue.next_for(member, project), SPAM, 5)[0], owner, "Why?")
    assert queue.next_for(owner, project) is None, "it is its author's now"
    answering.submit(queue.next_for(member, project), HAM, 5)
    example.refresh_from_db()
    assert example.assignee is None


def test_the_reason_does_not_tell_the_suggestion_that_is_hidden(project, member, always):
    always(0.05)  # every suggestion is hidden; no check, no recheck
    settings(project, hidden_share=100, check_share=0)
    example = filled(project, 1)[0]
    Candidate.objects.create(
        example=example, project=project, rank=0, reason="unsure", values={"label": "spam"}
    )
    Suggestion.objects.create(
        example=example, project=project, answer=SPAM, confidence=0.6, model_version=new_id()
    )
    lease = queue.next_for(member, project)
    assert lease.hidden and "spam" not in reasons.told(lease)
    assert reasons.told(lease) == "Chosen by the model: it learns much from this one."
    lease.hidden = False
    assert "it leans to “spam”" in reasons.told(lease)


def test_a_second_look_is_led_by_no_suggestion(project, owner, member, always):
    always(0.0)
    settings(project, check_share=0)
    example = filled(project, 1)[0]
    answering.submit(queue.next_for(owner, project), SPAM, 5)
    Recheck.objects.create(example=example, project=project, doubt=900, expected=HAM)
    Suggestion.objects.create(
        example=example, project=project, answer=SPAM, confidence=0.9, model_version=new_id()
    )
    lease = queue.next_for(member, project)
    assert lease.reason == reasons.RECHECK and lease.suggestion is None


def test_what_came_back_says_why_and_a_check_says_what_others_say(project, owner, member, always):
    settings(project, check_share=0)
    _first, second = filled(project, 2)
    kept = answering.submit(queue.next_for(member, project), SPAM, 5)[0]
    review.send_back(kept, owner, "Read rule 3.")
    lease = queue.next_for(member, project)
    assert reasons.told(lease) == "A reviewer sent this one back to you: “Read rule 3.”"
    assert pools.as_others(project) == reasons.NEXT
    Candidate.objects.create(example=second, project=project, rank=0, reason="far")
    assert pools.as_others(project) == reasons.FAR
    settings(project, order="in_order")
    assert pools.as_others(project) == reasons.IN_ORDER
