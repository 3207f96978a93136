"""Secrets that are shown once: how they are made, recognised and stored (only as a hash)."""

import hashlib
import hmac
import secrets
import zlib
from typing import NamedTuple

from django.conf import settings

PERSONAL, ENDPOINT, INVITATION = "stp_", "stk_", "sti_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
RANDOM_CHARACTERS = 32  # 190 bits
CHECK_CHARACTERS = 6


class Secret(NamedTuple):
    value: str
    hash: bytes


def mint(prefix: str) -> Secret:
    """A new secret. Its tail is a checksum: a typo is refused without a query."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    value = f"{prefix}{body}{_check(body)}"
    return Secret(value, digest(value))


def digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()


def looks_issued(value: str, prefix: str) -> bool:
    body = value.removeprefix(prefix)
    if body == value or len(body) != RANDOM_CHARACTERS + CHECK_CHARACTERS or not body.isascii():
        return False
    return _check(body[:RANDOM_CHARACTERS]) == body[RANDOM_CHARACTERS:]


def _check(body: str) -> str:
    number, letters = zlib.crc32(body.encode()), ""
    for _ in range(CHECK_CHARACTERS):
        number, place = divmod(number, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return letters


def derived(prefix: str, seed: str) -> Secret:
    """The same secret for the same seed, known only to who knows SECRET_KEY: never stored."""
    key = settings.SECRET_KEY.encode()
    number = int.from_bytes(hmac.digest(key, f"derived {prefix} {seed}".encode(), "sha256"))
    body = ""
    for _ in range(RANDOM_CHARACTERS):
        number, place = divmod(number, len(ALPHABET))
        body += ALPHABET[place]
    value = f"{prefix}{body}{_check(body)}"
    return Secret(value, digest(value))
