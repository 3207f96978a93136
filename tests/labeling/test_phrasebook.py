"""Passages: a dictionary of what was marked suggests, and says whose turn it is."""

import numpy as np
import pytest

from accounts.ids import new_id
from labeling import answering, jobs, learning, phrasebook, queue, reasons, suggesting
from labeling.models import Candidate, Learner, Suggestion
from ml.embedding import WIDTH
from projects import embedding, gold, noting, tally
from projects.models import Annotation, Example, Order, Project, Role
from tests.cast import join, person, upload

MODEL = "made for tests"
NAMES = ["Ada", "Alan", "Grace", "Linus"]
QUIET = 0.99  # of every draw: no test example, no recheck, nothing that waited the longest


def spans(text: str, *names: str) -> dict:
    found = [(text.index(name), name) for name in names if name in text]
    return {
        "spans": [
            {"start": at, "end": at + len(name), "label": "PER", "text": name}
            for at, name in sorted(found)
        ]
    }


def with_vectors(project: Project) -> Project:
    Example.objects.filter(project=project).update(is_test=False)
    drawn = np.random.default_rng(0)
    ids = list(project.examples.values_list("pk", flat=True))
    vectors = drawn.normal(0, 1, (len(ids), WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embedding.keep(project.pk, MODEL, ids, vectors)
    noting.note(project.pk, model=MODEL)
    return project


@pytest.fixture
def marking(project):
    """Eighty texts with one of four names each; twenty with a name that no other has."""
    project.task, project.labels = "token-classification", [{"name": "PER"}, {"name": "LOC"}]
    project.order = Order.SMART
    project.save()
    lines = [f"In case {n} we saw {NAMES[n % 4]} at noon." for n in range(80)]
    lines += [f"In case {n} we saw Zo{n}ro at noon." for n in range(20)]
    upload(project, "\n".join(["text", *lines]).encode())
    return with_vectors(project)


def answered(project, member, count, names=NAMES):
    for _ in range(count):
        lease = queue.next_for(member, project)
        answering.submit(lease, spans(lease.example.data["text"], *names), 900)


def test_it_suggests_what_was_marked_before_and_says_how_it_does(marking, member, always):
    always(QUIET)
    assert learning.line(marking).wanted == 20
    answered(marking, member, 30)
    assert learning.study(marking)
    said = learning.line(marking)
    assert said.marked and said.of == 30 and said.percent > 60
    for _ in range(10):
        lease = queue.next_for(member, marking)
        expected = spans(lease.example.data["text"], *NAMES)
        if expected["spans"]:
            assert lease.suggestion["answer"] == expected
            assert lease.suggested_by == "dictionary:1"
            assert lease.suggestion["confidence"] > 0.5
        else:
            assert lease.suggestion is None, "that nothing is marked is no suggestion"
        answering.submit(lease, expected, 900)


def test_names_that_nobody_saw_yet_come_early_with_why(marking, member, always):
    always(QUIET)
    Example.objects.filter(data__text__icontains="Zo", project=marking).update(priority=-1)
    answered(marking, member, 40)
    Example.objects.update(priority=0)
    learning.study(marking)
    strange = Candidate.objects.filter(reason="strange")
    assert strange.count() == 20
    assert np.median(strange.values_list("rank", flat=True)) < 30
    first = strange.order_by("rank").first()
    Candidate.objects.filter(rank__lt=first.rank).delete()
    lease = queue.next_for(member, marking)
    name = first.values["phrase"]
    assert reasons.told(lease) == f"“{name}” is in nothing that was labelled so far."
    assert name in lease.example.data["text"]


def test_a_phrase_that_is_torn_is_named(marking, member, always):
    always(QUIET)
    for turn in range(40):
        lease = queue.next_for(member, marking)
        names = NAMES if turn % 2 else NAMES[1:]
        answering.submit(lease, spans(lease.example.data["text"], *names), 900)
    learning.study(marking)
    torn = Candidate.objects.filter(reason="phrase", values__phrase="Ada").first()
    assert 25 <= torn.values["percent"] <= 75
    code, values = reasons.BY_CODE["phrase"], torn.values
    assert (code % values).startswith("Not sure whether “Ada” is “PER” here: ")


def test_a_version_is_completed_by_what_the_dictionary_is_sure_of(marking, member, always):
    always(QUIET)
    answered(marking, member, 60)
    learning.study(marking)
    example = marking.examples.filter(status="unlabeled", data__text__icontains="Ada").first()
    example.data["text"] += " Zorro came."
    example.save()
    text = example.data["text"]
    Suggestion.objects.create(
        example=example, answer=spans(text, "Zorro"), confidence=0.6, scores={"PER": 0.6},
        model_version=marking.pk,
    )  # fmt: skip
    said = suggesting.at_lease(example)
    assert said["suggestion"]["answer"] == spans(text, "Ada", "Zorro")
    assert said["suggested_by"] == f"version:{marking.pk}"
    assert 0.4 < said["suggestion"]["confidence"] <= 0.6


def test_what_the_version_is_least_sure_of_comes_first(marking, member, always):
    always(QUIET)
    for at, example in enumerate(marking.examples.order_by("pk")):
        Suggestion.objects.create(
            example=example, answer={"spans": []}, model_version=marking.pk,
            confidence=0.1 if at < 30 else 0.999,
        )  # fmt: skip
    learning.study(marking)
    unsure = [one.pk for one in marking.examples.order_by("pk")[:30]]
    first = Candidate.objects.order_by("rank")[:30]
    assert sum(one.example_id in unsure for one in first) > 15
    assert "The model is only 10% sure of what it marks here." in {
        reasons.BY_CODE[one.reason] % one.values for one in first if one.reason == "whole"
    }


def test_labels_that_are_gone_are_not_suggested(marking, member, always):
    always(QUIET)
    answered(marking, member, 40)
    learning.study(marking)
    Project.objects.filter(pk=marking.pk).update(labels=[{"name": "LOC"}])
    marking.refresh_from_db()
    assert queue.next_for(member, marking).suggestion is None
    learning.study(marking)
    assert bytes(Learner.objects.get().weights) == b""


def test_prose_comes_in_the_order_of_how_unlike_it_is(project, member, always):
    always(QUIET)
    project.task, project.labels, project.order = "text-generation", [], Order.SMART
    project.save()
    upload(project, ("prompt\n" + "\n".join(f"Say {n}." for n in range(30))).encode())
    with_vectors(project)
    assert learning.due(project) and learning.study(project)
    assert set(Candidate.objects.values_list("reason", flat=True)) == {"far"}
    lease = queue.next_for(member, project)
    assert (lease.reason, lease.suggestion) == (reasons.FAR, None)
    assert learning.line(project) is None
    jobs.ring(project)
    project.order = Order.RANDOM
    assert not learning.due(project), "nothing is learned that another order would need"


def test_a_versions_doubt_orders_labels_until_there_are_answers_enough(project, member, always):
    always(QUIET)
    upload(project, ("text\n" + "\n".join(f"message {n}" for n in range(60))).encode())
    with_vectors(project)
    for at, example in enumerate(project.examples.order_by("pk")):
        sure = 0.52 if at < 20 else 0.99
        Suggestion.objects.create(
            example=example, answer={"label": "spam"}, confidence=sure,
            scores={"spam": sure, "ham": round(1 - sure, 2)}, model_version=project.pk,
        )  # fmt: skip
    learning.study(project)
    torn = [one.pk for one in project.examples.order_by("pk")[:20]]
    first = Candidate.objects.order_by("rank")[:20]
    assert sum(one.example_id in torn for one in first) >= 15
    assert first[0].reason in {"torn", "far"}


def test_who_differ_are_settled_early_by_a_third(project, member, owner, always):
    always(QUIET)
    Project.objects.filter(pk=project.pk).update(overlap=3)
    project.refresh_from_db()
    upload(project, ("text\n" + "\n".join(f"message {n}" for n in range(30))).encode())
    Example.objects.update(is_test=False)
    last = project.examples.order_by("-place").first()
    for someone, label in ((owner, "spam"), (member, "ham")):
        Annotation.record(last, {"label": label}, someone, "person")
    gold.settle([last.pk])
    third = person("third@example.org")
    join(project, third, Role.ANNOTATOR)
    lease = queue.next_for(third, project)
    assert lease.example_id == last.pk
    assert reasons.told(lease) == (
        "Two people answered this one differently: another answer settles it."
    )
    assert queue.next_for(member, project).example_id != last.pk
    answering.submit(lease, {"label": "spam"}, 900)
    last.refresh_from_db()
    assert last.gold == {"label": "spam"}


def test_now_and_then_what_has_waited_the_longest_comes(project, member, monkeypatch):
    upload(project, ("text\n" + "\n".join(f"message {n}" for n in range(30))).encode())
    Example.objects.update(is_test=False)
    draws = iter([0.99, 0.99, 0.0])
    monkeypatch.setattr("random.random", lambda: next(draws, 0.99))
    lease = queue.next_for(member, project)
    assert lease.reason == reasons.WAITS
    assert lease.example_id == project.examples.order_by("pk").first().pk
    assert tally.of(project).by_status["unlabeled"] == 30


def test_of_long_texts_only_the_beginning_is_read_and_of_those_that_are_gone_nothing(project):
    upload(project, f"text\n{'Ada was here. ' * 500}\nBo\n".encode())
    long, short = project.examples.order_by("row")
    gone = new_id()
    begins = phrasebook.begins([long.pk, short.pk, gone])
    assert [len(begins[pk]) for pk in (long.pk, short.pk, gone)] == [phrasebook.READ, 2, 0]
