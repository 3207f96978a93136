"""The bell: who is named hears of it, and follows it to the example."""

import pytest
from django.urls import reverse

from labeling import answering, history, notices, queue, review, talking
from labeling.models import Notice
from projects import acting, jobs
from projects.models import Deed, Member, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled


@pytest.fixture
def example(project):
    return filled(project, 3)[0]


def test_who_is_named_hears_of_it_and_the_bell_counts(client, project, owner, member, example):
    talking.comment(example, owner, "@member is this spam?")
    client.force_login(member)
    assert 'class="unread" aria-hidden="true">1<' in client.get("/now/").content.decode()
    page = client.get(reverse("notices")).content.decode()
    assert "is this spam?" in page and "owner@example.org" in page and "Mail" in page
    followed = client.post(reverse("notice", args=[Notice.objects.get().pk]))
    assert followed.url == f"{reverse('example-page', args=[project.pk, example.pk])}#talk"
    assert notices.unread(member) == 0
    assert 'class="unread"' not in client.get("/now/").content.decode()


def test_a_notice_is_its_readers_alone(client, project, owner, member, stranger, example):
    talking.comment(example, owner, "@member look")
    for other in (owner, stranger):
        client.force_login(other)
        assert client.post(reverse("notice", args=[Notice.objects.get().pk])).status_code == 404
    assert notices.unread(member) == 1


def test_who_left_the_project_hears_no_more_of_it(project, owner, member, example):
    talking.comment(example, owner, "@member look")
    Member.objects.filter(user=member).delete()
    assert notices.unread(member) == 0 and notices.leaf(member) == ([], None)


def test_all_are_marked_as_read_at_once(client, project, owner, member, example):
    for number in range(3):
        talking.comment(example, owner, f"@member {number}")
    client.force_login(member)
    client.post(reverse("notices-read"))
    assert notices.unread(member) == 0
    assert len(notices.leaf(member)[0]) == 3


def test_many_notices_come_page_by_page(
    client, project, owner, member, example, django_assert_num_queries
):
    for number in range(notices.SIZE + 5):
        talking.comment(example, owner, f"@member number {number}.")
    client.force_login(member)
    first = client.get(reverse("notices")).content.decode()
    assert f"number {notices.SIZE + 4}." in first and "number 3." not in first
    before = notices.leaf(member)[1]
    with django_assert_num_queries(4):  # session, reader, notices, unread
        second = client.get(reverse("notices"), {"before": str(before)}).content.decode()
    assert "number 3." in second and "number 20." not in second


def test_what_is_sent_back_is_told_and_leads_to_the_desk(client, project, owner, member, example):
    kept = answer(project, member, SPAM)
    review.send_back(kept, owner, "Read rule 3.")
    client.force_login(member)
    page = client.get(reverse("notices")).content.decode()
    assert "Read rule 3." in page and reverse("desk", args=[project.pk]) in page


def test_a_comment_on_the_page_tells_whom_it_names(client, project, owner, member, example):
    client.force_login(owner)
    address = reverse("example-comment", args=[project.pk, example.pk])
    assert client.post(address, {"text": "@member <b>look</b>"}).status_code == 302
    part = client.post(address, {"text": "again"}, headers={"HX-Request": "true"}).content.decode()
    assert "&lt;b&gt;look&lt;/b&gt;" in part and "<html" not in part
    assert notices.unread(member) == 1


def test_who_wrote_before_hears_of_an_answer_once(project, owner, member, example):
    talking.flag(example, member, "Not sure")
    talking.comment(example, owner, "It is spam.")
    talking.comment(example, owner, "@member see the last line.")
    told = list(Notice.objects.order_by("id").values_list("person__email", "kind"))
    assert told == [("member@example.org", "reply"), ("member@example.org", "mention")]


def test_a_viewer_reads_and_does_not_write(client, project, example):
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    client.force_login(viewer)
    page = client.get(reverse("example-history", args=[project.pk, example.pk])).content.decode()
    assert "<textarea" not in page
    address = reverse("example-comment", args=[project.pk, example.pk])
    assert client.post(address, {"text": "hello"}).status_code == 403


def test_the_history_tells_all_that_happened_in_its_order(client, project, owner, member, example):
    kept = answer(project, member, SPAM)
    example = kept.example
    kept.revise(HAM)
    talking.flag(example, member, "Not sure")
    act = acting.begin(project, owner, Deed.TAG, {"ids": [str(example.pk)]}, {"tag": "odd"})
    jobs.set_going(act)
    settled = review.settle(example, SPAM, owner)
    told = history.of(example, owner, Role.OWNER)
    assert [(one.what.value, one.answer) for one in told] == [
        ("person", "spam"),
        ("changed", "ham"),
        ("flag", ""),
        ("act", "tag"),
        ("review", "spam"),
        ("closed", ""),
    ]
    assert [one.own for one in told if one.own] == [settled]
    client.force_login(owner)
    client.post(reverse("review-take-back", args=[project.pk, settled.pk]))
    example.refresh_from_db()
    assert example.gold == HAM
    assert history.of(example, owner, Role.OWNER)[-1].what == history.What.WITHDRAWN


def test_a_flag_is_dealt_with_by_a_reviewer_alone(client, project, owner, member, example):
    flag = talking.flag(example, member, "Not sure")
    address = reverse("flag-dealt-with", args=[project.pk, flag.pk])
    client.force_login(member)
    assert client.post(address).status_code == 403 and talking.flagged(example)
    client.force_login(owner)
    client.post(address)
    assert not talking.flagged(example)
    flag.refresh_from_db()
    assert flag.closed_by == owner


def test_nobody_takes_back_what_another_settled(client, project, owner, member, example):
    settled = review.settle(example, SPAM, owner)
    other = person("reviewer@example.org")
    join(project, other, Role.REVIEWER)
    client.force_login(other)
    client.post(reverse("review-take-back", args=[project.pk, settled.pk]))
    example.refresh_from_db()
    assert example.gold == SPAM


def test_a_skip_stands_where_it_was_done_not_where_the_example_was_fetched(
    project, owner, member, example
):
    lease = queue.next_for(member, project)
    talking.flag(lease.example, owner, "Look at it")
    answering.skip(lease, "unclear")
    told = history.of(lease.example, owner, Role.OWNER)
    assert [one.what for one in told] == [history.What.FLAG, history.What.SKIPPED]


def test_who_sent_an_answer_back_is_who_took_it(project, owner, member, example):
    kept = answer(project, member, SPAM)
    review.send_back(kept, owner, "Look again")
    answering.forget(answer(project, member, HAM))
    taken = history.of(kept.example, owner, Role.OWNER)
    assert [one.who for one in taken if one.what == history.What.WITHDRAWN] == [
        owner.email,
        member.email,
    ]
