"""The page of the labels: what a change touches is said before, then done, then undone."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from labeling.models import Check
from projects import acting, jobs
from projects.models import Act, Role
from serving.models import Endpoint, Release
from tests.cast import join, person, rows, upload
from tests.projects.relabelled import (
    CHOICES,
    SPANS,
    answered,
    changed,
    going,
    gold,
    of_kind,
    says,
)
from training.models import ModelVersion, Run


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def labelled(project):
    upload(project, rows(20))
    return project


def at(project, name="labels", **asked):
    return reverse(name, args=[project.pk]) + ("?" + "&".join(f"{k}={v}" for k, v in asked.items()))


def looked(page, project, how, label="spam"):
    """What the page says before it is confirmed, and what its form sends along."""
    seen = page.get(at(project, "labels-change", how=how, label=label)).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(once|seen|how|label)" value="([^"]*)"', seen))
    return seen, hidden


def confirmed(page, project, how, label="spam", **said):
    _seen, hidden = looked(page, project, how, label)
    return page.post(at(project, "labels-change"), hidden | said, follow=True).content.decode()


def version(project, number, *labels):
    run = Run.objects.create(project=project, state="succeeded")
    return ModelVersion.objects.create(
        project=project, run=run, number=number, method="classical", labels=list(labels)
    )


def endpoint(project, model_version):
    made = Endpoint.objects.create(project=project, slug=f"e-{uuid4()}", name="Sorter")
    Release.objects.create(endpoint=made, model_version=model_version)
    return made


def figures(seen):
    return re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", seen)


def test_the_labels_are_there_with_their_examples(page, labelled):
    seen = page.get(at(labelled)).content.decode()
    for label in ("spam", "ham"):
        assert f"?label={label}" in seen and f"how=rename&amp;label={label}" in seen
    assert seen.count(">10</a>") == 2
    assert "What was changed lately" not in seen


def test_a_look_says_what_it_touches_in_every_room(page, labelled, owner):
    version(labelled, 1, "spam", "ham")
    endpoint(labelled, version(labelled, 2, "ham", "spam"))
    endpoint(labelled, version(labelled, 3, "ham", "eggs"))
    Run.objects.create(project=labelled, state="running")
    example = labelled.examples.filter(gold__label="spam").first()
    Check.objects.create(example=example, project=labelled, answer=example.gold)
    test = labelled.examples.filter(gold__label="spam", is_test=True).count()
    seen, _hidden = looked(page, labelled, "rename")
    said = dict(figures(seen))
    assert (said["Answers"], said["Examples"], said["Back to the queue"]) == ("10", "10", "0")
    assert said.get("of the test set", "0") == str(test)
    assert "Known-answer checks that follow: 1." in seen
    assert "Model versions that learned it: 1, 2." in seen
    assert seen.count("goes on answering with the label") == 1
    assert "A model is training right now" in seen
    for how in ("split", "delete"):
        seen, _hidden = looked(page, labelled, how)
        assert dict(figures(seen))["Back to the queue"] == "10"
        assert "Known-answer checks that rest: 1." in seen
    assert not Act.objects.exists()


def test_a_version_that_learned_an_earlier_name_is_named_too(page, labelled, owner):
    version(labelled, 1, "spam", "ham")
    changed(labelled, owner, "rename", "spam", "junk")
    seen, _hidden = looked(page, labelled, "rename", "junk")
    assert "Model versions that learned it: 1." in seen
    assert ModelVersion.objects.get().labels == ["spam", "ham"]


def test_renamed_confirmed_and_undone(page, labelled):
    seen = confirmed(page, labelled, "rename", name="junk")
    assert "“spam” is called “junk” now." in seen and "Examples changed: 10" in seen
    assert labelled.examples.filter(gold={"label": "junk"}).count() == 10
    undo = re.search(r'action="([^"]+/undo/)"', seen)[1]
    seen = page.post(undo, follow=True).content.decode()
    assert labelled.examples.filter(gold={"label": "spam"}).count() == 10
    labelled.refresh_from_db()
    assert labelled.label_names == ["spam", "ham"]
    assert "undone" in seen and "/undo/" not in seen


@pytest.mark.parametrize(
    ("how", "said", "names"),
    [
        ("merge", {"name": "ham"}, ["ham"]),
        ("split", {"names": "bad\n\n odd \nbad"}, ["bad", "odd", "ham"]),
        ("delete", {}, ["ham"]),
    ],
)
def test_each_change_can_be_made_and_undone(page, labelled, how, said, names):
    seen = confirmed(page, labelled, how, **said)
    labelled.refresh_from_db()
    assert labelled.label_names == names
    waiting = 0 if how == "merge" else 10
    assert labelled.examples.filter(status="unlabeled").count() == waiting
    page.post(re.search(r'action="([^"]+/undo/)"', seen)[1])
    assert labelled.examples.filter(gold={"label": "spam"}).count() == 10


@pytest.mark.parametrize("task", [CHOICES, SPANS])
def test_of_several_labels_the_rest_of_an_answer_stays_or_not(page, owner, task):
    for rest, status in (("rest", "labeled"), ("anew", "unlabeled")):
        project = of_kind(task, owner)
        answered(project, 1, says(task, "spam", "ham"), owner)
        seen, _hidden = looked(page, project, "delete")
        assert "whatever else an answer says stays" in seen
        assert "examples that go back to the queue: 1" in seen
        confirmed(page, project, "delete", rest=rest)
        assert project.examples.get().status == status
        assert gold(project) == [says(task, "ham") if rest == "rest" else None]


def test_what_cannot_be_is_said_at_the_form_and_nothing_changes(page, labelled):
    for how, said, words in (
        ("rename", {"name": "ham"}, "Merge the two instead"),
        ("rename", {"name": " "}, "This field is required"),
        ("rename", {"name": "x" * 101}, "at most 100 characters"),
        ("merge", {"name": ""}, "This field is required"),
        ("merge", {"name": "bacon"}, "bacon is not one of the available choices"),
        ("split", {"names": "one"}, "at least two"),
        ("split", {"names": "a\nham"}, "is there twice"),
    ):
        seen = confirmed(page, labelled, how, **said)
        assert words in seen and "What it touches" in seen, (how, said)
    assert not Act.objects.exists()
    assert page.get(at(labelled, "labels-change", how="eat", label="spam")).status_code == 404
    gone = page.get(at(labelled, "labels-change", how="rename", label="bacon"), follow=True)
    assert "no label of this name any more" in gone.content.decode()
    for junk in ({}, {"how": "rename"}, {"how": "rename", "label": "spam", "once": "x"}):
        assert page.post(at(labelled, "labels-change"), junk).status_code in (200, 302, 404)


def test_a_second_press_finds_what_the_first_began(page, labelled):
    _seen, hidden = looked(page, labelled, "rename")
    for _press in range(2):
        seen = page.post(at(labelled, "labels-change"), hidden | {"name": "junk"}, follow=True)
        assert "“spam” is called “junk” now." in seen.content.decode()
    assert Act.objects.count() == 1


def test_figures_that_others_made_stale_are_shown_anew_before_anything_changes(
    page, labelled, owner
):
    _seen, hidden = looked(page, labelled, "delete")
    labelled.labels = [*labelled.labels, {"name": "eggs"}]
    labelled.save()
    changed(labelled, owner, "merge", "ham", "spam")
    seen = page.post(at(labelled, "labels-change"), hidden).content.decode()
    assert "changed by someone else meanwhile" in seen
    assert dict(figures(seen))["Back to the queue"] == "20"
    again = dict(re.findall(r'type="hidden" name="(once|seen|how|label)" value="([^"]*)"', seen))
    assert (
        "“spam” is deleted."
        in page.post(at(labelled, "labels-change"), again, follow=True).content.decode()
    )


def test_a_large_change_shows_its_progress_and_goes_on_after_an_interruption(
    page, labelled, monkeypatch
):
    monkeypatch.setattr(acting, "AT_ONCE", 5)
    monkeypatch.setattr(jobs.carry_out, "delay_on_commit", lambda pk: None)
    seen = confirmed(page, labelled, "rename", name="junk")
    assert 'hx-trigger="every 1s"' in seen and "<progress" in seen and "/undo/" not in seen
    part = page.get(at(labelled, part="recent")).content.decode()
    assert "<progress" in part and "<html" not in part
    refused = confirmed(page, labelled, "rename", "ham", name="good")
    assert "being changed right now" in refused
    Act.objects.update(state="failed")
    seen = page.get(at(labelled)).content.decode()
    go_on = re.search(r'action="([^"]+/go-on/)"', seen)[1]
    page.post(go_on)
    assert going(Act.objects.get()).changed == 10
    monkeypatch.setattr(acting, "AT_ONCE", 500)
    assert "/undo/" in page.get(at(labelled)).content.decode()


def test_the_acts_own_page_leads_here_and_undoes_nothing_by_itself(page, labelled):
    confirmed(page, labelled, "rename", name="junk")
    act = Act.objects.get()
    seen = page.get(reverse("act", args=[labelled.pk, act.pk])).content.decode()
    assert "“spam” → “junk”" in seen and "All answers that name the label." in seen
    assert "/undo/" not in seen and at(labelled).rstrip("?") in seen
    back = page.post(reverse("act-undo", args=[labelled.pk, act.pk]), follow=True)
    assert "undone on the page of the labels" in back.content.decode()
    stop = page.post(reverse("act-cancel", args=[labelled.pk, act.pk]), follow=True)
    assert "cannot stop half-way" in stop.content.decode()
    assert labelled.examples.filter(gold={"label": "junk"}).count() == 10


def test_a_label_is_added(page, labelled):
    for name, said in (
        ("eggs", "“eggs” is a label now."),
        ("eggs", "is there already"),
        (" ", "at least one character"),
        ("x" * 101, "at most 100"),
    ):
        answer = page.post(at(labelled, "labels-add"), {"name": name}, follow=True)
        assert said in answer.content.decode()
    labelled.refresh_from_db()
    assert labelled.label_names == ["spam", "ham", "eggs"]


@pytest.mark.parametrize("role", list(Role))
def test_managers_and_owners_change_labels(client, labelled, owner, role):
    helper = person("helper@example.org")
    join(labelled, helper, role)
    act = changed(labelled, owner, "rename", "spam", "junk")
    client.force_login(helper)
    may = role >= Role.MANAGER
    assert client.get(at(labelled)).status_code == (200 if may else 403)
    asked = at(labelled, "labels-change", how="rename", label="ham")
    assert client.get(asked).status_code == (200 if may else 403)
    undo = reverse("labels-undo", args=[labelled.pk, act.pk])
    assert client.post(undo).status_code == (302 if may else 403)
    act.refresh_from_db()
    assert bool(act.undone_at) == may


def test_a_change_of_another_project_is_not_there(page, labelled, owner):
    other = of_kind(CHOICES, owner)
    act = changed(other, owner, "rename", "spam", "junk")
    for name in ("labels-undo", "labels-go-on"):
        assert page.post(reverse(name, args=[labelled.pk, act.pk])).status_code == 404


def test_settings_and_commands_lead_here(page, labelled, owner):
    type(owner).objects.update(is_superuser=True)  # a studio has an administrator
    settings = page.get(reverse("project-settings", args=[labelled.pk])).content.decode()
    assert settings.count(reverse("labels", args=[labelled.pk])) == 2
    commands = page.get(f"/?part=commands&project={labelled.pk}").content.decode()
    assert reverse("labels", args=[labelled.pk]) in commands


def test_it_speaks_chinese(page, labelled):
    seen = page.get(at(labelled), HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "答案会跟随标签一起变" in seen and "重命名" in seen and "并入另一个" in seen
    asked = at(labelled, "labels-change", how="delete", label="spam")
    seen = page.get(asked, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "会影响什么" in seen and "回到队列" in seen and "删除标签" in seen


def test_a_task_without_labels_says_so(page, owner):
    project = of_kind("text-generation", owner, names=())
    assert "This task has no labels" in page.get(at(project)).content.decode()
    assert page.get(at(project, "labels-change", how="rename", label="x")).status_code == 404


def test_many_labels_and_changes_cost_the_same_number_of_queries(
    page, labelled, owner, django_assert_max_num_queries
):
    for number in range(8):
        changed(labelled, owner, "rename", labelled.label_names[0], f"name {number}")
    with django_assert_max_num_queries(10):
        page.get(at(labelled))
    with django_assert_max_num_queries(18):
        page.get(at(labelled, "labels-change", how="delete", label="ham"))
