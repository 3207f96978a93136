"""Nobody is kept out: axe finds nothing serious on any page, and Tab leads to all of it."""

import pytest

from tests.browser import chrome
from tests.browser.test_keyboard import FOCUS

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What a person without a mouse must be able to come to: of radio buttons the chosen one.
WAITING = """() => {
  const all = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const seen = [...document.querySelectorAll(all)].filter((one) => one.checkVisibility()
    && !one.disabled && one.tabIndex >= 0 && one.getClientRects().length
    && !(one.type === "radio" && !one.checked
      && document.querySelector(`[name="${one.name}"]:checked`)));
  window.waiting = new Set(seen);
  return seen.length;
}"""
# Pages follow the device's theme by their colours alone, so only these can differ in the dark.
COLOURS = ["color-contrast", "link-in-text-block"]
REACHED = "() => window.waiting.delete(document.activeElement)"
LEFT = "() => [...window.waiting].map((one) => one.outerHTML.slice(0, 200))"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_axe_finds_nothing_serious(full_circle, visit, phone):
    visitor = visit(phone=phone, axe=True)
    found = []
    for name, path in full_circle.pages().items():
        visitor.go(path)
        visitor.settle()
        visitor.page.emulate_media(color_scheme="light")
        found += [f"{name}: {said}" for said in chrome.violations(visitor.page)]
        visitor.page.emulate_media(color_scheme="dark")
        found += [f"{name}, dark: {said}" for said in chrome.violations(visitor.page, COLOURS)]
        if visitor.page.evaluate(WIDER):
            found.append(f"{name}: wider than the screen")
    assert found == []


def test_chinese_pages_of_the_data_fit_a_phone(full_circle, visit):
    visitor = visit(language="zh-hans", phone=True, axe=True)
    found = []
    for name, path in full_circle.data.items():
        visitor.go(path)
        visitor.settle()
        found += [f"{name}: {said}" for said in chrome.violations(visitor.page)]
        if visitor.page.evaluate(WIDER):
            found.append(f"{name}: wider than the screen")
    assert found == []


def test_tab_leads_to_everything_on_the_pages_of_the_data(full_circle, visit):
    visitor = visit()
    missed = []
    for name, path in full_circle.data.items():
        visitor.go(path)
        visitor.settle()
        for _ in range(visitor.page.evaluate(WAITING)):
            visitor.page.keyboard.press("Tab")
            visitor.page.evaluate(REACHED)
            if said := visitor.page.evaluate(FOCUS):
                missed.append(f"{name}: {said}")
        missed += [f"{name}: Tab does not lead to {one}" for one in visitor.page.evaluate(LEFT)]
    assert missed == []


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
