"""Every task goes out and comes in again, in every format that has a place for its answers."""

import json

import pytest

from ml.tasks import TASKS
from projects import acting, exporting, searching, tally
from projects.models import Act, Deed, Project
from tests.cast import upload
from tests.test_every_task import ORDERED, WRITTEN

LABELS = ["person", "place", "a; b", "人"]
TEXTS = [
    "👩🏽‍🚀 Ada met e\u0301ta in à",
    "שָׁלוֹם to 北京, and 👍👍",
    "line one\nline two\n\nline four",
    "nothing here",
    '"quoted", with; everything|else\tin it',
]


def place(text, quoted, label):
    start = text.index(quoted)
    return {"start": start, "end": start + len(quoted), "label": label, "text": quoted}


MARKED = [
    {"spans": [place(TEXTS[0], "👩🏽‍🚀 Ada met", "person"), place(TEXTS[0], "Ada", "person")]},
    {"spans": [place(TEXTS[1], "שָׁלוֹם", "人"), place(TEXTS[1], "北京", "place")]},
    {"spans": [place(TEXTS[2], "one\nline", "a; b")]},
    {"spans": []},
    {"spans": [place(TEXTS[4], "everything|else", "place")]},
]
NAMED = [["person"], ["person", "a; b"], ["人"], [], ["place"]]
ROWS = {
    "text-classification": [
        ({"text": t}, {"label": n[0]}) for t, n in zip(TEXTS, NAMED, strict=True) if n
    ],
    "multi-label-classification": [
        ({"text": t}, {"labels": n}) for t, n in zip(TEXTS, NAMED, strict=True)
    ],
    "token-classification": [({"text": t}, a) for t, a in zip(TEXTS, MARKED, strict=True)],
    "text-generation": [(one["data"], one["answer"]) for one in WRITTEN],
    "text-ranking": [(one["data"], one["answer"]) for one in ORDERED],
}
PEERS = ("label-studio", "doccano")
FORMS = ("jsonl", "csv", "xlsx", "parquet", "hf", *PEERS)


def project_of(slug, owner, name="One"):
    answer = TASKS[slug].answer
    labels = [{"name": one, "color": "#0072B2"} for one in LABELS] if answer.labelled else []
    return Project.objects.create(name=name, task=slug, labels=labels, created_by=owner)


def given(project, rows):
    lines = [{"data": data, "answer": answer, "id": "", "status": "", "annotations": []}
             for data, answer in rows]  # fmt: skip
    return upload(project, "\n".join(map(json.dumps, lines)).encode(), "rows.jsonl")


def held(project):
    found = project.examples.order_by("id").values_list("data", "gold")
    return sorted((json.dumps(data), json.dumps(gold)) for data, gold in found)


def out(project, form):
    asked = exporting.asked(project, {})
    exporting.checked(asked, form)
    return b"".join(exporting.FORMATS[form].pieces(asked)), exporting.FORMATS[form].name(asked)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(ROWS))
def test_what_goes_out_comes_in_again(slug, owner):
    one, rows = project_of(slug, owner), ROWS[slug]
    unanswered = {**rows[0][0], next(iter(rows[0][0])): "not answered yet"}
    done = given(one, [*rows, (unanswered, None)])
    assert (done.rejected, done.examples_created) == (0, len(rows) + 1), done.problems
    expected = sorted((json.dumps(d), json.dumps(a)) for d, a in [*rows, (unanswered, None)])
    assert [sorted(json.loads(a)) for a, _ in held(one)] == [
        sorted(json.loads(a)) for a, _ in expected
    ]
    for form in FORMS:
        if exporting.FORMATS[form].takes(one.kind):
            assert form in PEERS and not one.kind.answer.labelled
            continue
        other = project_of(slug, owner, form)
        content, name = out(one, form)
        again = upload(other, content, name)
        assert again.rejected == 0, (form, again.problems)
        assert held(other) == held(one), form


@pytest.mark.django_db
def test_passages_go_out_as_conll_and_come_in_again(owner):
    text = "Ada Lovelace met 查尔斯 in London"
    answer = {"spans": [place(text, "Ada Lovelace", "person"), place(text, "London", "place")]}
    one, other = (
        project_of("token-classification", owner),
        project_of("token-classification", owner),
    )
    given(one, [({"text": text}, answer), ({"text": "no name"}, {"spans": []})])
    content, name = out(one, "conll")
    assert content.startswith(b"Ada\tB-person\nLovelace\tI-person\nmet\tO\n")
    assert upload(other, content, name).rejected == 0
    golds = dict(other.examples.values_list("data__text", "gold"))
    assert golds["no name"] == {"spans": []}
    (back,) = (gold for said, gold in golds.items() if said != "no name")
    assert [one["text"] for one in back["spans"]] == ["Ada Lovelace", "London"]


@pytest.mark.django_db
def test_conll_refuses_passages_that_overlap(owner):
    one = project_of("token-classification", owner)
    given(one, ROWS["token-classification"][1:])
    assert out(one, "conll")
    given(one, ROWS["token-classification"][:1])
    with pytest.raises(exporting.Refused, match="overlap"):
        out(one, "conll")


@pytest.mark.django_db
def test_an_answer_that_no_cell_of_excel_holds_is_refused_and_never_cut(owner):
    one = project_of("text-generation", owner)
    given(one, [({"prompt": "fits"}, {"response": '"' * 32_767})])
    asked = exporting.asked(one, {})
    assert exporting.FORMATS["xlsx"].why_not(asked) == ""
    given(one, [({"prompt": "does not"}, {"response": "\U0001f600" * 16_384})])
    assert exporting.FORMATS["xlsx"].why_not(asked) == "cell-long"


@pytest.mark.django_db
def test_candidates_come_from_columns_that_are_counted(owner):
    one = project_of("text-ranking", owner)
    content = b"question,candidate_1,candidate_2,candidate_3,ranking\nWhich?,a,b,c,2 > 0 > 1\n"
    done = upload(one, content + b"Who?,a,b,,\n")
    assert (done.examples_created, done.rejected) == (2, 0), done.problems
    assert dict(one.examples.values_list("data__query", "gold")) == {
        "Which?": {"ranking": [2, 0, 1]}, "Who?": None,
    }  # fmt: skip


@pytest.mark.django_db
def test_places_of_a_browser_and_of_crlf_are_put_right(owner):
    one = project_of("token-classification", owner)
    rows = [
        {"text": "👍 Ada", "label": [[2, 5, "person"]]},
        {"text": "a\r\nb Ada", "label": [[5, 8, "person"]]},
    ]
    assert upload(one, "\n".join(map(json.dumps, rows)).encode(), "d.jsonl").rejected == 0
    studio = [{"data": {"text": "👍👍 Eve"}, "annotations": [{"result": [{
        "from_name": "label", "to_name": "text", "type": "labels",
        "value": {"start": 5, "end": 8, "labels": ["person"], "text": "Eve"}}]}]}]  # fmt: skip
    assert upload(one, json.dumps(studio).encode(), "ls.json").rejected == 0
    golds = one.examples.order_by("id").values_list("gold", flat=True)
    assert [gold["spans"][0]["text"] for gold in golds] == ["Ada", "Ada", "Eve"]


def task_of(*annotations, **more):
    """As Label Studio exports one: label, and who said it."""
    said = [
        {"result": [{"type": "choices", "value": {"choices": [label]}}], "completed_by": by, **rest}
        for label, by, rest in annotations
    ]
    return {"data": {"text": str(said) + str(more)}, "annotations": said, **more}


@pytest.mark.django_db
def test_all_annotators_of_label_studio_come_along(owner):
    one = project_of("text-classification", owner)
    guess = {"result": [{"value": {"choices": ["place"]}}], "model_version": "m1"}
    other = {"type": "rectanglelabels", "value": {"x": 1}}
    tasks = [
        task_of(("person", 1, {}), ("person", 2, {}), ("place", {"email": "c@example.org"}, {})),
        task_of(("person", 1, {}), ("place", 2, {})),
        task_of(("person", 1, {"was_cancelled": True}), ("place", 2, {})),
        task_of(predictions=[guess]),
        task_of(("person", 1, {"result": [{"value": {"choices": ["person"]}}, other]})),
        task_of(("person", 1, {}), ("zebra", 2, {}), ("person", 3, {})),
    ]
    done = upload(one, json.dumps(tasks).encode(), "ls.json")
    assert (done.rejected, done.examples_created) == (0, 6), done.problems
    rows = {example.row: example for example in one.examples.all()}
    said = {
        row: sorted((a.answer["label"], a.hint) for a in example.annotations.all())
        for row, example in rows.items()
    }
    assert said[1] == [("person", False), ("person", False), ("place", False)]
    assert rows[1].gold == {"label": "person"}
    assert said[2] == [("person", True), ("place", True)] and rows[2].gold is None
    assert said[3] == [("place", False)] and said[5] == [("person", False)]
    assert said[4] == [("place", True)]
    assert said[6] == [("person", False), ("person", False)]
    assert [by["by"] for by in rows[1].origin["said_by"]] == ["c@example.org", "1", "2"]
    assert [kept["row"] for kept in done.problems] == [5, 6]
    assert "rectanglelabels" in done.problems[0]["reason"] and "zebra" in done.problems[1]["reason"]


@pytest.mark.django_db
@pytest.mark.parametrize(("existing", "left"), [("keep", 3), ("update", 2), ("skip", 1)])
def test_several_answers_meet_those_that_are_there(owner, existing, left):
    one = project_of("text-classification", owner)
    task = task_of(("person", 1, {}), ("place", 2, {"ground_truth": True}))
    upload(one, json.dumps({**task["data"], "label": "人"}).encode(), "a.jsonl")
    for _ in range(2):
        upload(one, json.dumps([task]).encode(), "ls.json", existing=existing)
    example = one.examples.get()
    assert example.annotations.filter(withdrawn_at=None).count() == left
    assert example.gold == {"label": "人" if existing == "skip" else "place"}


@pytest.mark.django_db
def test_labels_of_several_are_counted_and_found(owner):
    one = project_of("multi-label-classification", owner)
    given(one, ROWS["multi-label-classification"])
    counts = tally.of(one)
    assert counts.gold == 5
    assert counts.by_label == {"person": 2, "place": 1, "a; b": 1, "人": 1}
    assert searching.chosen(one, {"label": "a; b"}).count() == 1
    marked = project_of("token-classification", owner)
    given(marked, ROWS["token-classification"])
    assert tally.of(marked).by_label == {"person": 1, "place": 2, "a; b": 1, "人": 1}
    assert searching.chosen(marked, {"label": "place"}).count() == 2


@pytest.mark.django_db
def test_a_file_brings_new_labels_of_several(owner):
    one = project_of("multi-label-classification", owner)
    rows = b'text,labels\na,"[""person"", ""new""]"\nb,person|other\n'
    looked = upload(one, rows, dry_run=True)
    assert set(looked.new_labels) == {"new", "other"}


@pytest.mark.django_db
def test_mending_leaves_no_passage_beside_its_words(owner):
    one = project_of("token-classification", owner)
    texts = ["Ada  met Eve ", "  Ada met Eve", "Eve met Ada   "]
    given(one, [({"text": t}, {"spans": [place(t, "Ada", "person")]}) for t in texts])
    act = acting.begin(one, owner, Deed.MEND, {}, {"ways": ["blanks"]})
    acting.carry_out(Act.claim(act.pk))
    for example in one.examples.all():
        parsed = one.kind.answer.parse(example.gold, LABELS, example.data)
        assert parsed == example.gold
    assert sorted(one.examples.values_list("data__text", "set_aside")) == [
        ("  Ada met Eve", True), ("Ada met Eve", False), ("Eve met Ada", False),
    ]  # fmt: skip


def test_every_task_can_be_chosen_for_a_project(client, owner):
    client.force_login(owner)
    page = client.get("/projects/new/").content.decode()
    assert all(f'value="{slug}"' in page for slug in TASKS)
