"""The first visit makes the administrator; an invitation's link makes a member."""

import re

from django.core import mail
from django.test import Client

from accounts.models import User
from projects.models import Member


def test_the_first_visit_sets_up_and_later_ones_do_not(client, db):
    assert client.get("/").url == "/set-up/"
    weak = client.post("/set-up/", {"email": "a@example.org", "password": "12345678"})
    assert weak.status_code == 200 and not User.objects.exists()
    made = client.post("/set-up/", {"email": "a@example.org", "password": "blue river stone"})
    assert made.status_code == 302
    assert User.objects.get().is_superuser
    assert client.get("/set-up/").status_code == 404
    assert client.get("/").status_code == 200


def test_an_invited_person_comes_in_once(
    client, project, owner, speak, django_capture_on_commit_callbacks
):
    owner.is_superuser = True
    owner.save()
    with django_capture_on_commit_callbacks(execute=True):
        speak(owner).post(
            f"/api/v1/projects/{project.pk}/members/",
            {"email": "new@example.org", "role": "reviewer"},
        )
    link = re.search(r"/invitations/sti_\w+/", mail.outbox[0].body)[0]
    assert "new@example.org" in client.get(link).content.decode()
    assert client.post(link, {"password": "blue river stone"}).status_code == 302
    member = Member.objects.get(user__email="new@example.org")
    assert member.get_role_display() == "reviewer"
    assert client.get(link).status_code == 404
    assert client.get("/invitations/sti_nonsense/").status_code == 404


def test_a_page_that_is_too_old_is_refused_in_words(project, owner):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    for headers in ({}, {"HX-Request": "true"}):
        refused = strict.post(f"/projects/{project.pk}/settings/", headers=headers)
        assert refused.status_code == 403
        assert "Please load the page again" in refused.content.decode()
        assert "style=" not in refused.content.decode()
    chinese = strict.post("/theme/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "请重新加载页面" in chinese


def test_the_refusal_of_an_old_page_is_there_for_strangers(db):
    refused = Client(enforce_csrf_checks=True).post("/set-up/", {"email": "a@example.org"})
    assert refused.status_code == 403
    assert "Please load the page again" in refused.content.decode()
