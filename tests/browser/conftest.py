"""One whole studio and one Chromium for all who look at its pages."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from studio.running import temporary
from studio.running.temporary import TemporaryStudio
from tests.browser import chrome, circle
from tests.browser.chrome import Visitor
from tests.browser.circle import Circle


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """By module rather than by session: while it runs, this thread cannot ask the database."""
    if chrome.found() is None and not os.environ.get("CI"):
        pytest.skip("There is no Chromium here: these tests need one (on Debian: chromium).")
    with chrome.launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def studio() -> Iterator[TemporaryStudio]:
    with temporary.running() as running:
        yield running


@pytest.fixture(scope="session")
def full_circle(studio: TemporaryStudio) -> Circle:
    """A project that went round: two versions, an endpoint with traffic, feedback that waits."""
    return circle.filled(studio)


@pytest.fixture(scope="module")
def known(studio: TemporaryStudio, chromium: Browser) -> Any:
    """The administrator's cookies: signing in once is enough."""
    first = chrome.visitor(chromium, studio.url)
    first.sign_in(studio.email, studio.password)
    kept = first.context.storage_state()
    first.context.close()
    return kept


@pytest.fixture
def visit(studio: TemporaryStudio, chromium: Browser, known: Any) -> Iterator[Any]:
    """Makes visitors, signed in as the administrator. Nothing may complain in their pages."""
    came: list[Visitor] = []

    def come(**how: Any) -> Visitor:
        came.append(chrome.visitor(chromium, studio.url, **{"state": known, **how}))
        return came[-1]

    yield come
    for each in came:
        each.context.close()
    assert [said for each in came for said in each.complaints] == []
