"""The page that says how the data is, and mends it."""

from typing import NamedTuple

import numpy as np
import pytest

from ml.embedding import CharacterNgrams
from projects import apart, embedding, gold, indexing, inspecting, remarks, surveying
from projects.models import Act, Deed, Embedding, Example, Inspection, Kind, Role
from tests.cast import join, person, upload


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def health(project):
    return f"/projects/{project.pk}/data/health/"


def looked_at(project):
    while indexing.catch_up(1) or inspecting.catch_up(1) or embedding.catch_up(1):
        pass
    surveying.queue(project.pk)
    surveying.look(Inspection.claim(project.pk))


def text_of(page, project):
    return page.get(health(project)).content.decode()


ROWS = """text,label
<p>Where is my parcel?</p>,spam
Write to jane.doe@example.org please,ham
Where is the invoice of last month,spam
where is the invoice of last month!,ham
"""


def test_without_data_it_says_what_it_is_for(page, project):
    seen = text_of(page, project)
    assert "Nothing to look at yet" in seen and "/data/upload/" in seen


def test_while_work_is_going_on_the_page_says_how_far_and_asks_again(page, project):
    upload(project, ROWS.encode())
    seen = text_of(page, project)
    assert "Looking at each example" in seen and "?part=progress" in seen
    assert "No worker is running for “background”" in seen
    part = page.get(f"{health(project)}?part=progress").content.decode()
    assert "<html" not in part and "Compared by meaning" in part
    looked_at(project)
    assert page.get(f"{health(project)}?part=progress").headers["HX-Refresh"] == "true"
    assert "?part=progress" not in text_of(page, project)


def test_each_kind_has_a_card_with_examples_and_what_mends_it(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    seen = text_of(page, project)
    for kind in (Kind.HTML, Kind.PERSONAL, Kind.REPEAT, Kind.CONTRADICTION):
        assert f'id="card-{kind}"' in seen and f"?finding={kind}" in seen
    assert "Worth a look: 4." in seen
    assert "<mark>&lt;p&gt;</mark>Where is my parcel?" in seen
    assert "Take the HTML out: 1" in seen and "Set aside all but one of each: 1" in seen


def test_nothing_odd_is_said_in_so_many_words(page, project):
    upload(project, b"text\nWhere is my parcel\nThe invoice is wrong\n")
    looked_at(project)
    assert "Nothing stands out." in text_of(page, project)


def test_personal_data_is_shown_to_managers_only(client, project, page):
    upload(project, ROWS.encode())
    looked_at(project)
    assert "<mark>jane.doe@example.org</mark>" in text_of(page, project)
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    client.force_login(viewer)
    seen = text_of(client, project)
    assert "jane.doe" not in seen and "Write to [e-mail] please" in seen
    assert "Mask what is ticked" not in seen


def test_a_fix_begins_an_act_on_all_of_its_kind(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    answer = page.post(f"{health(project)}html/", {"fix": "mend"})
    act = Act.objects.get(project=project)
    assert answer.status_code == 302 and str(act.pk) in answer.url
    assert (act.deed, act.filters, act.value) == (
        Deed.MEND,
        {"finding": "html"},
        {"ways": ["html", "blanks"]},
    )


def test_what_contradicts_is_sent_to_review(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    assert "Send them to review: 2" in text_of(page, project)
    page.post(f"{health(project)}contradiction/", {"fix": "review"}, follow=True)
    assert project.examples.filter(status="review").count() == 2


@pytest.mark.parametrize("answered", [0, 2])
def test_what_means_the_same_is_counted_and_set_aside(page, project, monkeypatch, answered):
    texts = ["我的包裹还没有到", "发票上的金额不对", "请问怎么退货", "谢谢你们"]
    upload(project, "\n".join(["text", *texts]).encode())
    looked_at(project)
    assert "no model here reads the language" in text_of(page, project)
    monkeypatch.setattr(CharacterNgrams, "name", "another")  # as if these vectors meant something
    rows = Embedding.objects.filter(project=project).order_by("pk")
    vectors = np.eye(4, 384, dtype=np.float32)
    vectors[2] = vectors[0]
    for one, vector in zip(rows, vectors, strict=True):
        one.vector = list(vector)
        one.save()
    monkeypatch.setattr(apart.embedding, "of", lambda project: Named(rows[0].model))
    project.examples.filter(data__text=texts[answered]).update(gold={"label": "ham"})
    looked_at(project)
    seen = text_of(page, project)
    assert 'id="card-meaning"' in seen and "?finding=meaning" in seen
    assert "Set aside all but one of each: 1" in seen and "no model here" not in seen
    page.post(f"{health(project)}meaning/", {"fix": "set-aside"})
    assert [*project.examples.filter(set_aside=True).values_list("data__text", flat=True)] == [
        texts[2 - answered]
    ]
    gold.put_aside(project.examples.get(data__text=texts[2 - answered]), aside=False)
    gold.put_aside(project.examples.get(data__text=texts[answered]), aside=True)
    looked_at(project)
    assert 'id="card-meaning"' not in text_of(page, project), "only one of them is in use"
    monkeypatch.setattr(apart.nearby, "MOST_VECTORS", 2)
    looked_at(project)
    assert "more than 100,000 examples" in text_of(page, project)


class Named(NamedTuple):
    name: str


def test_what_is_masked_is_ticked(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    seen = page.post(f"{health(project)}personal/", {"fix": "mask"}, follow=True).content.decode()
    assert "Tick what is to be masked first." in seen and not Act.objects.exists()
    page.post(f"{health(project)}personal/", {"fix": "mask", "kinds": ["e-mail", "nonsense"]})
    assert Act.objects.get().value == {"kinds": ["e-mail"]}


def test_only_managers_mend_and_look_again(client, project, member):
    client.force_login(member)
    assert client.post(f"{health(project)}html/", {"fix": "mend"}).status_code == 403
    assert client.post(f"{health(project)}look/").status_code == 403


@pytest.mark.parametrize("kind", ["html", "nonsense"])
def test_a_fix_that_is_none_is_not_found(page, project, kind):
    assert page.post(f"{health(project)}{kind}/", {"fix": "nonsense"}).status_code == 404


def test_one_can_ask_for_another_look_and_stop_it(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    page.post(f"{health(project)}look/")
    assert Inspection.objects.get(project=project).state == "queued"
    page.post(f"{health(project)}look/", {"act": "stop"})
    assert Inspection.objects.get(project=project).state == "cancelled"
    assert "Someone stopped the look" in text_of(page, project)


def test_a_look_that_failed_says_so(page, project):
    upload(project, ROWS.encode())
    looked_at(project)
    Inspection.objects.filter(project=project).update(state="failed", error="gave-up")
    assert "It was interrupted three times." in text_of(page, project)


def test_it_says_which_labels_are_rare(page, project):
    lines = [f"text {n} about some parcel,{'ham' if n else 'spam'}" for n in range(40)]
    upload(project, "\n".join(["text,label", *lines]).encode())
    seen = text_of(page, project)
    assert "Next to no answers for: spam." in seen
    more = f"/projects/{project.pk}/data/?status=unlabeled&amp;suggested=spam"
    assert f'href="{more}"' in seen
    assert page.get(more.replace("&amp;", "&")).status_code == 200


def test_the_page_costs_the_same_however_many_examples(
    page, project, django_assert_max_num_queries
):
    upload(project, ROWS.encode())
    looked_at(project)
    with django_assert_max_num_queries(45):
        page.get(health(project))


def test_an_example_shows_what_was_found_and_its_nearest(page, project):
    texts = ["我的包裹还没有到", "我的包裹怎么还没有到呢", "发票上的金额不对", "OK"]
    upload(project, "\n".join(["text", *texts]).encode())
    looked_at(project)
    assert Embedding.objects.filter(project=project).count() == 4
    one = Example.objects.get(project=project, data__text=texts[0])
    seen = page.get(f"/projects/{project.pk}/data/examples/{one.pk}/").content.decode()
    near = seen.split("Similar to this one")[1]
    assert near.index(texts[1]) < near.index(texts[2])
    assert f"?like={one.pk}" in near
    short = Example.objects.get(project=project, data__text="OK")
    seen = page.get(f"/projects/{project.pk}/data/examples/{short.pk}/").content.decode()
    assert "Very short" in seen


@pytest.mark.parametrize(
    ("kind", "text", "odd"),
    [
        (Kind.HTML, "a <b>b</b> c&amp;d", ["<b>", "</b>", "&amp;"]),
        (Kind.WIDTH, "\uff21\uff22\uff23，好", ["\uff21\uff22\uff23"]),
        (Kind.BLANKS, "a  b\u00a0c ", ["··", "·", "·"]),
        (Kind.PERSONAL, "Ask jane@example.org", ["jane@example.org"]),
        (Kind.SHORT, "OK", []),
        (Kind.HTML, "word " * 200 + "<b>", ["<b>"]),
    ],
)
def test_what_is_odd_is_marked_in_the_text(kind, text, odd):
    pieces = remarks.pieces(kind, text, openly=True)
    assert [piece.text for piece in pieces if piece.odd] == odd
    if len(text) < remarks.SHOWN and kind != Kind.BLANKS:
        assert "".join(piece.text for piece in pieces) == text


def test_languages_have_names():
    assert [remarks.language(code) for code in ("zh", "en", "und", "xx")] == [
        "Simplified Chinese",
        "English",
        "cannot be told",
        "xx",
    ]
