"""The first administrator: by the first visit, or from the environment, by the same rules."""

import pytest
from django.core.management import CommandError, call_command

from accounts import people
from accounts.models import User


@pytest.fixture
def told(monkeypatch, db):
    def environment(email, password):
        monkeypatch.setenv("STUDIO_ADMIN_EMAIL", email)
        monkeypatch.setenv("STUDIO_ADMIN_PASSWORD", password)

    return environment


@pytest.mark.parametrize("password", ["12345678", "short", "password123", "ada@example"])
def test_a_weak_password_starts_nothing(told, password):
    told("ada@example.org", password)
    with pytest.raises(CommandError, match="STUDIO_ADMIN_PASSWORD is not strong enough"):
        call_command("administrator")
    assert not User.objects.exists()


def test_an_address_that_is_none_starts_nothing(told):
    told("ada", "blue river stone")
    with pytest.raises(CommandError, match="STUDIO_ADMIN_EMAIL"):
        call_command("administrator")


def test_an_old_weak_password_does_not_stop_a_studio_that_has_its_administrator(told):
    told("ada@example.org", "blue river stone")
    call_command("administrator")
    told("ada@example.org", "12345678")
    call_command("administrator")
    assert User.objects.get().check_password("blue river stone")


def test_the_first_visit_signs_in_and_leads_to_the_start(browser, db):
    said = {"email": "a@example.org", "password": "blue river stone"}
    made = browser.post("/set-up/", said | {"language": "zh-hans", "theme": "dark"})
    assert made.url == "/start/"
    page = browser.get("/start/").content.decode()
    assert 'lang="zh-Hans"' in page and 'data-bs-theme="dark"' in page
    user = User.objects.get()
    assert (user.language, user.theme, user.is_superuser) == ("zh-hans", "dark", True)
    assert "这一个" in browser.get("/profile/").content.decode()


def test_of_two_first_visits_at_once_one_wins(browser, db, monkeypatch):
    assert browser.get("/set-up/").status_code == 200
    User.objects.create_superuser("first@example.org", "blue river stone")
    # The second has passed the first look, as happens in the same instant.
    seen = iter([False])
    real = people.has_administrator
    monkeypatch.setattr(people, "has_administrator", lambda: next(seen, None) or real())
    said = {"email": "second@example.org", "password": "blue river stone"}
    assert browser.post("/set-up/", said).status_code in {302, 404}
    assert [user.email for user in User.objects.all()] == ["first@example.org"]
