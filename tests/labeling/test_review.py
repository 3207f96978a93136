"""What a reviewer finds in each pile, settles, sends back, and takes back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.problems import Conflict
from labeling import answering, differences, queue, review, talking
from labeling.models import Comment, Notice, Recheck
from labeling.review import Pile
from ml.answers import Choice, Choices, Prose, Ranking, Spans
from projects.models import Annotation, Example, Project, Role
from tests.cast import join, person, upload
from tests.labeling.team import answer, filled

SPAM, HAM = {"label": "spam"}, {"label": "ham"}


@pytest.fixture
def torn(project, owner, member):
    """One example, two people, two answers."""
    Project.objects.filter(pk=project.pk).update(overlap=2)
    project.refresh_from_db()
    upload(project, b"text\na message\n")
    for one, said in ((owner, SPAM), (member, HAM)):
        answering.submit(queue.next_for(one, project), said, 5)
    return Example.objects.get()


def test_each_pile_has_its_own(project, owner, member, torn):
    assert review.waiting(project, Pile.DIFFER) == torn
    assert review.waiting(project, Pile.FLAGS) is None
    talking.flag(torn, member, "odd")
    Recheck.objects.create(example=torn, project=project, doubt=800, expected=HAM)
    assert review.waiting(project, Pile.FLAGS) == torn
    assert review.waiting(project, Pile.SUSPECTS) == torn
    assert review.counts(project) == {"differ": 1, "low": 0, "flags": 1, "suspects": 1}
    review.settle(torn, SPAM, owner)
    assert review.counts(project) == {"differ": 0, "low": 0, "flags": 0, "suspects": 0}
    assert Comment.objects.get(kind="flag").closed_by == owner


def test_a_sample_is_of_one_person_and_not_reviewed_yet(project, owner, member):
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(60))]).encode())
    for _ in range(60):
        answering.submit(queue.next_for(member, project), SPAM, 5)
    first = review.waiting(project, Pile.SAMPLE, by=member.pk)
    assert first is not None
    assert review.waiting(project, Pile.SAMPLE, by=owner.pk) is None
    review.settle(first, HAM, owner)
    assert review.waiting(project, Pile.SAMPLE) != first


def test_settling_again_replaces_ones_own_settlement(owner, torn):
    review.settle(torn, SPAM, owner)
    review.settle(torn, HAM, owner)
    torn.refresh_from_db()
    assert (torn.gold, torn.status) == (HAM, "labeled")
    assert Annotation.objects.filter(source="review", withdrawn_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_the_same_moment_one_settles(owner, member, torn):
    seen, meet = review.mark(torn), threading.Barrier(2, timeout=10)

    def settle(reviewer, said):
        try:
            meet.wait()
            review.settle(torn, said, reviewer, seen=seen)
        except review.Overtaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(settle, *one) for one in ((owner, SPAM), (member, HAM))]
    assert sorted(one.result() for one in done) == [False, True]
    assert Annotation.objects.filter(source="review").count() == 1


def test_a_settlement_can_be_taken_back_by_who_made_it(owner, member, torn):
    settled = review.settle(torn, SPAM, owner)
    with pytest.raises(Conflict):
        review.undo(settled, member)
    review.undo(settled, owner)
    torn.refresh_from_db()
    assert (torn.gold, torn.status) == (None, "review")


@pytest.mark.parametrize("twice", [False, True])
def test_what_had_brought_it_into_review_counts_again(project, owner, member, twice, speak):
    upload(project, b"text,label\na message,spam\n")
    example = project.examples.get()
    queue.put(project, example.data, reason="wrong", origin={"feedback": "1"})
    talking.flag(example, member, "odd")
    Recheck.objects.create(example=example, project=project, doubt=800, expected=HAM)
    settled = review.settle(example, HAM, owner)
    settled = review.settle(example, SPAM, owner) if twice else settled
    assert not any(review.counts(project).values())
    speak(owner).delete(f"/api/v1/annotations/{settled.pk}/")
    assert review.counts(project) == {"differ": 1, "low": 0, "flags": 1, "suspects": 1}


def test_what_another_reviewer_settled_as_well_stays_settled(project, owner, member, torn):
    other = person("other@example.org")
    join(project, other, Role.REVIEWER)
    talking.flag(torn, member, "odd")
    settled = review.settle(torn, SPAM, owner)
    review.settle(torn, SPAM, other)
    review.undo(settled, owner)
    assert not any(review.counts(project).values())


def test_what_is_sent_back_is_its_authors_to_do_anew(project, owner, member, torn):
    theirs = Annotation.objects.get(author=member)
    review.send_back(theirs, owner, "Read the guidelines on parcels, please.")
    notice = Notice.objects.get()
    assert (notice.person, notice.kind, notice.comment.text[:4]) == (member, "back", "Read")
    lease = queue.next_for(member, project)
    assert lease.example_id == torn.pk
    answering.submit(lease, SPAM, 5)
    torn.refresh_from_db()
    assert (torn.gold, torn.status) == (SPAM, "labeled")
    assert Annotation.objects.filter(author=member).count() == 2, "the first one is history"


def test_nothing_is_sent_back_to_who_left(project, owner, torn):
    gone = person("gone@example.org")
    join(project, gone, 20)
    said = Annotation.record(torn, HAM, gone, "person")
    project.members.filter(user=gone).delete()
    with pytest.raises(Conflict):
        review.send_back(said, owner, "Again, please.")


def test_a_page_accepts_an_answer_as_it_is(client, project, owner, member, torn):
    client.force_login(owner)
    theirs = Annotation.objects.get(author=member)
    address = f"/projects/{project.pk}/desk/review/{torn.pk}/"
    said = client.post(address, {"accept": str(theirs.pk), "pile": "differ"}, follow=True)
    assert said.status_code == 200
    torn.refresh_from_db()
    assert torn.gold == HAM
    client.post(f"/projects/{project.pk}/desk/review/undo/", {"pile": "differ"})
    torn.refresh_from_db()
    assert torn.gold is None


def test_a_page_sends_back_only_with_a_reason(client, project, owner, member, torn):
    client.force_login(owner)
    theirs = Annotation.objects.get(author=member)
    address = f"/projects/{project.pk}/desk/review/back/{theirs.pk}/"
    assert "Say why" in client.post(address, {"text": " "}, follow=True).content.decode()
    client.post(address, {"text": "It is about a parcel."})
    theirs.refresh_from_db()
    assert theirs.withdrawn_at is not None
    client.force_login(member)
    assert client.post(address, {"text": "no"}).status_code == 403


def alone(shape, said, data=None):
    """Which parts of each answer are marked."""
    made = [Annotation(answer=one) for one in said]
    told = differences.side_by_side(shape, made, data or {})
    return [[part.text for part in one.parts if part.alone] for one in told]


def test_differences_are_marked_in_every_shape():
    assert alone(Choice(), [SPAM, HAM]) == [["spam"], ["ham"]]
    assert alone(Choices(), [{"labels": ["a", "b"]}, {"labels": ["b"]}]) == [["a"], []]
    assert alone(Choices(), [{"labels": []}, {"labels": ["b"]}]) == [["∅"], ["b"]]
    span = {"start": 0, "end": 3, "label": "PER", "text": "Ada"}
    other = {"start": 0, "end": 3, "label": "LOC", "text": "Ada"}
    assert alone(Spans(), [{"spans": [span]}, {"spans": [span, other]}]) == [[], ["LOC “Ada”"]]
    prose = [{"response": "We are sorry for it."}, {"response": "We are glad of it."}]
    assert alone(Prose(), prose) == [["sorry", "for"], ["glad", "of"]]
    ranked = [{"ranking": [0, 1, 2]}, {"ranking": [0, 2, 1]}]
    data = {"candidates": ["x", "y", "z"]}
    assert alone(Ranking(), ranked, data) == [["2. y", "3. z"], ["2. z", "3. y"]]


def test_of_several_those_differ_that_are_not_with_most():
    assert alone(Choice(), [SPAM, HAM, SPAM]) == [[], ["ham"], []]
    assert alone(Choice(), [SPAM, HAM, SPAM, HAM]) == [["spam"], ["ham"], ["spam"], ["ham"]]
    assert alone(Choice(), [SPAM]) == [[]]
    sets = [{"labels": ["a", "b"]}, {"labels": ["a", "b"]}, {"labels": ["b"]}, {"labels": []}]
    assert alone(Choices(), sets[:3]) == [[], [], ["a"]], "what it lacks"
    assert alone(Choices(), [sets[0], sets[1], sets[3]]) == [[], [], ["∅", "a", "b"]]
    told = differences.side_by_side(Choices(), [Annotation(answer=one) for one in sets[:3]], {})
    assert [part.missing for part in told[2].parts] == [False, True]
    span = {"start": 0, "end": 3, "label": "PER", "text": "Ada"}
    marked = [{"spans": [span]}, {"spans": []}, {"spans": [span]}]
    assert alone(Spans(), marked) == [[], ["∅", "PER “Ada”"], []]
    prose = [{"response": "We are sorry."}, {"response": "We are glad."}]
    assert alone(Prose(), [prose[0], prose[0], prose[1]]) == [[], [], ["glad"]]
    ranked = [{"ranking": [0, 1, 2]}, {"ranking": [0, 2, 1]}, {"ranking": [0, 1, 2]}]
    data = {"candidates": ["x", "y", "z"]}
    assert alone(Ranking(), ranked, data) == [[], ["2. z", "3. y"], []]


def test_a_majority_with_a_dissent_is_a_pile_of_its_own(project, owner, member):
    Project.objects.filter(pk=project.pk).update(overlap=3)
    project.refresh_from_db()
    example = filled(project, 1)[0]
    people = [owner, member, person("third@example.org")]
    join(project, people[2], Role.ANNOTATOR)
    for who, said in zip(people, (SPAM, SPAM, HAM), strict=True):
        answer(project, who, said)
    assert review.waiting(project) is None, "a majority stands"
    assert review.waiting(project, Pile.LOW) == example
    assert review.counts(project)["low"] == 1
    example.refresh_from_db()
    review.settle(example, SPAM, owner)
    assert review.waiting(project, Pile.LOW) is None


def test_what_another_reviewer_settled_is_not_sent_back(owner, member, torn):
    settled = review.settle(torn, SPAM, owner)
    with pytest.raises(Conflict):
        review.send_back(settled, member, "No.")
    assert Annotation.objects.get(pk=settled.pk).withdrawn_at is None


def test_what_is_sent_back_comes_to_its_author_though_others_settle_it(project, owner, member):
    upload(project, b"text,label\na message,spam\n")
    example = project.examples.get()
    theirs = Annotation.record(example, HAM, member, "person")
    review.send_back(theirs, owner, "Look again.")
    example.refresh_from_db()
    assert example.status == "labeled", "the import stands"
    lease = queue.next_for(member, project)
    assert (lease.example_id, lease.reason_values) == (example.pk, {"why": "Look again."})
    answering.submit(lease, SPAM, 5)
    answering.undo(answering.held_by(member, lease.pk))
    answering.submit(answering.held_by(member, lease.pk), SPAM, 5)
    assert queue.next_for(member, project) is None
