"""The team's page and its file: how much, how quickly, how well; and when it is done."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from labeling import answering, forecast, queue, review, team
from labeling.models import Assignment, Suggestion
from labeling.team import Result
from projects.models import Annotation, Member, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled, settings


def of(project, someone):
    return next(one for one in team.work(project) if one.email == someone.email)


def test_each_person_is_counted(project, owner, member):
    filled(project, 6)
    for seconds in (2, 4, 9):
        answer(project, member, SPAM, seconds * 1000)
    answering.skip(queue.next_for(member, project), "torn")
    gone = answer(project, member, SPAM, 99_000)
    answering.forget(gone)
    mine = of(project, member)
    assert (mine.answers, mine.today, mine.week, mine.skipped) == (3, 3, 3, 1)
    assert mine.seconds == 4.0
    assert of(project, owner).answers == 0 and of(project, owner).last is None


def test_what_was_before_today_counts_in_all_alone(project, member):
    filled(project, 2)
    answer(project, member, SPAM)
    answer(project, member, SPAM)
    Assignment.objects.filter(pk=Assignment.objects.order_by("id")[0].pk).update(
        created_at=(before := timezone.now() - timedelta(days=9)), ended_at=before
    )
    mine = of(project, member)
    assert (mine.answers, mine.today, mine.week) == (2, 1, 1)


def test_nobody_was_there_when_what_they_left_ran_out(project, member):
    filled(project, 1)
    left = queue.next_for(member, project)
    days_ago = timezone.now() - timedelta(days=3)
    Assignment.objects.filter(pk=left.pk).update(
        state="expired", created_at=days_ago, ended_at=timezone.now()
    )
    assert of(project, member).last == days_ago


def test_an_answer_counts_for_the_day_on_which_it_was_given(project, owner, member):
    """Not for that on which its example was fetched; leases of earlier releases know no other."""
    filled(project, 3)
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    answers = [answer(project, someone, SPAM) for someone in (member, member, owner)]
    before_midnight, right_after = today - timedelta(minutes=1), today
    yesterday = {"created_at": before_midnight, "ended_at": before_midnight}
    fetched = {"created_at": before_midnight, "ended_at": right_after}
    of_old = {"created_at": before_midnight, "ended_at": None}
    for kept, times in zip(answers, (yesterday, fetched, of_old), strict=True):
        born = team.born(times["created_at"]).int + kept.assignment.pk.int % 2**80
        Assignment.objects.filter(pk=kept.assignment.pk).update(id=UUID(int=born), **times)
    assert (of(project, member).today, of(project, owner).today) == (1, 0)
    assert of(project, member).last == right_after
    assert [count for _day, count in team.by_day(project)[-2:]] == [2, 1]
    assert team.by_day(project, days=1) == [(timezone.localdate(), 1)]
    assert forecast.of(project).a_day == pytest.approx(3 / 7)


def test_agreement_is_with_each_other_answer_to_the_same(project, owner, member):
    settings(project, overlap=2)
    first, *_rest = filled(project, 4)
    for _ in range(4):
        answer(project, owner, SPAM)
        answer(project, member, lambda one: HAM if one == first else SPAM)
    assert of(project, member).same == of(project, owner).same == Result(4, 3)


def test_what_was_seen_and_what_was_hidden_are_told_apart(project, member):
    settings(project, hidden_share=50)
    for example in filled(project, 40):
        Suggestion.objects.create(
            example=example, answer=SPAM, confidence=0.8, model_version=project.pk
        )
    while (lease := queue.next_for(member, project)) is not None:
        answering.submit(lease, HAM if lease.hidden else SPAM, 5)
    mine, (maker,) = of(project, member), team.makers(project)
    assert mine.shown.right == mine.shown.met > 5
    assert mine.hidden.right == 0 and mine.hidden.met > 5
    assert mine.shown.met + mine.hidden.met == 40
    assert (maker.kind, maker.shown, maker.hidden) == ("version", mine.shown, mine.hidden)


def test_the_page_says_it_all_in_as_many_queries_however_many_people(
    client, project, owner, member, django_assert_max_num_queries
):
    filled(project, 12)
    for number in range(5):
        someone = person(f"annotator{number}@example.org")
        join(project, someone, Role.ANNOTATOR)
        answer(project, someone, SPAM)
    Member.objects.filter(user=someone).delete()
    client.force_login(owner)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("team", args=[project.pk])).content.decode()
    assert "annotator3@example.org" in page and ">left<" in page
    assert "5 of 12 examples have an answer that counts." in page


def test_the_file_is_safe_to_open(client, project, owner):
    odd = person("=cmd|x@example.org")
    join(project, odd, Role.ANNOTATOR)
    filled(project, 1)
    answer(project, odd, SPAM)
    client.force_login(owner)
    told = client.get(reverse("team-file", args=[project.pk]))
    text = b"".join(told).decode().removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["email"] for line in lines] == ["'=cmd|x@example.org", "owner@example.org"]
    assert (lines[0]["answers"], lines[0]["median_seconds"]) == ("1", "4.0")


def test_an_annotator_does_not_see_the_others(client, project, member):
    client.force_login(member)
    for name in ("team", "team-file", "checks"):
        assert client.get(reverse(name, args=[project.pk])).status_code == 403


def test_each_day_has_its_answers_and_today_is_last(project, member):
    filled(project, 3)
    for _ in range(3):
        answer(project, member, SPAM)
    days = team.by_day(project)
    assert len(days) == team.DAYS and days[-1] == (timezone.localdate(), 3)
    assert not any(count for _day, count in days[:-1])


def spread(project, counts):
    """Answers of so many on each of the last seven days, the newest first."""
    leases = iter(Assignment.objects.filter(project=project).order_by("id"))
    for back, count in enumerate(counts):
        for _ in range(count):
            lease = next(leases)
            moment = timezone.now() - timedelta(days=back, hours=1)
            Assignment.objects.filter(pk=lease.pk).update(created_at=moment, ended_at=moment)


def test_an_even_pace_ends_on_one_day(project, member):
    filled(project, 34)
    for _ in range(14):
        answer(project, member, SPAM)
    spread(project, [2] * 7)
    said = forecast.of(project)
    assert (said.left, said.a_day) == (20, 2.0)
    assert said.soonest == said.latest == timezone.localdate() + timedelta(days=10)


def test_an_uneven_pace_ends_between_two_days(project, member):
    filled(project, 44)
    for _ in range(14):
        answer(project, member, SPAM)
    spread(project, [4, 1, 2, 3, 1, 2, 1])
    said = forecast.of(project)
    assert said.left == 30 and said.soonest < said.latest
    assert said.soonest < timezone.localdate() + timedelta(days=15) < said.latest


def test_no_pace_is_no_forecast(project, member):
    filled(project, 4)
    said = forecast.of(project)
    assert (said.left, said.a_day, said.soonest, said.latest) == (4, 0, None, None)


def test_nothing_left_is_done(client, project, owner):
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    client.force_login(owner)
    page = client.get(reverse("team", args=[project.pk])).content.decode()
    assert "Nothing waits for people." in page
    assert Annotation.objects.get().source == "review"
