"""A newcomer makes a project, changes it, and deletes it, by forms alone."""

from uuid import uuid4

import pytest

from projects import founding, palette
from projects.models import Member, Project, Role
from tests.cast import join, person, upload


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def asked(**more):
    return {
        "name": "Mail",
        "task": "text-classification",
        "label_name": ["refund", "delivery", ""],
        "label_description": ["money back", "", ""],
        "label_hotkey": ["", "d", ""],
        "label_color": ["#0072B2", "#E69F00", "#009E73"],
        "label_lines": "thanks\n\n other \n",
        "guidelines": "If in doubt: other.",
        "overlap": "1",
        "once": str(uuid4()),
    } | more


def settings_of(project):
    return f"/projects/{project.pk}/settings/"


def test_there_are_two_ways_to_start(page):
    found = page.get("/start/").content.decode()
    assert 'href="/samples/"' in found and 'href="/projects/new/"' in found


def test_the_only_task_is_chosen_already(page):
    assert 'value="text-classification"' in page.get("/projects/new/").content.decode()
    assert "checked" in page.get("/projects/new/").content.decode()


def test_a_project_is_made_and_its_data_comes_next(page, owner):
    made = page.post("/projects/new/", asked())
    project = Project.objects.get()
    assert made.url == f"/projects/{project.pk}/data/upload/"
    assert project.label_names == ["refund", "delivery", "thanks", "other"]
    assert [label["hotkey"] for label in project.labels] == ["r", "d", "t", "o"]
    assert {label["color"] for label in project.labels} <= set(palette.PALETTE)
    assert Member.objects.get(project=project, user=owner).role == Role.OWNER


def test_a_double_click_makes_one_project(page):
    sent = asked()
    assert page.post("/projects/new/", sent).url == page.post("/projects/new/", sent).url
    page.post("/projects/new/", sent | {"name": "Another, after going back"})
    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"task": "juggling"}, "juggling"),
        ({"label_name": ["a", "a", ""]}, "The label “a” is there twice."),
        ({"label_name": ["x" * 101, "", ""]}, "at most 100 characters"),
        ({"label_name": ["nul\0", "", ""]}, "Null characters"),
        ({"label_hotkey": ["d", "d", ""]}, "Two labels have the key “d”."),
        ({"label_color": ["red", "#E69F00", ""]}, "“refund”"),
        ({"label_lines": "\n".join(map(str, range(501)))}, "500 labels at most"),
        ({"overlap": "0"}, "greater than or equal to 1"),
        ({"overlap": "many"}, "whole number"),
        ({"once": "nothing"}, "New project"),
    ],
)
def test_a_clumsy_answer_is_asked_again_with_what_is_wrong(page, change, said):
    again = page.post("/projects/new/", asked(**change))
    assert again.status_code == 200
    assert said in again.content.decode()
    assert not Project.objects.exists()


def test_what_was_typed_is_still_there_after_a_mistake(page):
    again = page.post("/projects/new/", asked(name="")).content.decode()
    assert 'value="refund"' in again and 'value="thanks"' in again and "money back" in again


def test_settings_change_names_rules_and_labels(page, project):
    change = asked(name="Post", label_name=["spam", "ham", "eggs"], label_lines="", overlap="2")
    assert page.post(settings_of(project), change).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.overlap, project.guidelines_version) == ("Post", 2, 2)
    assert project.label_names == ["spam", "ham", "eggs"]


def test_a_label_in_use_stays(page, project):
    upload(project, b"text,label\nhello,spam\n")
    change = asked(label_name=["ham", "", ""], label_lines="")
    refused = page.post(settings_of(project), change)
    assert "“spam” is in use" in refused.content.decode()
    project.refresh_from_db()
    assert project.label_names == ["spam", "ham"]


def test_deleting_asks_for_the_name(page, project):
    address = f"{settings_of(project)}delete/"
    wrong = page.post(address, {"farewell-name": "Mali"})
    assert "not the name" in wrong.content.decode()
    assert page.get(settings_of(project)).status_code == 200
    assert page.post(address, {"farewell-name": "Mail"}).url == "/"
    assert page.get(settings_of(project)).status_code == 404


def test_an_administrator_brings_a_deleted_project_back(page, project, owner):
    page.post(f"{settings_of(project)}delete/", {"farewell-name": "Mail"})
    owner.is_superuser = owner.is_staff = True
    owner.save()
    chosen = {"action": "bring_back", "_selected_action": [str(project.pk)]}
    assert page.post("/admin/projects/project/", chosen).status_code == 302
    assert page.get(settings_of(project)).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_of_the_settings_what_it_may_change(client, project, role):
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client.force_login(user)
    seen = client.get(settings_of(project)).status_code
    assert seen == (200 if role >= Role.MANAGER else 403)
    gone = client.post(f"{settings_of(project)}delete/", {"farewell-name": "no"}).status_code
    assert gone == (200 if role == Role.OWNER else 403)


def shown_in(page, project):
    """What a browser would send back of the settings page, with nothing changed."""
    form = page.get(settings_of(project)).context["form"]
    project.refresh_from_db()
    return {
        "shown": form["shown"].value(),
        "name": project.name,
        "guidelines": project.guidelines.replace("\n", "\r\n"),
        "overlap": str(project.overlap),
        "label_name": [label["name"] for label in project.labels],
        "label_description": [label["description"] for label in project.labels],
        "label_hotkey": [label["hotkey"] for label in project.labels],
        "label_color": [label["color"].lower() for label in project.labels],
        "label_lines": "",
    }


def test_two_people_change_different_settings_and_both_are_kept(page, project):
    founding.change(project, guidelines="One\nTwo")
    mine, theirs = shown_in(page, project), shown_in(page, project)
    page.post(settings_of(project), theirs | {"name": "Post"})
    page.post(settings_of(project), mine | {"overlap": "3"})
    project.refresh_from_db()
    assert (project.name, project.overlap, project.guidelines) == ("Post", 3, "One\nTwo")
    assert project.guidelines_version == 2, "line ends of a browser are no new guidelines"
    assert [label["color"] for label in project.labels] == ["#0072B2", "#0072B2"]


def test_what_both_changed_is_shown_again_with_what_the_other_saved(page, project):
    mine = shown_in(page, project) | {"guidelines": "Mine."}
    founding.change(project, guidelines="Theirs, <b>bold</b>.")
    again = page.post(settings_of(project), mine)
    seen = again.content.decode()
    assert again.status_code == 200 and "Changed by someone else meanwhile" in seen
    assert "Theirs, &lt;b&gt;bold&lt;/b&gt;." in seen and "Mine." in seen
    project.refresh_from_db()
    assert project.guidelines == "Theirs, <b>bold</b>."
    mine["shown"] = again.context["form"]["shown"].value()
    assert page.post(settings_of(project), mine).status_code == 302
    project.refresh_from_db()
    assert project.guidelines == "Mine.", "who has seen it may overwrite it"


def test_both_the_same_is_no_conflict(page, project):
    mine = shown_in(page, project) | {"name": "Post"}
    founding.change(project, name="Post")
    assert page.post(settings_of(project), mine).status_code == 302


def test_a_page_from_before_drops_no_label_that_came_meanwhile(page, project):
    mine = shown_in(page, project)
    upload(project, b"text,label\nhello,spam\n")
    founding.add_labels(project, ["eggs"])
    assert page.post(settings_of(project), mine | {"name": "Post"}).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.label_names) == ("Post", ["spam", "ham", "eggs"])


def test_labels_changed_by_both_come_back_with_those_of_the_other(page, project):
    mine = shown_in(page, project)
    founding.add_labels(project, ["eggs"])
    worn = project.labels[-1]["color"]
    for part, value in (("name", "bacon"), ("description", ""), ("hotkey", ""), ("color", worn)):
        mine[f"label_{part}"].append(value)
    again = page.post(settings_of(project), mine)
    form = again.context["form"]
    assert [row["name"] for row in form["labels"].value()] == ["spam", "ham", "bacon", "eggs"]
    project.refresh_from_db()
    assert project.label_names == ["spam", "ham", "eggs"]
    for part in ("name", "description", "hotkey", "color"):
        mine[f"label_{part}"] = [row.get(part, "") for row in form["labels"].value()]
    assert mine["label_color"][2:] == ["", worn], "two labels never get the same colour"
    mine |= {"shown": form["shown"].value(), "label_lines": ""}
    assert page.post(settings_of(project), mine).status_code == 302
    project.refresh_from_db()
    assert project.label_names == ["spam", "ham", "bacon", "eggs"]


@pytest.mark.parametrize("shown", ["", "no", "[]", '{"name": 5}', "null"])
def test_a_clumsy_mark_breaks_nothing(page, project, shown):
    sent = shown_in(page, project) | {"shown": shown, "overlap": "2"}
    assert page.post(settings_of(project), sent).status_code in (200, 302)


def test_automatic_keys_leave_the_desk_its_own(page):
    page.post("/projects/new/", asked(label_lines="\n".join(f"label {n}" for n in range(40))))
    keys = [label["hotkey"] for label in Project.objects.get().labels]
    assert keys[0] == "r"
    assert not set(palette.DESK) & set(keys[: len(palette.FREE)])
    assert len(set(keys) - {""}) == len(palette.KEYS) == 36
