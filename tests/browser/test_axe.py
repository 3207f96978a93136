"""Nobody is kept out: axe finds nothing serious on any page, and Tab leads to all of it."""

import pytest

from tests.browser import chrome
from tests.browser.seeing import WIDER

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


def said(seen, what):
    return [f"{name}: {each}" for name, one in seen.items() for each in getattr(one, what)]


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_axe_finds_nothing_serious(seen, size):
    assert said(seen, size) == []


def test_chinese_pages_of_the_data_and_the_desk_fit_a_phone(full_circle, visit):
    """Opened on it: what a page decides when it opens, such as what it folds away, is seen, too."""
    visitor = visit(language="zh-hans", phone=True, axe=True)
    found = []
    for name, path in {**full_circle.data, "desk": full_circle.pages()["desk"]}.items():
        visitor.go(path)
        visitor.settle()
        found += [f"{name}: {each}" for each in chrome.violations(visitor.page)]
        if visitor.page.evaluate(WIDER):
            found.append(f"{name}: wider than the screen")
    assert found == []


def test_tab_leads_to_everything_on_the_pages_of_the_data(seen):
    assert said(seen, "missed") == []


def test_axe_finds_nothing_serious_in_a_sample_and_a_trial(full_circle, visit):
    """What comes of a click: some of what would be labelled at once, and what a rule would say."""
    visitor = visit(phone=True, axe=True)
    page, pages = visitor.page, full_circle.pages()
    visitor.go(pages["rules"])
    page.fill("#rule-pattern", "parcel")
    page.locator("[name=deed][value=try]").click()
    page.locator(".rule-trial").wait_for()
    assert chrome.violations(page) == []
    assert not page.evaluate(WIDER)
    visitor.go(pages["bulk"])
    page.locator(".bulk-sure button").first.click()
    page.locator(".sample-text").first.wait_for()
    assert chrome.violations(page) == []
    assert not page.evaluate(WIDER)
