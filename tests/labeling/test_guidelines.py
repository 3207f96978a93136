"""What the guidelines said stays readable; an answer names the version that was there to read."""

import pytest
from django.urls import reverse

from labeling import answering, beside_it, queue, rewriting
from labeling.rewriting import GONE, LEFT_OUT, NEW, SAME
from projects import founding
from projects.models import Role
from tests.cast import join, person
from tests.labeling.team import HAM, SPAM, answer, filled


def rewritten(project, owner, *texts):
    for text in texts:
        founding.change(project, owner, guidelines=text)


def page(client, project, number=None):
    name, more = ("guidelines-version", [number]) if number is not None else ("guidelines", [])
    return client.get(reverse(name, args=[project.pk, *more]))


def test_every_version_can_be_read_with_what_changed(client, project, owner, member):
    rewritten(
        project,
        owner,
        "Spam wants money.\nHam is the rest.",
        "Spam wants your money.\nHam is the rest.",
    )
    viewer = person("viewer@example.org")
    join(project, viewer, Role.VIEWER)
    for reader in (owner, member, viewer):
        client.force_login(reader)
        newest = page(client, project).content.decode()
        assert '<ins><span class="visually-hidden">new: </span>your </ins>' in newest
        assert "What changed since version 2" in newest and "owner@example.org" in newest
        assert "<p>Spam wants money." in page(client, project, 2).content.decode()
    assert "in force" in newest and reverse("guidelines-version", args=[project.pk, 2]) in newest


def test_a_version_that_never_was_is_not_found(client, project, owner, stranger):
    client.force_login(owner)
    assert "Nobody wrote guidelines yet" in page(client, project).content.decode()
    rewritten(project, owner, "Be kind.")
    assert [page(client, project, number).status_code for number in (0, 3)] == [404] * 2
    assert page(client, project, 10**12).status_code == 404
    assert "Nobody wrote" in page(client, project, 1).content.decode()  # of before they were kept
    client.force_login(stranger)
    assert page(client, project).status_code == 404


def test_many_versions_are_listed_piece_by_piece(
    client, project, owner, django_assert_max_num_queries
):
    project.guidelines_history.bulk_create(
        [
            project.guidelines_history.model(project=project, version=n, text="x")
            for n in range(2, 40)
        ]
    )
    project.guidelines_version = 39
    project.save()
    client.force_login(owner)
    with django_assert_max_num_queries(12):
        first = page(client, project).content.decode()
    assert first.count("/guidelines/") < 40 and "?before=10" in first
    assert f'{reverse("desk", args=[project.pk])}" aria-current="page"' in first
    older = client.get(f"{reverse('guidelines', args=[project.pk])}?before=10").content.decode()
    assert ">Version 9<" in older and ">Version 10<" not in older
    assert 'rel="next"' not in older


AMID = [LEFT_OUT, SAME, SAME, GONE, NEW, SAME, SAME, LEFT_OUT]
LINES = [f"line {n}" for n in range(9)]


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        ("\n".join(LINES), [LEFT_OUT]),
        ("\n".join([*LINES, "more"]), [LEFT_OUT, SAME, NEW]),
        ("\n".join(["quite another beginning", *LINES[1:]]), [GONE, NEW, SAME, LEFT_OUT]),
        ("\n".join([*LINES[:4], "line four", *LINES[5:]]), AMID),
        ("", [GONE]),
        ("a\n" * 5000, None),
    ],
)  # fmt: skip
def test_only_what_changed_is_told_and_what_stands_around_it(after, kinds):
    before = "\n".join(LINES)
    pieces = rewriting.difference(before, after)
    assert (pieces and [one.kind for one in pieces]) == kinds
    if pieces and not any(one.lines for one in pieces):
        assert "".join(one.text for one in pieces if one.kind != GONE).strip() == after.strip()


def test_chinese_is_compared_by_its_characters():
    pieces = rewriting.difference("要钱的是垃圾邮件。", "索要钱的是垃圾邮件。")
    assert [(one.kind, one.text) for one in pieces if one.kind != SAME] == [(NEW, "索")]


def test_an_answer_names_the_version_that_was_there_to_read(client, project, owner, member):
    filled(project, 3)
    lease = queue.next_for(member, project)
    ahead = queue.ahead_for(member, project)
    rewritten(project, owner, "Be kind.")
    kept, _new = answering.submit(lease, SPAM, 5)
    assert kept.guidelines_version == 1
    assert beside_it.are_new(member, project), "what they read was the version before"
    shown = queue.next_for(member, project)
    assert shown.pk == ahead.pk
    assert answering.submit(shown, SPAM, 5)[0].guidelines_version == 2
    assert not beside_it.are_new(member, project)


def test_what_is_changed_or_answered_again_goes_by_the_guidelines_of_today(project, owner, member):
    filled(project, 2)
    kept = answer(project, member, SPAM)
    rewritten(project, owner, "Be kind.")
    kept.example.project = project
    answering.change(kept, HAM)
    kept.refresh_from_db()
    assert (kept.answer, kept.guidelines_version) == (HAM, 2)
    rewritten(project, owner, "Be strict.")
    lease = answering.undo(answering.held_by(member, kept.assignment.pk))
    assert answering.submit(lease, SPAM, 5)[0].guidelines_version == 3


@pytest.mark.parametrize("tab", ["closed", "similar", "guidelines"])
def test_the_desk_says_that_they_are_new_whatever_tab_is_open(client, project, owner, member, tab):
    filled(project, 3)
    answer(project, member, SPAM)
    client.force_login(member)
    client.cookies["desk_drawer"] = tab
    desk = reverse("desk", args=[project.pk])
    mark = '<span class="drawer-new"><span'
    assert mark not in client.get(desk).content.decode()
    rewritten(project, owner, "Be kind.")
    assert mark in client.get(desk).content.decode()
    turn = client.post(reverse("desk-next", args=[project.pk]), headers={"X-Desk": "-"})
    assert 'data-guidelines="2" data-new>' in turn.content.decode()
    lease = queue.next_for(member, project)
    done = reverse("desk-answer", args=[project.pk, lease.pk])
    turn = client.post(done, {"label": "spam"}, headers={"X-Desk": "-"})
    assert 'data-guidelines="2">' in turn.content.decode()
    assert mark not in client.get(desk).content.decode()


def test_a_history_names_the_version_of_an_answer(client, project, owner, member):
    filled(project, 2)
    example = answer(project, member, SPAM).example
    client.force_login(owner)
    address = reverse("example-history", args=[project.pk, example.pk])
    assert "of the guidelines" not in client.get(address).content.decode(), "there was but one"
    rewritten(project, owner, "Be kind.")
    assert "version 1 of the guidelines" in client.get(address).content.decode()
