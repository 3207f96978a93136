"""The queue: nobody gets another's example, nothing answered is lost, the order is as promised."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.problems import Conflict
from labeling import answering, holding, queue
from labeling.models import Assignment, Suggestion
from projects import founding, gold
from projects.models import Annotation, Example, Project, Role
from tests.cast import join, person, upload

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


def fill(project, count):
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(count))]).encode())


def late(assignment):
    Assignment.objects.filter(pk=assignment.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )


def test_a_person_who_holds_an_example_gets_it_again(project, member):
    fill(project, 5)
    first = queue.next_for(member, project)
    assert queue.next_for(member, project).pk == first.pk


def test_it_hides_an_example_that_someone_else_is_on(project, owner, member):
    fill(project, 1)
    assert queue.next_for(owner, project) is not None
    assert queue.next_for(member, project) is None


def test_with_overlap_two_a_third_person_gets_nothing(project, owner, member):
    project.overlap = 2
    project.save()
    fill(project, 1)
    third = person("third@example.org")
    join(project, third, 20)
    assert queue.next_for(owner, project) and queue.next_for(member, project)
    assert queue.next_for(third, project) is None


def test_a_person_is_never_asked_twice_about_one_example(project, member):
    project.overlap = 3
    project.save()
    fill(project, 3)
    seen = []
    while (assignment := queue.next_for(member, project)) is not None:
        seen.append(assignment.example_id)
        answering.submit(assignment, SPAM, 100)
    assert len(seen) == len(set(seen)) == 3


def test_the_same_submit_again_returns_the_same_annotation(project, member):
    fill(project, 1)
    assignment = queue.next_for(member, project)
    first, new = answering.submit(assignment, SPAM, 5)
    again, again_new = answering.submit(assignment, SPAM, 5)
    assert (first.pk, new, again_new) == (again.pk, True, False)
    with pytest.raises(Conflict):
        answering.submit(assignment, HAM, 5)


def test_a_late_submit_is_accepted_while_a_place_is_free_and_refused_after(project, owner, member):
    fill(project, 1)
    mine = queue.next_for(member, project)
    late(mine)
    holding.expire()
    assert answering.submit(mine, SPAM, 5)[1]
    Annotation.objects.get().withdraw()
    Assignment.objects.update(state="expired")
    gold.settle([mine.example_id])
    theirs = queue.next_for(owner, project)
    assert theirs.example_id == mine.example_id
    with pytest.raises(Conflict):
        answering.submit(mine, SPAM, 5)


def test_an_expired_lease_frees_the_example(project, owner, member):
    fill(project, 1)
    late(queue.next_for(member, project))
    assert queue.next_for(owner, project) is not None


def test_skipping_hides_it_from_the_person_and_marks_it_once_nobody_is_left(project, owner, member):
    fill(project, 1)
    answering.skip(queue.next_for(member, project), "unclear")
    assert queue.next_for(member, project) is None
    assert Example.objects.get().status == "unlabeled"
    answering.skip(queue.next_for(owner, project), "unclear")
    assert Example.objects.get().status == "skipped"
    newcomer = person("new@example.org")
    join(project, newcomer, 20)
    assert queue.next_for(newcomer, project) is not None


def test_returning_frees_it_for_the_person_too(project, member):
    fill(project, 1)
    first = queue.next_for(member, project)
    answering.give_back(first)
    assert queue.next_for(member, project).example_id == first.example_id


def test_feedback_comes_first_with_what_the_model_said(project, member):
    fill(project, 20)
    version = project.pk
    queue.put(
        project, {"text": "from a caller"}, reason="A caller says so.", origin={"prediction": "p"},
        answer=SPAM, confidence=0.8, scores={"spam": 0.8, "ham": 0.2}, model_version=version,
    )  # fmt: skip
    assignment = queue.next_for(member, project)
    assert assignment.example.data == {"text": "from a caller"}
    assert assignment.reason == "A caller says so."
    assert assignment.example.suggestion.answer == SPAM
    assert not assignment.example.is_test


def test_feedback_on_an_example_makes_no_second_one(project, member):
    fill(project, 5)
    example = Example.objects.last()
    queue.put(project, example.data, reason="wrong", origin={})
    assert Example.objects.count() == 5
    assignment = queue.next_for(member, project)
    assert assignment.example_id == example.pk
    answering.submit(assignment, SPAM, 1)
    queue.put(project, example.data, reason="wrong again", origin={})
    example.refresh_from_db()
    assert (example.status, example.gold) == ("review", SPAM)


def test_about_one_lease_in_five_is_of_the_test_set(project, member):
    fill(project, 600)
    random.seed(7)
    served = Counter()
    for _ in range(200):
        assignment = queue.next_for(member, project)
        served[assignment.example.is_test] += 1
        answering.submit(assignment, SPAM, 1)
    assert 20 <= served[True] <= 65


def test_a_test_example_is_never_shown_with_a_suggestion(project, member, speak):
    fill(project, 40)
    for example in Example.objects.filter(is_test=True):
        Suggestion.objects.create(
            example=example, answer=SPAM, confidence=1, model_version=project.pk
        )
    Example.objects.filter(is_test=False).update(set_aside=True, status="set_aside")
    answer = speak(member).post(f"/api/v1/projects/{project.pk}/queue/next/").json()
    assert answer["suggestion"] is None


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_never_get_the_same_example(project):
    fill(project, 60)
    people = [person(f"p{n}@example.org") for n in range(50)]
    for someone in people:
        join(project, someone, 20)

    def ask(someone):
        try:
            return queue.next_for(someone, project).example_id
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        got = list(pool.map(ask, people))
    assert len(set(got)) == 50


@pytest.mark.django_db(transaction=True)
def test_one_person_asking_fifty_times_at_once_holds_one_example(project, member):
    fill(project, 60)

    def ask(_):
        try:
            return queue.next_for(member, project).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        assert len(set(pool.map(ask, range(50)))) == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_example_is_waited_for_while_somebody_has_it_at_hand(project, member):
    """Such as an act, or who is just answering: nobody is told that nothing is left."""
    fill(project, 1)
    locked, asked = threading.Event(), threading.Event()

    def look():
        try:
            with transaction.atomic():
                list(Example.objects.select_for_update())
                locked.set()
                asked.wait(0.5)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        locked.wait()
        assert queue.next_for(member, project) is not None
        asked.set()
        looking.result()


@pytest.mark.django_db(transaction=True)
def test_two_may_each_bring_back_what_the_other_is_on(project, owner, member, always):
    """Both lock the two examples, and in the same order."""
    always(0.5)  # nobody begins again at the start of a pool
    project.overlap = 2
    project.save()
    fill(project, 2)
    Example.objects.update(is_test=False)
    leases = {one: queue.next_for(one, project) for one in (owner, member)}
    assert leases[owner].example_id == leases[member].example_id
    answering.give_back(leases[member])
    Example.objects.update(assignee=member)
    answering.submit(leases[owner], SPAM, 5)
    Example.objects.update(assignee=None)
    first = leases[owner].example_id
    on_second = queue.next_for(owner, project)
    Example.objects.filter(pk=first).update(set_aside=True)
    other = queue.next_for(member, project)
    assert other.example_id == on_second.example_id
    answering.submit(other, SPAM, 5)
    Example.objects.filter(pk=first).update(set_aside=False)
    assert queue.next_for(member, project).example_id == first
    meet = threading.Barrier(2, timeout=10)

    def undo(someone, lease):
        try:
            for _ in range(15):
                meet.wait()
                answering.undo(answering.held_by(someone, lease.pk))
                meet.wait()
                answering.submit(answering.held_by(someone, lease.pk), SPAM, 5)
                queue.next_for(someone, project)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(undo, owner, leases[owner]), pool.submit(undo, member, other)]
        for job in jobs:
            job.result(timeout=60)
    assert Annotation.objects.filter(withdrawn_at=None).count() == 2


@pytest.mark.django_db(transaction=True)
def test_people_are_served_while_a_manager_changes_what_all_examples_depend_on(project, owner):
    """Everybody locks the project before its examples: nobody waits for one who waits for them."""
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(400))]).encode())
    people = [person(f"p{n}@example.org") for n in range(6)]
    for one in people:
        join(project, one, Role.ANNOTATOR)

    def work(one):
        try:
            for _ in range(20):
                lease = queue.next_for(one, project)
                answering.submit(lease, {"label": "spam"}, 5)
        finally:
            connection.close()

    def change(turns):
        try:
            for turn in range(turns):
                founding.change(Project.objects.get(pk=project.pk), overlap=1 + turn % 2)
        finally:
            connection.close()

    with ThreadPoolExecutor(7) as pool:
        jobs = [*(pool.submit(work, one) for one in people), pool.submit(change, 15)]
        for job in jobs:
            job.result()
    assert Annotation.objects.count() == 120
