"""Whoever has still to answer an example sees nowhere what others said of it."""

import json

from django.urls import reverse

from labeling import answering, history, queue, reasons, review
from projects import filing
from projects.models import Example, Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled, settings
from tests.projects.test_exports_written import work


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


def test_no_export_tells_who_is_still_asked_what_others_said(client, speak, project, owner, member):
    settings(project, overlap=2)
    filled(project, 2)
    answer(project, owner, HAM)
    answer(project, owner, SPAM)
    answering.submit(queue.next_for(member, project), HAM, 5)
    waits = project.examples.get(status="unlabeled")
    written = [
        work(filing.begin(project, by, form, {}, safe=False, blind=by == member))
        for by, form in ((owner, "jsonl"), (owner, "csv"), (member, "jsonl"))
    ]

    def said(response):
        rows = map(json.loads, b"".join(response.streaming_content).splitlines())
        return {row["id"]: len(row["annotations"]) for row in rows}

    for reader, seen in ((member, 0), (owner, 1)):
        client.force_login(reader)
        address = f"{reverse('data-export', args=[project.pk])}?format=jsonl"
        assert said(client.get(address))[str(waits.pk)] == seen
        kept = speak(reader).get(f"/api/v1/projects/{project.pk}/export/?format=jsonl")
        assert said(kept)[str(waits.pk)] == seen
    fetched = [
        [speak(one).get(f"/api/v1/exports/{export.pk}/file/") for export in written]
        for one in (owner, member)
    ]
    assert [[one.status_code for one in some] for some in fetched] == [[200] * 3, [403, 200, 200]]
    assert said(fetched[1][2])[str(waits.pk)] == 0
    client.force_login(member)
    page = client.get(reverse("data-exports", args=[project.pk])).content.decode()
    assert page.count(" download>") == 2
    address = reverse("data-export-file", args=[project.pk, written[0].pk])
    assert client.get(address).status_code == 403
