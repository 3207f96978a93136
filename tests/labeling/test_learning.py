"""The instant model: what it learns from, whose turn it is then, and what it suggests."""

import numpy as np
import pytest
from redis.exceptions import RedisError

from labeling import answering, jobs, learning, queue, reasons, windows
from labeling.models import Assignment, Candidate, Learner
from ml.embedding import WIDTH
from projects import embedding, noting
from projects.models import Example, Project
from tests.cast import upload

SPAM, HAM = {"label": "spam"}, {"label": "ham"}
MODEL = "made for tests"


def clearly(spam: bool, drawn: np.random.Generator) -> np.ndarray:
    """A vector that says which it is, among much that says nothing."""
    made = drawn.normal(0, 0.3, WIDTH).astype(np.float32)
    made[0] = 3.0 if spam else -3.0
    return made / np.linalg.norm(made)


@pytest.fixture
def texts(project):
    """Spam where the number is even; half of the odd ones lie between the two."""
    upload(project, "\n".join(["text", *(f"message {n}" for n in range(160))]).encode())
    Example.objects.update(is_test=False)
    drawn = np.random.default_rng(0)
    examples = list(Example.objects.order_by("row"))
    vectors = np.stack([clearly(bool(one.row % 2), drawn) for one in examples])
    for at in range(0, 160, 8):
        vectors[at] = drawn.normal(0, 1, WIDTH)
        vectors[at] /= np.linalg.norm(vectors[at])
    embedding.keep(project.pk, MODEL, [one.pk for one in examples], vectors)
    noting.note(project.pk, model=MODEL)
    return project


def answered(project, member, count):
    for _ in range(count):
        lease = queue.next_for(member, project)
        answering.submit(lease, SPAM if lease.example.row % 2 else HAM, 900)


def test_before_anyone_answered_the_most_different_come_first(texts, member, always):
    always(0.99)
    assert learning.study(texts)
    assert Candidate.objects.count() == 160
    lease = queue.next_for(member, texts)
    assert reasons.told(lease) == "Unlike anything that was labelled so far."
    assert lease.suggestion is None


def test_it_suggests_what_it_learned_and_says_how_it_does(texts, member, always):
    always(0.99)
    learning.study(texts)
    answered(texts, member, 40)
    early = learning.line(texts)
    assert (early.wanted, early.right) == (0, None), "there is enough, and nothing is learned yet"
    learning.study(texts)
    said = learning.line(texts)
    assert (said.answers, said.wanted, said.of) == (40, 0, 40)
    assert said.percent > 70
    right = 0
    for _ in range(20):
        lease = queue.next_for(member, texts)
        truth = SPAM if lease.example.row % 2 else HAM
        right += lease.suggestion["answer"] == truth
        assert lease.suggested_by == "instant:2"
        assert set(lease.suggestion["scores"]) == {"spam", "ham"}
        answering.submit(lease, truth, 900)
    assert right >= 12
    assert Assignment.objects.filter(accepted=True).count() == right


def test_what_it_is_torn_about_comes_first(texts, member, always):
    always(0.99)
    learning.study(texts)
    answered(texts, member, 60)
    learning.study(texts)
    asked = [queue.next_for(member, texts)]
    assert asked[0].reason in {reasons.TORN, reasons.UNSURE, reasons.FAR}
    hard = Example.objects.filter(status="unlabeled", row__in=range(1, 161, 8))
    if hard.exists():
        first = Candidate.objects.order_by("rank").values_list("example_id", flat=True)[:30]
        assert set(first) & set(hard.values_list("pk", flat=True))


def test_the_test_set_is_neither_learned_from_nor_suggested_for(texts, member, always):
    learning.study(texts)
    answered(texts, member, 40)
    Example.objects.filter(status="labeled").update(is_test=True)
    learning.study(texts)
    assert Learner.objects.get().learned_from == 0
    held = Example.objects.filter(status="unlabeled").first()
    Example.objects.filter(pk=held.pk).update(is_test=True)
    assert held.pk not in windows.waiting(Learner.objects.get())


def test_a_training_again_changes_few_rows_however_many_there_are(
    texts, member, django_assert_max_num_queries
):
    answered(texts, member, 30)
    with django_assert_max_num_queries(16):
        learning.study(texts)
    assert Learner.objects.get().generation == 1
    assert Candidate.objects.count() == 130


def test_two_trainings_at_once_are_one(texts, monkeypatch):
    monkeypatch.setattr(learning, "_alone", lambda project: False)
    assert not learning.study(texts)
    assert not Learner.objects.exists()


def test_labels_that_are_gone_are_not_suggested(texts, member, always):
    always(0.99)
    answered(texts, member, 40)
    learning.study(texts)
    Project.objects.filter(pk=texts.pk).update(labels=[{"name": "spam"}, {"name": "other"}])
    texts.refresh_from_db()
    lease = queue.next_for(member, texts)
    assert lease.suggestion is None
    learning.study(texts)
    assert Learner.objects.get().learned_from < 40


def test_vectors_that_are_missing_are_made_first_for_the_window(texts, monkeypatch):
    class Counted:
        name = MODEL

        def embed(self, texts):
            return np.tile(np.eye(1, WIDTH, dtype=np.float32), (len(texts), 1))

    monkeypatch.setattr(embedding, "of", lambda project: Counted())
    gone = list(Example.objects.values_list("pk", flat=True)[:30])
    windows._asked(
        "DELETE FROM projects_embedding WHERE example_id = ANY(%(ids)s) RETURNING 1", {"ids": gone}
    )
    assert learning.lacks(texts)
    assert learning.fill(texts, 5) is False
    assert not learning.lacks(texts)


def test_the_bell_rings_once_in_a_while_and_never_in_anyones_way(texts, monkeypatch):
    assert learning.due(texts)
    assert not learning.due(texts)

    learning.cache.delete(f"study:{texts.pk}")
    assert learning.study(texts)
    assert not learning.due(texts), "it rests after a training"

    def away(*_, **__):
        raise RedisError

    monkeypatch.setattr(learning.cache, "add", away)
    jobs.ring(texts)


def test_the_line_says_nothing_where_nothing_can_be_learned(texts, owner):
    prose = Project.objects.create(name="Prose", task="text-generation", created_by=owner)
    assert learning.line(prose) is None
    assert not learning.study(prose)
    assert learning.line(texts).wanted == 20
