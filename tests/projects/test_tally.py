"""Counts that the database keeps: exact after every way in which examples come, change and go."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from labeling import answering, queue
from projects import founding, tally
from projects.models import Example, Role, Status, Tally
from tests.cast import join, person, rows, upload


def span(start, label):
    return {"start": start, "end": start + 1, "label": label, "text": "abc"[start // 2]}


def counted(project):
    """What counting every row would say."""
    examples = list(project.examples.all())
    by_status = {status.value: 0 for status in Status}
    by_label = dict.fromkeys(project.label_names, 0)
    for example in examples:
        by_status[example.status] += 1
        if example.gold is not None:
            by_label[example.gold["label"]] += 1
    begun = sum(one.answered for one in examples if one.status == Status.UNLABELED)
    return tally.Counts(by_status, by_label, sum(by_label.values()), begun)


def test_an_upload_counts_at_once(project):
    upload(project, rows(10) + b"\nplain text,\n")
    assert tally.of(project) == counted(project)
    assert tally.of(project).examples == 11
    assert tally.of(project).gold == 10


def test_answers_skips_and_what_is_taken_back_count(project, member):
    upload(project, b"text\none\ntwo\nthree\n")
    join(project, person("other@example.org"), Role.ANNOTATOR)
    first = queue.next_for(member, project)
    annotation, _ = answering.submit(first, {"label": "spam"}, None)
    assert tally.of(project) == counted(project)
    answering.skip(queue.next_for(member, project), "")
    answering.forget(annotation)
    assert tally.of(project) == counted(project)
    assert tally.of(project).by_label["spam"] == 0


def test_answers_to_what_waits_for_more_are_counted(project, owner, member):
    founding.change(project, overlap=2)
    upload(project, b"text\none\ntwo\nthree\n")
    kept = [answering.submit(queue.next_for(member, project), {"label": "spam"}, 5)[0]]
    kept += [answering.submit(queue.next_for(member, project), {"label": "spam"}, 5)[0]]
    assert tally.of(project).begun == 2 and tally.of(project) == counted(project)
    answering.submit(queue.next_for(owner, project), {"label": "spam"}, 5)
    assert tally.of(project) == counted(project)
    answering.forget(kept[0])
    founding.change(project, overlap=1)
    tally.fold()
    assert tally.of(project) == counted(project)


@pytest.mark.parametrize(
    ("task", "said", "labels"),
    [
        ("multi-label-classification", {"labels": ["spam", "ham"]}, {"spam": 1, "ham": 1}),
        ("multi-label-classification", {"labels": []}, {"spam": 0, "ham": 0}),
        (
            "token-classification",
            {"spans": [span(0, "spam"), span(2, "spam"), span(2, "ham")]},
            {"spam": 1, "ham": 1},
        ),
    ],
    ids=["several", "none", "spans"],
)
def test_each_label_of_an_answer_counts_once_and_the_answer_once(
    project, member, task, said, labels
):
    project.task = task
    project.save()
    upload(project, b"text\na b c\nd e f\n")
    annotation, _ = answering.submit(queue.next_for(member, project), said, None)
    counts = tally.of(project)
    assert (counts.by_label, counts.gold, counts.examples) == (labels, 1, 2)
    tally.fold()
    answering.forget(annotation)
    counts = tally.of(project)
    assert (counts.by_label, counts.gold, counts.examples) == ({"spam": 0, "ham": 0}, 0, 2)


def test_a_response_is_gold_without_a_label(project, member):
    project.task = "text-generation"
    project.save()
    upload(project, b"prompt\nSay hello\n")
    answering.submit(queue.next_for(member, project), {"response": "Hello"}, None)
    assert (tally.of(project).gold, tally.of(project).by_status["labeled"]) == (1, 1)


def test_deleted_examples_count_no_longer(project):
    upload(project, rows(6))
    project.examples.filter(gold__label="spam").delete()
    assert tally.of(project) == counted(project)
    assert tally.of(project).examples == 3


def test_a_change_of_something_else_leaves_nothing_behind(project):
    upload(project, rows(4))
    before = Tally.objects.filter(project=project).count()
    project.examples.update(priority=7)
    assert Tally.objects.filter(project=project).count() == before


def test_adding_up_changes_no_sum_and_leaves_few_rows(project):
    for number in range(tally.FOLD_FROM + 5):
        upload(project, f"text\nnumber {number}\n".encode())
    before = tally.of(project)
    tally.fold()
    assert tally.of(project) == before == counted(project)
    assert Tally.objects.filter(project=project).count() == 1


def test_a_deleted_project_leaves_no_counts(project):
    upload(project, rows(4))
    Example.objects.filter(project=project).delete()
    pk = project.pk
    project.delete()
    assert not Tally.objects.filter(project_id=pk).exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_count(project):
    def more(number):
        try:
            Example.objects.bulk_create(
                Example(
                    project=project, data={"text": f"{number} {each}"}, digest=bytes([number, each])
                )
                for each in range(5)
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(more, range(20)))
    assert tally.of(project).examples == 100
