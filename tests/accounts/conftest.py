"""Where the tests of this room call from: each has an address of its own: tries are counted."""

import random
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User

PASSWORD = "blue river stone"


def somewhere() -> Client:
    numbers = [random.SystemRandom().randrange(1, 255) for _ in range(3)]
    return Client(REMOTE_ADDR="10." + ".".join(map(str, numbers)))


@pytest.fixture
def browser() -> Client:
    return somewhere()


@pytest.fixture
def ada(db: None) -> User:
    """Someone who has a password; each with an address of her own, for tries are counted."""
    return User.objects.create_user(f"ada.{uuid4().hex}@example.org", PASSWORD)


@pytest.fixture
def inside(browser: Client, ada: User) -> Client:
    """A browser in which Ada has signed in."""
    sign_in(browser, ada.email)
    return browser


def sign_in(browser: Client, email: str, password: str = PASSWORD):
    browser.get("/accounts/login/")
    return browser.post("/accounts/login/", {"login": email, "password": password})
