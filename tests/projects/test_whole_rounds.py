"""Whatever people wrote and whoever said what: our own export brings all of it back."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ml.tasks import TASKS
from projects import gold
from projects.models import Annotation, Project, Tag, Tagged
from tests.cast import person, upload
from tests.projects.test_round_trips import out

STRANGE = [
    *("\t", "\n", "\r", "\r\n", "👩🏽‍🚀", "🇨🇳", "e\u0301", "中文", "ｱ", "שָׁלוֹם", "مرحبا"),
    *(
        "\u202eabc\u202c",
        "\u2028",
        "\ufeff",
        "\x01",
        '"',
        "\\",
        "\\n",
        "'",
        ",",
        "=1+1",
        "|",
        "<b>",
    ),
]
ALPHABET = st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from(STRANGE))
WRITTEN = st.lists(ALPHABET, min_size=1, max_size=12).map("".join).filter(str.strip)
LABELS = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
    .map(lambda name: name.strip(" |;\ufeff"))
    .filter(lambda name: name and not name.startswith(("[", "{"))),
    min_size=2, max_size=4, unique_by=str.casefold,
)  # fmt: skip
SOURCES = [("owner", "person"), ("member", "person"), ("owner", "review"), ("owner", "import")]
FORMS = st.sampled_from(["jsonl", "parquet"])
QUICK = hypothesis_settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def lf(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def spans(draw, text, labels):
    found = {}
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        label = draw(st.sampled_from(labels))
        found[start, end, label] = {
            "start": start, "end": end, "label": label, "text": text[start:end],
        }  # fmt: skip
    return {"spans": [*found.values()]}


# Task → data of a text, and how an answer to it is drawn.
WAYS = {
    "text-classification": (
        lambda text: {"text": text},
        lambda draw, data, labels: {"label": draw(st.sampled_from(labels))},
    ),
    "multi-label-classification": (
        lambda text: {"text": text},
        lambda draw, data, labels: {"labels": draw(st.lists(st.sampled_from(labels), unique=True))},
    ),
    "token-classification": (
        lambda text: {"text": text},
        lambda draw, data, labels: spans(draw, data["text"], labels),
    ),
    "text-generation": (
        lambda text: {"prompt": text, "system": text[::-1]},
        lambda draw, data, labels: {"response": draw(WRITTEN)},
    ),
    "text-ranking": (
        lambda text: {"query": text, "candidates": [text, "b\u0301", "c"]},
        lambda draw, data, labels: {"ranking": draw(st.permutations([0, 1, 2]))},
    ),
}  # fmt: skip


def made(name, slug, labels, owner):
    labels = [{"name": one} for one in labels] if TASKS[slug].answer.labelled else []
    return Project.objects.create(name=name, task=slug, labels=labels, created_by=owner)


def state(project, *, settled):
    """What must come back. Where nothing is agreed, all that was said comes as hints."""
    found = []
    for one in project.examples.order_by("digest"):
        said = Counter(
            (json.dumps(answer), hint or (settled and one.gold is None))
            for answer, hint in one.annotations.filter(withdrawn_at=None).values_list(
                "answer", "hint"
            )
        )
        tags = sorted(Tagged.objects.filter(example=one).values_list("tag__name", flat=True))
        found.append((one.data, one.gold, one.set_aside, tags, said))
    return found


@pytest.mark.parametrize("slug", sorted(WAYS))
@QUICK
@given(data=st.data())
def test_all_that_is_known_comes_back(owner, member, slug, data):
    draw = data.draw
    data_of, answer_of = WAYS[slug]
    labels = draw(LABELS)
    texts = draw(st.lists(WRITTEN, min_size=1, max_size=5, unique_by=lf))
    one = made("One", slug, labels, owner)
    lines = [{"data": data_of(text), "answer": None, "id": "", "status": "", "annotations": []}
             for text in texts]  # fmt: skip
    done = upload(one, "\n".join(map(json.dumps, lines)).encode(), "a.jsonl", created_by=owner)
    assert done.problems == []
    tag = Tag.objects.create(project=one, name="to check, 看")
    for example in one.examples.order_by("pk"):
        for who, source in (
            (owner, "person"),
            (member, "person"),
            (owner, "review"),
            (owner, "import"),
        ):
            if draw(st.booleans()):
                answer = one.kind.answer.parse(
                    answer_of(draw, example.data, labels), labels, example.data
                )
                hint = source == "import" and draw(st.booleans())
                Annotation.record(example, answer, who, source, hint=hint)
        if draw(st.booleans()):
            Tagged.objects.create(tag=tag, example=example)
        example.set_aside = draw(st.booleans())
        example.save()
    gold.settle(one.examples.values_list("pk", flat=True))
    content, name = out(one, draw(FORMS))
    other = made("Other", slug, labels, owner)
    assert upload(other, content, name, created_by=owner).problems == []
    assert state(other, settled=False) == state(one, settled=True)
    assert not Annotation.objects.filter(example__project=other).exclude(source="import").exists()


def test_whose_answer_it_was_is_remembered_as_the_file_says_it(project, owner, client):
    stays = person("ann@example.org")
    upload(project, b"text\nhello\n")
    example = project.examples.get()
    for who, label in ((stays, "spam"), (owner, "ham")):
        Annotation.record(example, {"label": label}, who, "person")
    gold.settle([example.pk])
    other = made("Other", project.task, project.label_names, owner)
    upload(other, *out(project, "jsonl"), created_by=owner)
    come = other.examples.get()
    assert come.gold is None and come.status == "unlabeled"
    assert set(come.annotations.values_list("author", "hint")) == {(owner.pk, True)}
    assert [one["by"] for one in come.origin["said_by"]] == ["ann@example.org", owner.email]
    again = upload(other, *out(project, "jsonl"), created_by=owner)
    assert (again.duplicates, come.annotations.count()) == (1, 2)


WORDS = st.text(st.sampled_from("abcéßж\u05e9\u05dc\u0645\u06311"), min_size=1, max_size=6)


@QUICK
@given(data=st.data())
def test_passages_of_whole_words_come_back_from_conll(owner, data):
    draw = data.draw
    one = made("One", "token-classification", ["PER", "LOC"], owner)
    lines = []
    for words in draw(st.lists(st.lists(WORDS, min_size=1, max_size=8), min_size=1, max_size=5,
                               unique_by=tuple)):  # fmt: skip
        text, at, marked = " ".join(words), 0, []
        for word in words:
            if draw(st.booleans()):
                place = {"start": at, "end": at + len(word), "text": word}
                marked.append(place | {"label": draw(st.sampled_from(["PER", "LOC"]))})
            at += len(word) + 1
        lines.append({"text": text, "spans": marked})
    upload(one, "\n".join(map(json.dumps, lines)).encode(), "a.jsonl")
    other = made("Other", "token-classification", ["PER", "LOC"], owner)
    assert upload(other, *out(one, "conll")).problems == []
    assert state(other, settled=False) == state(one, settled=False)
