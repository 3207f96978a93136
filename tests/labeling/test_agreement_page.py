"""The page of agreement says how far people agree, on what not, and what that means."""

import pytest
from django.urls import reverse

from projects.models import Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled, settings


@pytest.fixture
def look(client, project, owner):
    client.force_login(owner)

    def page(**asked):
        return client.get(reverse("agreement", args=[project.pk]), asked)

    return page


def answered(project, people, count, wrong):
    """Each answers everything by the text; `wrong` of the last one's answers are turned round."""
    settings(project, overlap=len(people))
    place = {one.pk: at for at, one in enumerate(filled(project, count))}

    def by_the_text(one):
        return (SPAM, HAM)[place[one.pk] % 2]

    def turned_round(one):
        return (SPAM, HAM)[(place[one.pk] + (place[one.pk] < wrong)) % 2]

    for someone in people:
        said = turned_round if someone == people[-1] else by_the_text
        for _ in range(count):
            answer(project, someone, said)


def test_full_agreement_is_one_and_can_be_relied_on(project, owner, member, look):
    answered(project, [owner, member], 10, 0)
    text = look().content.decode()
    assert "1.00" in text and "can be relied on" in text
    assert "No label stands for another" in text


def test_it_says_what_one_calls_so_and_the_other_so(project, owner, member, look):
    answered(project, [owner, member], 20, 6)
    shown = look()
    text, crossed = shown.content.decode(), shown.context["crossed"]
    assert "Sharpen the guidelines" in text
    counts = {
        (row, column): cell.count
        for row, cells in crossed["rows"]
        for column, cell in zip(crossed["labels"], cells, strict=True)
    }
    assert counts[("spam", "ham")] == 3 and counts[("ham", "spam")] == 3
    assert shown.context["pair"].alike == pytest.approx(0.7)
    assert shown.context["pair"].kappa == pytest.approx(0.4)


def test_three_people_stand_in_a_square_and_a_pair_can_be_chosen(project, owner, member, look):
    third = person("third@example.org")
    join(project, third, Role.ANNOTATOR)
    answered(project, [owner, member, third], 10, 4)
    shown = look(first=owner.email, second=member.email)
    assert shown.context["people"]["names"] == sorted([owner.email, member.email, third.email])
    assert set(shown.context["pair"].people) == {owner.email, member.email}
    assert shown.context["pair"].alike == 1.0
    assert set(look(first="nobody").context["pair"].people) & {third.email}


def test_before_anyone_answered_twice_it_says_how_to_begin(look, project, member):
    filled(project, 2)
    answer(project, member, SPAM)
    assert "Nothing to compare yet" in look().content.decode()


def test_a_viewer_may_look(client, project, look):
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    client.force_login(viewer)
    assert client.get(reverse("agreement", args=[project.pk])).status_code == 200
