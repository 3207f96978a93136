"""Where mail goes: EMAIL_URL, read into what Django wants to know. Knows nothing of Django.

    console://                                               written to the web's log
    smtp://user:password@mail.example.org:587?tls=1          STARTTLS
    smtps://user:password@mail.example.org                   TLS from the first byte, port 465

`?from=` names the sender. In user and password, %40 is an @, %3A a colon, %2F a slash.
"""

from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from studio.home import HomeProblem

FORMS = "console://, smtp://user:password@host:587?tls=1 or smtps://user:password@host:465"
PORTS = {"smtp": 25, "smtps": 465}
YES, NO = {"1", "true", "yes"}, {"", "0", "false", "no"}


class Mail(NamedTuple):
    """How mail is sent, and from whom."""

    sender: str
    backend: str = "django.core.mail.backends.console.EmailBackend"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    tls: bool = False


def read(url: str, studio_url: str) -> Mail:
    """Raises HomeProblem with one sentence, which never holds the password."""
    try:
        parts = urlsplit(url or "console://")
    except ValueError:
        # Its own words may quote the address, password and all: they stay here.
        raise _problem("its brackets do not match") from None
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := set(asked) - {"from", "tls"}:
        raise _problem(f"nobody knows “{min(unknown)}”; there are ?from= and ?tls=")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    sender = _sender(asked.get("from", ""), user, studio_url)
    if parts.scheme == "console":
        return Mail(sender)
    if parts.scheme not in PORTS:
        raise _problem(f"“{parts.scheme}” is no way to send mail")
    if not parts.hostname:
        raise _problem("the name of the mail server is missing")
    if bool(user) != bool(password):
        raise _problem("give both user and password, or neither")
    starts_tls = _starts_tls(parts.scheme, asked.get("tls", ""))
    return Mail(
        sender,
        "django.core.mail.backends.smtp.EmailBackend",
        parts.hostname,
        _port(parts, 587 if starts_tls else PORTS[parts.scheme]),
        user,
        password,
        starts_tls,
        tls=parts.scheme == "smtps",
    )


def _starts_tls(scheme: str, said: str) -> bool:
    if said.lower() not in YES | NO:
        raise _problem("tls is 1 or 0")
    return scheme == "smtp" and said.lower() in YES


def _port(parts: SplitResult, default: int) -> int:
    try:
        return parts.port or default
    except ValueError as problem:
        raise _problem("the port is a number from 1 to 65535") from problem


def _sender(asked: str, user: str, studio_url: str) -> str:
    if not asked:
        return user if "@" in user else f"studio@{urlsplit(studio_url).hostname or 'localhost'}"
    if "@" not in asked or "\n" in asked or "\r" in asked:
        raise _problem("?from= is an address, such as studio@example.org")
    return asked


def _problem(what: str) -> HomeProblem:
    return HomeProblem(f"EMAIL_URL cannot be read: {what}. It looks like {FORMS}.")
