"""One's own page: language and theme, address, tokens, and where one is signed in."""

import re

import pytest
from django.core import mail
from django.core.signing import dumps

from accounts import addresses
from accounts.models import AuditEntry, Token, User
from projects.models import Role
from tests.accounts.conftest import PASSWORD, sign_in, somewhere
from tests.cast import join, person

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def profile(browser) -> str:
    return browser.get("/profile/").content.decode()


def ask(browser, email, password=PASSWORD):
    said = {"email": email, "password": password}
    return browser.post("/profile/e-mail/", said)


def link() -> str:
    return re.search(r"/profile/e-mail/\S+", mail.outbox[-1].body)[0]


def test_it_shows_ones_projects_and_roles(inside, ada, project, stranger):
    join(project, ada, Role.REVIEWER)
    page = profile(inside)
    assert f"/projects/{project.pk}/" in page and "reviewer" in page
    project.deleted_at = project.created_at
    project.save()
    assert f"/projects/{project.pk}/" not in profile(inside)


def test_it_costs_the_same_however_much_there_is(inside, ada, project, django_assert_num_queries):
    for number in range(20):
        Token.objects.create(user=ada, name=f"{number}", hash=bytes([number]) * 32)
    for _ in range(4):
        sign_in(somewhere(), ada.email)
    # Session, person; projects; tokens; sessions, and which of them are alive.
    with django_assert_num_queries(6):
        inside.get("/profile/")


def test_language_and_theme_are_kept_and_seen_at_once(inside, ada):
    page = inside.post("/profile/look/", {"language": "zh-hans", "theme": "dark"}, follow=True)
    assert "已保存" in page.content.decode() and 'data-bs-theme="dark"' in page.content.decode()
    ada.refresh_from_db()
    assert (ada.language, ada.theme) == ("zh-hans", "dark")


def test_as_the_browser_asks_again(inside, ada):
    inside.post("/profile/look/", {"language": "zh-hans", "theme": "dark"})
    inside.post("/profile/look/", {"language": "", "theme": "auto"})
    assert 'lang="en"' in inside.get("/profile/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    ada.refresh_from_db()
    assert (ada.language, ada.theme) == ("", "auto")


def test_what_the_bar_changes_is_kept_too(inside, ada):
    inside.post("/language/setlang/", {"language": "zh-hans"})
    inside.post("/theme/", {"theme": "light"})
    ada.refresh_from_db()
    assert (ada.language, ada.theme) == ("zh-hans", "light")
    inside.post("/language/setlang/", {"language": "xx"})
    inside.post("/theme/", {"theme": "pink"})
    ada.refresh_from_db()
    assert (ada.language, ada.theme) == ("zh-hans", "light")


def test_language_and_theme_come_along_to_another_browser(browser, ada):
    User.objects.filter(pk=ada.pk).update(language="zh-hans", theme="dark")
    sign_in(browser, ada.email)
    page = browser.get("/profile/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'lang="zh-Hans"' in page and 'data-bs-theme="dark"' in page


def test_a_choice_before_signing_in_stands_where_the_account_has_none(browser, ada):
    browser.post("/language/setlang/", {"language": "zh-hans"})
    sign_in(browser, ada.email)
    assert 'lang="zh-Hans"' in profile(browser)


def test_a_token_is_shown_once_and_works(inside, ada, client):
    made = inside.post("/profile/tokens/new/", {"name": "Nightly import"})
    value = re.search(r"stp_\w{38}", made.content.decode())[0]
    assert "no-store" in made["Cache-Control"]
    assert value not in profile(inside) and "Nightly import" in profile(inside)
    assert value not in str(dict(inside.session)) and value not in str(AuditEntry.objects.values())
    me = client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {value}")
    assert me.json()["email"] == ada.email


def test_a_token_says_what_it_is_for(inside, ada):
    assert "errorlist" in inside.post("/profile/tokens/new/", {"name": " "}).content.decode()
    assert not ada.tokens.exists()


def test_revoking_asks_first_and_then_shuts(inside, ada, client):
    made = inside.post("/profile/tokens/new/", {"name": "Nightly"}).content.decode()
    bearer = {"HTTP_AUTHORIZATION": "Bearer " + re.search(r"stp_\w{38}", made)[0]}
    at = f"/profile/tokens/{ada.tokens.get().pk}/revoke/"
    assert "Revoke “Nightly”?" in inside.get(at).content.decode()
    assert client.get("/api/v1/me/", **bearer).status_code == 200
    inside.post(at)
    assert client.get("/api/v1/me/", **bearer).status_code == 401
    assert inside.post(at).status_code == 404


def test_nobody_revokes_anothers_token(inside, db):
    token = Token.objects.create(user=person("bob@example.org"), name="b", hash=b"b" * 32)
    assert inside.post(f"/profile/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_it_lists_where_one_is_signed_in(inside, ada):
    phone = somewhere()
    phone.defaults["HTTP_USER_AGENT"] = PHONE
    sign_in(phone, ada.email)
    page = profile(inside)
    assert "Safari on iOS" in page and "Unknown device" in page
    assert page.count("this one") == 1


def test_other_sessions_end_at_once(inside, ada):
    phone, tablet = somewhere(), somewhere()
    sign_in(phone, ada.email)
    sign_in(tablet, ada.email)
    first = re.search(r'name="one" value="(\d+)"', profile(inside))[1]
    inside.post("/profile/sessions/end/", {"one": first})
    left = [each.get("/profile/").status_code for each in (phone, tablet)]
    assert sorted(left) == [200, 302]
    inside.post("/profile/sessions/end/")
    assert [each.get("/profile/").status_code for each in (phone, tablet)] == [302, 302]
    assert inside.get("/profile/").status_code == 200


def test_nobody_ends_anothers_session(inside, ada, db):
    User.objects.create_user("bob@example.org", PASSWORD)
    bob, second = somewhere(), somewhere()
    sign_in(bob, "bob@example.org")
    sign_in(second, "bob@example.org")
    theirs = re.search(r'name="one" value="(\d+)"', profile(bob))[1]
    inside.post("/profile/sessions/end/", {"one": theirs})
    assert second.get("/profile/").status_code == 200


def test_a_new_address_counts_once_its_link_is_opened(inside, ada):
    assert ask(inside, "New@example.org").url == "/profile/"
    old = ada.email
    ada.refresh_from_db()
    assert ada.email == old and mail.outbox[-1].to == ["new@example.org"]
    other = somewhere()  # the mail may be read on another device
    assert "new@example.org" in other.get(link()).content.decode()
    other.post(link())
    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert sign_in(somewhere(), "new@example.org").status_code == 302
    assert other.post(link()).status_code == 404


def test_an_address_is_changed_by_who_knows_the_password(inside, ada):
    assert "This is not your password." in ask(inside, "new@example.org", "no").content.decode()
    assert "This is your address already." in ask(inside, ada.email.upper()).content.decode()
    assert mail.outbox == []


def test_only_its_owner_learns_that_an_address_is_taken(inside, ada):
    bob = person("bob@example.org")
    assert ask(inside, bob.email).url == ask(inside, "free@example.org").url
    assert "nothing was changed" in mail.outbox[0].body and mail.outbox[0].to == [bob.email]


def test_an_address_that_was_taken_meanwhile_stays_with_its_owner(inside, ada):
    ask(inside, "new@example.org")
    person("new@example.org")
    assert inside.post(link()).status_code == 404
    old = ada.email
    ada.refresh_from_db()
    assert ada.email == old


@pytest.mark.parametrize(
    "signed",
    ["nonsense", "a:b:c", dumps(["x"], salt="another")],
    ids=["no signature", "a wrong one", "for something else"],  # it holds the second of its making
)
def test_a_link_of_somebodys_own_making_opens_nothing(browser, signed, db):
    assert browser.get(f"/profile/e-mail/{signed}/").status_code == 404
    assert addresses.asked(signed) is None


def test_no_old_page_of_addresses_is_open(inside):
    assert inside.get("/accounts/email/").status_code == 403


def test_behind_a_proxy_it_is_the_persons_address_that_counts(browser, ada, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    browser.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.7, 198.51.100.9"  # the first is made up
    sign_in(browser, ada.email)
    assert "198.51.100.9" in profile(browser)
