"""People are invited, given roles, removed, and leave, by pages."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from projects.models import Invitation, Member, Role
from tests.cast import join, person


@pytest.fixture
def page(client, owner):
    client.force_login(owner)
    return client


def people(project):
    return f"/projects/{project.pk}/people/"


def invite(page, project, email="new@example.org", role=Role.ANNOTATOR):
    answer = page.post(people(project), {"email": email, "role": role.value})
    found = re.search(r"/invitations/sti_\w+/", answer.content.decode())
    return found and found[0]


def test_the_link_is_shown_once_and_mailed(page, project, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        link = invite(page, project)
    assert link in mail.outbox[0].body
    seen = page.get(people(project)).content.decode()
    assert "new@example.org" in seen and link not in seen


def test_who_has_an_account_comes_in_at_once(page, project, stranger):
    assert invite(page, project, stranger.email, Role.REVIEWER) is None
    assert Member.objects.get(project=project, user=stranger).role == Role.REVIEWER


def test_inviting_a_member_never_changes_their_role(page, project, member, owner):
    for known in (member.email.upper(), owner.email):
        said = page.post(people(project), {"email": known, "role": Role.VIEWER.value})
        assert "is a member already; change the role in the list above" in said.content.decode()
    assert Member.objects.get(project=project, user=member).role == Role.ANNOTATOR
    assert Member.objects.get(project=project, user=owner).role == Role.OWNER


def test_a_mail_that_fails_is_in_the_log_and_the_link_on_the_page(
    page, project, settings, caplog, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True):
        assert invite(page, project)
    assert "An invitation could not be sent" in caplog.text


@pytest.mark.parametrize(
    "sent", [{}, {"email": "no", "role": "20"}, {"email": "a@b.org", "role": "x"}]
)
def test_a_clumsy_invitation_is_asked_again(page, project, sent):
    again = page.post(people(project), sent)
    assert again.status_code == 200 and 'class="errorlist"' in again.content.decode()
    assert not Invitation.objects.exists()


def test_nobody_gives_a_role_above_their_own(client, project, member):
    manager = person("manager@example.org")
    join(project, manager, Role.MANAGER)
    client.force_login(manager)
    assert 'value="50"' not in client.get(people(project)).content.decode()
    client.post(people(project), {"email": "x@example.org", "role": Role.OWNER.value})
    client.post(f"{people(project)}{member.pk}/role/", {"role": Role.OWNER.value})
    assert not Invitation.objects.exists()
    assert Member.objects.get(user=member).role == Role.ANNOTATOR


def test_a_manager_neither_changes_nor_removes_an_owner(client, project, owner):
    manager = person("manager@example.org")
    join(project, manager, Role.MANAGER)
    client.force_login(manager)
    at = f"{people(project)}{owner.pk}/"
    said = client.post(f"{at}role/", {"role": Role.VIEWER.value}, follow=True).content.decode()
    assert "above their own" in said
    assert "above their own" in client.post(f"{at}remove/", follow=True).content.decode()
    assert Member.objects.get(user=owner).role == Role.OWNER


def test_a_role_changes(page, project, member):
    page.post(f"{people(project)}{member.pk}/role/", {"role": Role.MANAGER.value})
    assert Member.objects.get(user=member).role == Role.MANAGER


def test_removing_asks_first(page, project, member):
    at = f"{people(project)}{member.pk}/remove/"
    assert "What they answered stays" in page.get(at).content.decode()
    assert Member.objects.filter(user=member).exists()
    page.post(at)
    assert not Member.objects.filter(user=member).exists()


def test_the_last_owner_can_neither_leave_nor_step_down(page, project, owner):
    said = page.post(f"{people(project)}leave/", follow=True).content.decode()
    assert "A project needs an owner" in said
    page.post(f"{people(project)}{owner.pk}/role/", {"role": Role.VIEWER.value})
    assert Member.objects.get(user=owner).role == Role.OWNER


def test_a_member_leaves(client, project, member):
    client.force_login(member)
    assert "What you answered stays" in client.get(f"{people(project)}leave/").content.decode()
    assert client.post(f"{people(project)}leave/").url == "/"
    assert client.get(people(project)).status_code == 404


def test_an_invitation_taken_back_opens_nothing(page, project, client):
    link = invite(page, project)
    at = f"{people(project)}invitations/{Invitation.objects.get().pk}/revoke/"
    assert page.post(at).status_code == 302
    assert page.post(at).status_code == 302
    assert client.get(link).status_code == 404


def test_an_expired_link_says_so(page, project):
    link = invite(page, project)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    page.logout()
    late = page.get(link)
    assert late.status_code == 404 and "has expired" in late.content.decode()
    assert page.post(link, {"password": "blue river stone"}).status_code == 404
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_new_person_chooses_a_password_and_is_in(page, project):
    link = invite(page, project, role=Role.REVIEWER)
    page.logout()
    assert "too common" in page.post(link, {"password": "password123"}).content.decode()
    assert page.post(link, {"password": "blue river stone"}).url == f"/projects/{project.pk}/"
    assert Member.objects.get(user__email="new@example.org").role == Role.REVIEWER
    page.logout()
    assert "has been used" in page.get(link).content.decode()


def test_a_link_never_opens_somebodys_account(page, project):
    link = invite(page, project)
    known = User.objects.create_user("new@example.org", "blue river stone")
    assert "Sign in with it" in page.get(link).content.decode()
    page.post(link, {"password": "another long phrase"})
    assert not Member.objects.filter(user=known).exists()
    page.logout()
    page.post(link, {"password": "another long phrase"})
    assert "_auth_user_id" not in page.session
    page.force_login(known)
    assert page.post(link).url == f"/projects/{project.pk}/"
    assert Member.objects.get(user=known).role == Role.ANNOTATOR


def test_the_page_costs_the_same_however_many_they_are(page, project, django_assert_num_queries):
    for number in range(20):
        join(project, person(f"{number}@example.org"), Role.ANNOTATOR)
        invite(page, project, f"new-{number}@example.org")
    # Session, user, project, role; members; invitations.
    with django_assert_num_queries(6):
        page.get(people(project))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_change_who_is_in(client, project, owner, role):
    user = person(f"the-{role.word}@example.org")
    join(project, user, role)
    client.force_login(user)
    assert client.get(people(project)).status_code == 200
    assert client.get(f"{people(project)}leave/").status_code == 200
    for address in ("", f"{owner.pk}/role/"):
        status = client.post(f"{people(project)}{address}", {}).status_code
        assert (status == 403) == (role < Role.MANAGER), address
