"""People come in by one door, which tells nobody who has an account."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import PASSWORD, sign_in, somewhere

ENGLISH, CHINESE = {"HTTP_ACCEPT_LANGUAGE": "en"}, {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}


def stripped(page) -> str:
    """A page without what differs from request to request."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", page.content.decode())
    return re.sub(r"[\w.]+@example\.org", "ADDRESS", text)


def test_password_and_address_lead_to_the_first_page(browser, ada):
    assert sign_in(browser, ada.email.replace("ada", "Ada")).url == "/"
    assert browser.get("/").status_code == 302  # no administrator yet: the first visit
    assert browser.get("/profile/").status_code == 200


def test_who_wanted_a_page_gets_it_after_signing_in(browser, ada):
    wanted = browser.get("/profile/")
    assert wanted.url == "/accounts/login/?next=/profile/"
    said = {"login": ada.email, "password": PASSWORD, "next": "/profile/"}
    assert browser.post("/accounts/login/", said).url == "/profile/"
    said["next"] = "https://elsewhere.example/"
    assert somewhere().post("/accounts/login/", said).url == "/"


def test_a_wrong_password_and_an_unknown_address_look_the_same(browser, ada):
    known, unknown = (sign_in(browser, who, "no") for who in (ada.email, "bob@example.org"))
    assert known.status_code == unknown.status_code == 200
    assert "E-mail and password do not belong together." in known.content.decode()
    assert stripped(known) == stripped(unknown)


def test_asking_for_a_new_password_looks_the_same_for_everybody(browser, ada):
    pages = []
    for email in (ada.email, "bob@example.org"):
        answer = browser.post("/accounts/password/reset/", {"email": email}, follow=True)
        pages.append((answer.redirect_chain, stripped(answer)))
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [[ada.email], ["bob@example.org"]]


def test_an_unknown_address_gets_a_mail_without_a_link(browser, db):
    browser.post("/accounts/password/reset/", {"email": "bob@example.org"})
    text = mail.outbox[0].body
    assert "There is no account with this address" in text and "/key/" not in text


def test_a_new_password_by_mail(browser, inside, ada):
    browser = somewhere()
    browser.post("/accounts/password/reset/", {"email": ada.email}, HTTP_HOST="localhost")
    link = re.search(r"(http://\S+?)(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link[1] == "http://127.0.0.1:8000"  # ours, not what was sent as Host
    assert "The link works once" in mail.outbox[0].body
    form = browser.get(link[2], follow=True)
    assert "Choose a new password" in form.content.decode()
    at = form.redirect_chain[-1][0]
    weak = browser.post(at, {"password1": "12345678", "password2": "12345678"})
    assert "too common" in weak.content.decode()
    changed = browser.post(at, {"password1": "red hill cloud", "password2": "red hill cloud"})
    assert changed.url == "/accounts/password/reset/key/done/"
    assert inside.get("/profile/").status_code == 302  # signed out where the old one was used
    assert sign_in(somewhere(), ada.email).status_code == 200
    assert sign_in(somewhere(), ada.email, "red hill cloud").status_code == 302
    used = somewhere().get(link[2], follow=True).content.decode()
    assert "This link opens nothing any more" in used


def test_the_mail_is_in_the_readers_own_language(browser, ada):
    User.objects.filter(pk=ada.pk).update(language="zh-hans")
    browser.post("/accounts/password/reset/", {"email": ada.email}, **ENGLISH)
    assert mail.outbox[0].subject == "为工作室设置新密码"
    assert "链接只能用一次" in mail.outbox[0].body


def test_a_mail_server_that_is_away_changes_no_page(browser, ada, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    answer = browser.post("/accounts/password/reset/", {"email": ada.email})
    assert answer.url == "/accounts/password/reset/done/"
    assert "A mail could not be sent" in caplog.text


def test_who_guesses_too_often_waits(browser, ada):
    for _ in range(6):
        answer = sign_in(browser, ada.email, "no")
    assert "Go on in five minutes" in answer.content.decode()
    assert "Go on in five minutes" in sign_in(browser, ada.email).content.decode()


def test_who_asks_for_mails_too_often_reads_why(browser, db):
    for _ in range(6):
        answer = browser.post("/accounts/password/reset/", {"email": "often@example.org"})
    assert answer.status_code == 429
    assert "Wait five minutes" in answer.content.decode()


def test_nobody_signs_up_alone(browser, db):
    assert "Accounts come by invitation" in browser.get("/accounts/signup/").content.decode()
    said = {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD}
    assert "Accounts come by invitation" in browser.post("/accounts/signup/", said).content.decode()
    assert not User.objects.exists()


def test_an_account_that_is_switched_off_stays_outside(browser, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    sign_in(browser, ada.email)
    assert browser.get("/profile/").status_code == 302
    assert "switched off" in browser.get("/accounts/inactive/").content.decode()


def test_the_administrators_pages_have_the_same_door(browser, ada):
    assert browser.get("/admin/").url.startswith("/admin/login/")
    assert browser.get("/admin/login/?next=/admin/").url.startswith("/accounts/login/")
    guess = {"username": ada.email, "password": PASSWORD}
    assert browser.post("/admin/login/", guess).url.startswith("/accounts/login/")
    assert "_auth_user_id" not in browser.session


def test_signing_out_asks_first(inside):
    assert "Sign out?" in inside.get("/accounts/logout/").content.decode()
    assert inside.get("/profile/").status_code == 200
    inside.post("/accounts/logout/")
    assert inside.get("/profile/").status_code == 302


def test_a_password_is_changed_by_who_knows_the_old_one(inside, ada):
    at, new = "/accounts/password/change/", {"password1": "red hill cloud"}
    new["password2"] = new["password1"]
    wrong = inside.post(at, {"oldpassword": "no", **new})
    assert "This is not your current password." in wrong.content.decode()
    assert inside.post(at, {"oldpassword": PASSWORD, **new}).url == "/profile/"
    assert "You have a new password." in inside.get("/profile/").content.decode()
    ada.refresh_from_db()
    assert ada.check_password("red hill cloud")


@pytest.mark.parametrize(
    "address",
    [
        "login/",
        "signup/",
        "inactive/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-bad/",
        "password/reset/key/done/",
    ],
)
def test_every_page_outside_speaks_chinese(address, db):
    page = somewhere().get(f"/accounts/{address}", **CHINESE).content.decode()
    page = re.sub(r'<button[^>]*lang="en".*?</button>', "", page, flags=re.DOTALL)  # its own name
    seen = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{3,}", seen) == []


@pytest.mark.parametrize("address", ["password/change/", "reauthenticate/", "logout/"])
def test_every_page_inside_speaks_chinese(address, inside: Client):
    page = inside.get(f"/accounts/{address}", **CHINESE).content.decode()
    seen = re.sub(r"<(script|style).*?</\1>|<[^>]+>|[\w.]+@example.org", " ", page, flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z]{3,}", seen)) <= {"English", "Ctrl"}
