"""Rules without code: tried, added, counted, suggested at a lease; by whom they may be changed."""

import pytest
from django.urls import reverse

from accounts.problems import Conflict
from labeling import holding, jobs, queue, rules
from labeling.models import Rule
from ml.rules import Rule as Plain
from projects import gold
from projects.models import Annotation, AnnotationSource, Example, Role
from tests.cast import join, person, upload


@pytest.fixture
def mail(project):
    """Ninety texts: a third speak of prizes, a third of dinner; some are labelled."""
    lines = [f"{('win a prize', 'see you at dinner', 'hello')[n % 3]} {n}" for n in range(90)]
    upload(project, "\n".join(["text", *lines]).encode())
    Example.objects.update(is_test=False)
    for one in project.examples.order_by("id")[:30]:
        said = {"label": "spam" if "prize" in one.data["text"] else "ham"}
        Annotation.record(one, said, None, AnnotationSource.REVIEW)
    gold.settle(project.examples.order_by("id").values_list("pk", flat=True)[:30])
    return project


def counted(project):
    rules.begin(project)
    while rules.count(project, 5):
        pass


def test_a_rule_is_tried_before_it_is_kept(mail):
    trial = rules.tried(mail, Plain("words", "prize, hello", "spam"))
    assert (trial.looked_at, trial.covered) == (60, 40)
    assert (trial.right, trial.wrong) == (10, 10)
    assert len(trial.examples) == rules.SHOWN
    assert not Rule.objects.exists()


def test_its_coverage_and_how_often_it_is_right_are_counted_over_the_whole(mail, owner):
    good = rules.add(mail, owner, "words", "prize", "spam")
    bad = rules.add(mail, owner, "pattern", r"\d$", "ham")
    assert [one.covered for one in rules.of(mail)] == [None, None]
    counted(mail)
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.covered, good.right, good.wrong) == (30, 10, 0)
    assert (bad.covered, bad.right, bad.wrong) == (90, 20, 10)
    assert rules.of(mail) == [good, bad], "the surer one first"
    assert rules.counting(mail) is None


def test_of_the_protected_test_set_only_coverage_is_counted(mail, owner):
    rule = rules.add(mail, owner, "words", "prize", "spam")
    mail.examples.update(is_test=True)
    counted(mail)
    rule.refresh_from_db()
    assert (rule.covered, rule.right, rule.wrong) == (30, 0, 0)


def test_a_count_goes_on_where_it_was_and_can_be_cancelled(mail, owner, monkeypatch):
    rule = rules.add(mail, owner, "words", "prize", "spam")
    monkeypatch.setattr(rules, "PIECE", 20)
    rules.begin(mail)
    assert rules.count(mail, 0)
    assert 0 < rules.counting(mail) < 1
    rules.cancel(mail)
    assert not rules.count(mail, 5)
    rule.refresh_from_db()
    assert rule.covered is None
    jobs.ring_rules(mail)
    jobs.count_rules(str(mail.pk))
    rule.refresh_from_db()
    assert rule.covered == 30


def test_a_rule_suggests_until_a_model_does(mail, owner, member, always):
    always(0.99)
    rule = rules.add(mail, owner, "words", "prize", "spam")
    seen = {}
    for _ in range(12):
        lease = queue.next_for(member, mail)
        seen["prize" in lease.example.data["text"]] = lease.suggested_by
        holding.expire_among(type(lease).objects.filter(pk=lease.pk), wait=True)
        mail.examples.filter(pk=lease.example_id).update(set_aside=True, status="set_aside")
    assert seen == {True: f"rule:{rule.pk}", False: ""}
    rules.enable(rule, owner, on=False)
    example = mail.examples.filter(status="unlabeled", data__text__startswith="win").first()
    example.project = mail
    assert rules.suggest(example, mail) is None


def test_what_is_no_rule_is_refused_with_a_sentence(mail, owner):
    for kind, written, label in (
        ("pattern", "(", "spam"),
        ("pattern", "", "spam"),
        ("words", "prize", "gone"),
    ):
        with pytest.raises(Conflict):
            rules.add(mail, owner, kind, written, label)


def test_the_page_tries_adds_rests_and_deletes(client, mail, owner):
    client.force_login(owner)
    here = reverse("rules", args=[mail.pk])
    assert "No rules yet" in client.get(here).content.decode()
    asked = {"kind": "words", "pattern": "prize", "label": "spam"}
    page = client.post(here, asked | {"deed": "try"}).content.decode()
    assert "it speaks of 20" in page and "right 10 times of 10" in page and "win a prize" in page
    assert not Rule.objects.exists()
    page = client.post(here, asked | {"deed": "add"}, follow=True).content.decode()
    assert "It is being counted" in page and "not counted yet" in page
    jobs.count_rules(str(mail.pk))
    assert "100 %" in client.get(here, {"part": "table"}).content.decode()
    rule = Rule.objects.get()
    change = reverse("rule-change", args=[mail.pk, rule.pk])
    assert "rests" in client.post(change, {"deed": "rest"}, follow=True).content.decode()
    client.post(change, {"deed": "delete"})
    assert not Rule.objects.exists()
    refused = client.post(here, asked | {"pattern": "(", "kind": "pattern", "deed": "add"})
    assert refused.status_code == 422 and "cannot be read" in refused.content.decode()
    assert client.post(here, {"pattern": "\0", "label": "x", "deed": "add"}).status_code == 422


def test_managers_change_rules_and_reviewers_see_them(client, mail, owner, member):
    here = reverse("rules", args=[mail.pk])
    reviewer = person("reviewer@example.org")
    join(mail, reviewer, Role.REVIEWER)
    client.force_login(reviewer)
    assert client.get(here).status_code == 200
    assert client.post(here, {"deed": "add"}).status_code == 403
    client.force_login(member)
    assert client.get(here).status_code == 403
