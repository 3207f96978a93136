"""EMAIL_URL says how mail goes out, in words where it is wrong; and it goes out."""

import socket
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.utils.translation import override

from projects import people
from projects.models import Role
from studio import mailing
from studio.home import HomeProblem

HERE = "http://studio.example.org:8000"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def test_without_a_server_mail_goes_to_the_log():
    for url in ("", "console://"):
        read = mailing.read(url, HERE)
        assert read.backend.endswith("console.EmailBackend")
        assert read.sender == "studio@studio.example.org"


@pytest.mark.parametrize(
    ("url", "port", "starts_tls", "tls"),
    [
        ("smtp://localhost", 25, False, False),
        ("smtp://mail.example.org?tls=1", 587, True, False),
        ("smtp://mail.example.org:2525?tls=1", 2525, True, False),
        ("smtps://mail.example.org", 465, False, True),
    ],
)
def test_a_server_is_named_by_an_address(url, port, starts_tls, tls):
    read = mailing.read(url, HERE)
    assert (read.backend, read.port, read.starts_tls, read.tls) == (SMTP, port, starts_tls, tls)


def test_user_password_and_sender_may_hold_any_character():
    read = mailing.read("smtps://me%40example.org:p%3A%2F%40@mail.example.org", HERE)
    assert (read.user, read.password, read.sender) == ("me@example.org", "p:/@", "me@example.org")
    read = mailing.read("smtp://localhost?from=Studio%20%3Cs%40example.org%3E", HERE)
    assert read.sender == "Studio <s@example.org>"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mail.example.org", "no way to send mail"),
        ("http://mail.example.org", "“http” is no way"),
        ("smtp://", "name of the mail server"),
        ("smtp://user@mail.example.org", "both user and password"),
        ("smtp://mail.example.org:hot", "port"),
        ("smtp://mail.example.org:99999", "port"),
        ("smtp://mail.example.org?tls=maybe", "tls is 1 or 0"),
        ("smtp://mail.example.org?form=x", "nobody knows “form”"),
        ("smtp://mail.example.org?from=me", "?from="),
        ("smtp://u:secret-word@[broken", "brackets"),
    ],
)
def test_a_mistake_is_one_sentence_without_the_password(url, word):
    with pytest.raises(HomeProblem) as told:
        mailing.read(url, HERE)
    assert word in str(told.value) and str(told.value).startswith("EMAIL_URL")
    assert "secret-word" not in str(told.value)


class Box:
    """What a mail server was handed."""

    def __init__(self):
        self.mails, self.users = [], []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"

    def let_in(self, server, session, envelope, mechanism, sent):
        self.users.append((sent.login.decode(), sent.password.decode()))
        return AuthResult(success=sent.password == b"p:/@")


def certificate(folder):
    """One for 127.0.0.1, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    an_hour = timedelta(hours=1)
    built = built.not_valid_before(now - an_hour).not_valid_after(now + an_hour)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = built.add_extension(names, critical=False).sign(key, hashes.SHA256())
    encoding = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(signed.public_bytes(encoding))
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@contextmanager
def server(**how):
    box = Box()
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    if how.pop("asks", False):
        how |= {"authenticator": box.let_in, "auth_required": True}
    running = Controller(box, hostname="127.0.0.1", port=port, **how)
    running.start()
    try:
        yield box, port
    finally:
        running.stop()


def use(settings, url):
    read = mailing.read(url, HERE)
    settings.EMAIL_BACKEND, settings.DEFAULT_FROM_EMAIL = read.backend, read.sender
    settings.EMAIL_HOST, settings.EMAIL_PORT = read.host, read.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = read.user, read.password
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = read.starts_tls, read.tls


def test_a_link_for_a_new_password_goes_over_smtp(browser, ada, settings):
    with server() as (box, port):
        use(settings, f"smtp://127.0.0.1:{port}?from=studio@example.org")
        browser.post("/accounts/password/reset/", {"email": ada.email})
    sent = box.mails[0]
    assert (sent["to"], sent["from"]) == (ada.email, "studio@example.org")
    assert sent["subject"] == "Choose a new password for the studio"
    assert "/accounts/password/reset/key/" in sent.get_content()


def test_it_shows_who_it_is_over_tls(settings, tmp_path, monkeypatch):
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with server(tls_context=context, require_starttls=True, asks=True) as (box, port):
        use(settings, f"smtp://me%40example.org:p%3A%2F%40@127.0.0.1:{port}?tls=1")
        mail.send_mail("Hello", "中文", None, ["you@example.org"])
    assert box.users == [("me@example.org", "p:/@")]
    assert box.mails[0].get_content().strip() == "中文"


def test_it_speaks_tls_from_the_first_byte(settings, tmp_path, monkeypatch):
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with server(ssl_context=context) as (box, port):
        use(settings, f"smtps://127.0.0.1:{port}")
        mail.send_mail("Hello", "you", None, ["you@example.org"])
    assert box.mails[0]["from"] == "studio@studio.example.org"


def test_a_certificate_that_nobody_knows_is_refused(settings, tmp_path):
    with server(ssl_context=certificate(tmp_path)) as (box, port):
        use(settings, f"smtps://127.0.0.1:{port}")
        with pytest.raises(ssl.SSLCertVerificationError):
            mail.send_mail("Hello", "you", None, ["you@example.org"])
    assert box.mails == []


def test_a_stranger_understands_an_invitation(
    project, owner, settings, django_capture_on_commit_callbacks
):
    with server() as (box, port):
        use(settings, f"smtp://127.0.0.1:{port}")
        with override("en"), django_capture_on_commit_callbacks(execute=True):
            invited = people.add(project, owner, Role.OWNER, "new@example.org", Role.VIEWER, "")
        with override("zh-hans"), django_capture_on_commit_callbacks(execute=True):
            people.add(project, owner, Role.OWNER, "neu@example.org", Role.REVIEWER, "")
    english, chinese = box.mails
    text = english.get_content()
    assert english["subject"] == "Invitation to “Mail”" and invited.link in text
    assert "owner@example.org invites you to “Mail” as viewer." in text
    assert chinese["subject"] == "邀请加入“Mail”" and "角色是复核员" in chinese.get_content()
