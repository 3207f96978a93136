"""Each page of the circle, opened once: whatever is claimed of all pages is looked for there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from playwright.sync_api import Page

from tests.browser import chrome
from tests.browser.chrome import Visitor
from tests.browser.circle import Circle

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Pages follow the device's theme by their colours alone, so only these can differ in the dark.
COLOURS = ["color-contrast", "link-in-text-block"]
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
FOCUS = """() => {
  const one = document.activeElement;
  window.waiting?.delete(one);
  if (!one || one === document.body) return "nothing holds the focus";
  const box = one.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return `not to be seen: ${one.outerHTML}`;
  const style = getComputedStyle(one);
  const rings = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  return rings || style.boxShadow !== "none" ? "" : `no ring: ${one.outerHTML.slice(0, 200)}`;
}"""
LEFT = "() => [...window.waiting].map((one) => one.outerHTML.slice(0, 200))"


@dataclass
class Seen:
    """What one page leads to, and what is wrong with it."""

    status: int
    links: Sequence[str]
    wide: Sequence[str]
    phone: Sequence[str]
    missed: Sequence[str]  # by the Tab key, on the pages of the data


def all_pages(visitor: Visitor, circle: Circle) -> dict[str, Seen]:
    """By name."""
    touch = visitor.context.new_cdp_session(visitor.page)
    return {
        name: _page(visitor, path, touch, tab=name in circle.data)
        for name, path in circle.pages().items()
    }


def _page(visitor: Visitor, path: str, touch: Any, *, tab: bool) -> Seen:
    """As at a desk, then as on a phone: its width and a thumb are all that pages know of it.

    A browser forgets a thumb only with the page: as at a desk comes first.
    """
    page, answer = visitor.page, visitor.go(path)
    visitor.settle()
    linked, wide = links(visitor), objections(page)
    missed = missed_by_tab(page) if tab else []
    page.evaluate("document.activeElement.blur()")
    _become(page, touch, phone=True)
    phone = objections(page)
    _become(page, touch, phone=False)
    return Seen(answer.status, linked, wide, phone, missed)


def _become(page: Page, touch: Any, *, phone: bool) -> None:
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": phone})
    page.set_viewport_size(chrome.PHONE if phone else chrome.WIDE)
    page.evaluate(DRAWN)


def objections(page: Page) -> list[str]:
    """In light and dark, and whether it is wider than the screen."""
    page.emulate_media(color_scheme="light")
    found = chrome.violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {said}" for said in chrome.violations(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return [*found, "wider than the screen"] if page.evaluate(WIDER) else found


def missed_by_tab(page: Page) -> list[str]:
    """What Tab does not lead to, and where it shows no ring."""
    missed = []
    for _ in range(page.evaluate(WAITING)):
        page.keyboard.press("Tab")
        if said := page.evaluate(FOCUS):
            missed.append(said)
    return missed + [f"Tab does not lead to {one}" for one in page.evaluate(LEFT)]


def links(visitor: Visitor) -> list[str]:
    """Addresses of this studio that the page leads to, without what stands after #."""
    found = visitor.page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    return ours(visitor.url, found)


def ours(url: str, found: Sequence[str]) -> list[str]:
    here = [urldefrag(each).url for each in found if each.startswith(url)]
    return sorted({each.removeprefix(url) for each in here})
