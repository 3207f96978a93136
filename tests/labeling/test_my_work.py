"""One's own page: how much, how often others agree, and what came back."""

from django.urls import reverse

from labeling import answering, checks, holding, mine, queue, review
from labeling.mine import Streak
from projects.models import Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled, settings


def page(client, project, someone):
    client.force_login(someone)
    return client.get(reverse("my-work", args=[project.pk]))


def test_a_streak_ends_where_one_was_overruled(project, owner, member):
    filled(project, 5)
    kept = [answer(project, member, SPAM) for _ in range(4)]
    assert mine.streak(project, member) == Streak(0, 0, 0), "nobody else has said anything"
    for annotation, settled in zip(kept, (SPAM, HAM, SPAM, SPAM), strict=True):
        review.settle(annotation.example, settled, owner)
    assert mine.streak(project, member) == Streak(4, 3, 2)
    assert mine.streak(project, member).share == 0.75


def test_what_others_said_too_counts_as_agreement(project, owner, member):
    settings(project, overlap=2)
    filled(project, 2)
    for someone in (owner, member):
        answer(project, someone, SPAM)
        answer(project, someone, SPAM)
    assert mine.streak(project, member) == Streak(2, 2, 2)


def test_what_came_back_stands_there_with_why(client, project, owner, member):
    filled(project, 2)
    kept = answer(project, member, SPAM)
    review.send_back(kept, owner, "Read rule 3.")
    text = page(client, project, member).content.decode()
    assert "Read rule 3." in text and kept.example.data["text"] in text
    assert mine.returned(project, owner) == []


def test_the_page_is_ones_own_and_costs_no_more_for_more_work(
    client, project, owner, member, django_assert_max_num_queries
):
    filled(project, 6)
    for _ in range(5):
        answer(project, member, SPAM)
    answer(project, owner, SPAM)
    client.force_login(member)
    with django_assert_max_num_queries(11):
        text = client.get(reverse("my-work", args=[project.pk])).content.decode()
    assert "owner@example.org" not in text
    assert "<dt>Today</dt><dd>5</dd>" in text


def test_who_did_nothing_yet_is_sent_to_the_desk(client, project, member):
    assert "Nothing answered yet" in page(client, project, member).content.decode()


def test_a_viewer_has_no_work(client, project):
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    assert page(client, project, viewer).status_code == 403


def test_an_older_answer_is_brought_back_to_the_desk_and_stays_in_the_history(
    client, project, owner, member
):
    filled(project, 6)
    kept = [answer(project, member, SPAM) for _ in range(4)]
    text = page(client, project, member).content.decode()
    assert "Answer again" in text
    lease = kept[0].assignment
    back = reverse("my-work-bring-back", args=[project.pk, lease.pk])
    assert client.post(back).url == reverse("desk", args=[project.pk])
    assert holding.held(member, project).example == kept[0].example
    assert answer(project, member, HAM).example == kept[0].example
    assert list(kept[0].example.annotations.order_by("id").values_list("answer", flat=True)) == [
        SPAM, HAM,
    ]  # fmt: skip
    client.force_login(owner)
    assert client.post(back).status_code == 404, "it is somebody else's"


def test_checks_are_not_among_ones_newest_answers(client, project, owner, member, always):
    settings(project, check_share=100)
    always(0.5)
    example = filled(project, 1)[0]
    review.settle(example, SPAM, owner)
    checks.make(example, owner)
    answer(project, member, SPAM)
    assert mine.answered(project, member) == []
    assert page(client, project, member).status_code == 200


def test_why_one_skipped_is_said_in_ones_own_language(client, project, member):
    filled(project, 3)
    answer(project, member, SPAM)
    answering.skip(queue.next_for(member, project), "no label fits")
    assert "no label fits" in page(client, project, member).content.decode()
    client.cookies["django_language"] = "zh-hans"
    said = page(client, project, member).content.decode()
    assert "没有合适的标签" in said and "no label fits" not in said
