"""Whoever has still to answer an example sees nowhere what others said of it."""

from django.urls import reverse

from labeling import history, queue, reasons, review
from projects.models import Example, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled, settings


def pages(client, project, example):
    names = ("example-page", "example-history")
    return [
        client.get(reverse(name, args=[project.pk, example.pk])).content.decode() for name in names
    ]


def test_an_annotator_sees_the_answers_of_others_once_theirs_is_given(
    client, speak, project, owner, member
):
    settings(project, overlap=2)
    example = filled(project, 1)[0]
    other = person("other@example.org")
    join(project, other, Role.ANNOTATOR)
    answer(project, other, HAM)
    client.force_login(member)
    assert not any("other@example.org" in page for page in pages(client, project, example))
    kept = speak(member).get(f"/api/v1/examples/{example.pk}/").json()
    assert kept["annotations"] == []
    seen = speak(owner).get(f"/api/v1/examples/{example.pk}/").json()
    assert [one["author"] for one in seen["annotations"]] == ["other@example.org"]
    answer(project, member, SPAM)
    assert all("other@example.org" in page for page in pages(client, project, example))
    kept = speak(member).get(f"/api/v1/examples/{example.pk}/").json()
    assert len(kept["annotations"]) == 2


def test_what_they_said_themselves_stays_in_sight(project, member):
    settings(project, overlap=3)
    example = filled(project, 1)[0]
    answer(project, member, SPAM)
    example.refresh_from_db()
    assert [one.who for one in history.of(example, member, Role.ANNOTATOR)] == [member.email]


def test_what_was_sent_back_to_one_is_not_read_by_others_who_are_asked(
    client, project, owner, member
):
    settings(project, overlap=2)
    example = filled(project, 1)[0]
    review.send_back(answer(project, member, SPAM), owner, "It is surely ham.")
    other = person("other@example.org")
    join(project, other, Role.ANNOTATOR)

    def seen(reader):
        lease = queue.next_for(reader, project)
        client.force_login(reader)
        address = f"{reverse('desk-drawer', args=[project.pk, 'comments'])}?of={lease.pk}"
        return [client.get(address).content.decode(), *pages(client, project, example)]

    assert all("surely ham" in page for page in seen(member)[::2]), "its author reads why"
    answer(project, member, HAM)
    assert not any("surely ham" in page or "spam<" in page for page in seen(other))
    answer(project, other, HAM)
    assert any("surely ham" in page for page in pages(client, project, example))


def test_whoever_gets_it_later_is_not_told_what_a_reviewer_wrote_to_someone_else(
    project, owner, member
):
    settings(project, overlap=2)
    filled(project, 1)
    review.send_back(answer(project, member, SPAM), owner, "It is surely ham.")
    answer(project, member, HAM)
    Example.objects.update(assignee=owner)
    assert queue.next_for(owner, project).reason == reasons.ASSIGNED


def test_a_reviewer_who_is_asked_does_not_see_what_others_said(client, project, owner, member):
    settings(project, overlap=2)
    filled(project, 1)
    answer(project, member, SPAM)
    lease = queue.next_for(owner, project)
    client.force_login(owner)
    address = f"{reverse('desk-drawer', args=[project.pk, 'history'])}?of={lease.pk}"
    assert member.email not in client.get(address).content.decode()
