"""Examples are found, leafed through, read, set aside and taken out by pages."""

import json
import re

import pytest

from projects.models import Annotation, Role
from tests.cast import join, person, rows, upload


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def data(project):
    return f"/projects/{project.pk}/data/"


def texts(answer):
    return re.findall(r'class="one-line unfolds"[^>]*>([^<]+)<', answer.content.decode())


def following(answer, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
    return found and found[1].replace("&amp;", "&")


def test_without_data_the_page_says_what_to_do(page, project):
    seen = page.get(data(project)).content.decode()
    assert "No data yet" in seen and f"{data(project)}upload/" in seen


def test_one_leafs_through_all_examples_and_back(page, project):
    upload(project, rows(120))
    first = page.get(data(project))
    second = page.get(data(project) + following(first, "next"))
    third = page.get(data(project) + following(second, "next"))
    found = [*texts(first), *texts(second), *texts(third)]
    assert len(found) == len(set(found)) == 120
    assert following(third, "next") is None and following(first, "prev") is None
    assert texts(page.get(data(project) + following(third, "prev"))) == texts(second)
    back = page.get(data(project) + following(second, "prev"))
    assert texts(back) == texts(first) and following(back, "prev") is None


def test_the_newest_can_come_first(page, project):
    upload(project, rows(120))
    old = texts(page.get(data(project)))
    first = page.get(data(project) + "?order=-id")
    second = page.get(data(project) + following(first, "next"))
    third = page.get(data(project) + following(second, "next"))
    assert [*texts(first), *texts(second), *texts(third)][::-1][:50] == old
    assert texts(page.get(data(project) + following(second, "prev"))) == texts(first)


def test_filters_narrow_and_each_can_be_taken_away(page, project):
    upload(project, rows(10))
    found = page.get(data(project) + "?q=prize&label=spam&status=labeled&source=upload")
    assert len(texts(found)) == 5
    seen = found.content.decode()
    assert seen.count('class="chip"') == 4
    assert "Remove the filter spam" in seen
    nothing = page.get(data(project) + "?q=zebra").content.decode()
    assert "No example is like this" in nothing and "Clear the filters" in nothing


@pytest.mark.parametrize(
    "asked",
    [
        "?status=odd",
        "?label=<b>",
        "?source=mars",
        "?after=x",
        "?before=%00",
        "?q=%00",
        "?order=gold",
    ],
)
def test_an_odd_address_shows_the_list(page, project, asked):
    upload(project, rows(4))
    assert len(texts(page.get(f"{data(project)}?{asked}"))) == 4


def test_the_list_costs_the_same_however_long_it_is(page, project, django_assert_num_queries):
    upload(project, rows(60))
    page.get(data(project))
    # Session, user, project, role; the page of examples; the counts; the last uploads.
    with django_assert_num_queries(13):
        page.get(data(project))


def test_an_example_shows_who_said_what_and_where_it_comes_from(page, project, owner, member):
    file = upload(project, b"text,label\nhello there,spam\n", created_by=owner)
    example = project.examples.get()
    said = Annotation.record(example, {"label": "spam"}, member, "person")
    said.revise({"label": "ham"})
    said.withdraw()
    seen = page.get(f"{data(project)}examples/{example.pk}/").content.decode()
    for word in (
        "hello there",
        file.name,
        "member@example.org",
        "taken back",
        "imported",
        "Before:",
    ):
        assert word in seen, word


def test_feedback_shows_what_the_caller_said(page, project):
    upload(project, b"text\nhello there\n")
    project.examples.update(
        source="feedback",
        origin={"endpoint": "mail", "answer": {"label": "gone"}, "comment": "<i>no</i>"},
    )
    seen = page.get(f"{data(project)}examples/{project.examples.get().pk}/").content.decode()
    assert "mail" in seen and "gone" in seen and "&lt;i&gt;no&lt;/i&gt;" in seen


def test_setting_aside_can_be_undone(page, project):
    upload(project, b"text,label\nhello,spam\n")
    example = project.examples.get()
    at = f"{data(project)}examples/{example.pk}/"
    page.post(f"{at}set-aside/", {"aside": "yes"})
    example.refresh_from_db()
    assert (example.status, example.set_aside) == ("set_aside", True)
    assert "Bring it back" in page.get(at).content.decode()
    page.post(f"{at}set-aside/", {"aside": "no"})
    example.refresh_from_db()
    assert (example.status, example.gold) == ("labeled", {"label": "spam"})


@pytest.mark.parametrize("role", list(Role))
def test_who_may_set_aside(client, project, role):
    upload(project, b"text\nhello\n")
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client.force_login(user)
    at = f"{data(project)}examples/{project.examples.get().pk}/"
    assert client.get(at).status_code == 200
    answer = client.post(f"{at}set-aside/", {"aside": "yes"}).status_code
    assert answer == (302 if role >= Role.REVIEWER else 403)


def test_an_example_of_another_project_is_not_there(client, project, stranger):
    from projects import founding

    upload(project, b"text\nhello\n")
    mine = founding.found(stranger, name="Mine", task="text-classification")
    client.force_login(stranger)
    at = f"{data(mine)}examples/{project.examples.get().pk}/"
    assert client.get(at).status_code == 404
    assert client.post(f"{at}set-aside/", {"aside": "yes"}).status_code == 404
    assert client.get(data(project)).status_code == 404


def test_a_member_takes_the_data_out(page, project):
    upload(project, rows(4))
    sheet = page.get(f"{data(project)}export/?format=csv")
    assert sheet["Content-Disposition"] == 'attachment; filename="examples.csv"'
    assert len(b"".join(sheet.streaming_content).splitlines()) == 5
    lines = b"".join(page.get(f"{data(project)}export/?format=jsonl").streaming_content)
    assert json.loads(lines.splitlines()[0])["answer"] == {"label": "spam"}
    assert page.get(f"{data(project)}export/?format=exe").status_code == 404
