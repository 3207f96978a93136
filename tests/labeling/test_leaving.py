"""Leases follow the page: in full where one shows the example, for less where none says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling import pace
from labeling.models import Assignment, Held
from projects.models import Example

A_WHILE = pace.SHORTEST + timedelta(seconds=10)


def left():
    """How long what is leased is still leased: on the desk, and ahead."""
    leased = Assignment.objects.filter(state=Held.LEASED).order_by("ahead")
    return [one.expires_at - timezone.now() for one in leased]


def brief():
    """Whether that is no more than a page needs to say that it has it."""
    return [time < A_WHILE for time in left()]


def test_whoever_leaves_frees_it_soon_and_whoever_comes_back_has_it(desk):
    desk.post("desk-next")
    assert desk.post("desk-leave", desk.held().pk).status_code == 204
    assert len(left()) == 1, "what was fetched ahead nobody has seen"
    assert left()[0] < timedelta(seconds=70)
    desk.post("desk-renew", desk.held().pk)
    assert brief() == [False]


@pytest.mark.django_db(transaction=True)
def test_whoever_leaves_after_their_time_frees_what_was_fetched_ahead(desk):
    desk.post("desk-next")
    lease = desk.held()
    Assignment.objects.update(expires_at=timezone.now())
    assert desk.post("desk-leave", lease.pk).status_code == 204
    assert not Assignment.objects.filter(state=Held.LEASED, ahead=True)
    assert Example.objects.filter(claims=0).count() == 2


def test_what_is_handed_out_is_theirs_in_full_once_the_page_says_that_it_has_it(desk):
    desk.post("desk-next")
    first, second = desk.held(), desk.ahead()
    assert brief() == [True, True]
    assert min(left()) > timedelta(minutes=4), "it says so after a minute, and tries again"
    desk.post("desk-renew", first.pk)
    assert brief() == [False, False]
    desk.post("desk-answer", first.pk, has=f"{first.pk} {second.pk}", label="spam")
    assert desk.held() == second
    assert brief() == [False, True], "with the answer it said what is on the screen now"


def test_an_answer_that_arrives_after_its_page_was_left_keeps_nothing_for_long(desk):
    desk.post("desk-next")
    first, second = desk.held(), desk.ahead()
    desk.post("desk-renew", first.pk)
    desk.post("desk-leave", second.pk)
    desk.post("desk-answer", first.pk, has=f"{first.pk} {second.pk}", label="spam")
    assert brief() == [True, True]


@pytest.mark.parametrize("has", ["all of it", "nothing"])
def test_whoever_comes_back_at_the_last_moment_has_time_to_say_so(desk, has):
    desk.post("desk-next")
    desk.post("desk-leave", desk.held().pk)
    Assignment.objects.update(expires_at=timezone.now() + timedelta(seconds=5))
    on = str(desk.held().pk) if has == "all of it" else "-"
    page = desk.post("desk-ahead", has=on).content.decode()
    assert desk.ahead().example.data["text"] in page
    assert brief() == [True, True]
    assert min(left()) > timedelta(minutes=4)


@pytest.mark.parametrize("by", ["plain form", "program"])
def test_who_cannot_say_it_has_the_lease_in_full(desk, project, member, speak, by):
    if by == "program":
        speak(member).post(f"/api/v1/projects/{project.pk}/queue/next/")
    else:
        desk.post("desk-next", has=None)
    assert brief() == [False]
