"""Whoever has still to answer an example sees nowhere what others said of it."""

from django.urls import reverse

from labeling import history
from projects.models import Role
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
