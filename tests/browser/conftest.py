"""One whole studio and one Chromium for all who look at its pages."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from studio.home import REPOSITORY
from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.browser import chrome, circle, seeing
from tests.browser.chrome import Visitor
from tests.browser.circle import Circle
from tests.browser.newcomer import Newcomer


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """By package rather than by session: while it runs, this thread cannot ask the database."""
    if chrome.found() is None and not os.environ.get("CI"):
        pytest.skip("There is no Chromium here: these tests need one (on Debian: chromium).")
    with chrome.launched() as browser:
        yield browser


@pytest.fixture(scope="package")
def studio() -> Iterator[TemporaryStudio]:
    with temporary.running() as running:
        yield running


@pytest.fixture(scope="package")
def one_studio_to_set_up() -> Iterator[TemporaryStudio]:
    """One after the other, newcomers find it as empty as the first of them did."""
    with temporary.running(STUDIO_ADMIN_EMAIL="", STUDIO_ADMIN_PASSWORD="") as running:
        yield running


@pytest.fixture
def newcomer(one_studio_to_set_up: TemporaryStudio, chromium: Browser) -> Iterator[Any]:
    """Makes somebody at a studio that nobody has set up. Nothing may complain in their pages."""
    came: list[Visitor] = []

    def come(language: str) -> Newcomer:
        came.append(chrome.visitor(chromium, one_studio_to_set_up.url, language=language))
        return Newcomer(came[-1], language)

    yield come
    try:
        _closed(came)
    finally:
        emptied(one_studio_to_set_up)


def emptied(studio: TemporaryStudio) -> None:
    """Much quicker than another start. A job that is at its rows may stand in the way once."""
    command = [sys.executable, "manage.py", "flush", "--no-input", "-v", "0"]
    for last in (False, False, True):
        done = subprocess.run(command, cwd=REPOSITORY, env=studio.environment, check=last)
        if done.returncode == 0:
            return


@pytest.fixture(scope="package")
def full_circle(studio: TemporaryStudio) -> Circle:
    """A project that went round: two versions, an endpoint with traffic, feedback that waits."""
    return circle.filled(studio)


@pytest.fixture(scope="package")
def known(studio: TemporaryStudio, chromium: Browser) -> Any:
    """The administrator's cookies: signing in once is enough."""
    first = chrome.visitor(chromium, studio.url)
    first.sign_in(studio.email, studio.password)
    kept = first.context.storage_state()
    first.context.close()
    return kept


@pytest.fixture(scope="package")
def seen(studio: TemporaryStudio, chromium: Browser, known: Any, full_circle: Circle) -> Any:
    """Every page of the circle, by name. Nothing may complain in them."""
    visitor = chrome.visitor(chromium, studio.url, axe=True, state=known)
    found = seeing.all_pages(visitor, full_circle)
    visitor.context.close()
    assert visitor.complaints == []
    return found


@pytest.fixture
def visit(studio: TemporaryStudio, chromium: Browser, known: Any) -> Iterator[Any]:
    """Makes visitors, signed in as the administrator. Nothing may complain in their pages."""
    came: list[Visitor] = []

    def come(**how: Any) -> Visitor:
        came.append(chrome.visitor(chromium, studio.url, **{"state": known, **how}))
        return came[-1]

    yield come
    _closed(came)


def _closed(came: list[Visitor]) -> None:
    for each in came:
        each.context.close()
    assert [said for each in came for said in each.complaints] == []
