"""The whole circle by keyboard alone: Tab, Enter, Space, arrows and the keys of labels."""

import time

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.newcomer import EMAIL, HELD, MINUTES, PASSWORD, Newcomer
from tests.browser.seeing import FOCUS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journey")]


class Keys:
    """Ten fingers and no mouse."""

    def __init__(self, one: Newcomer) -> None:
        self.one, self.page = one, one.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, wanted: Locator, most: int = 120) -> None:
        """Tab until it has the focus; whatever had it on the way was to be seen."""
        wanted.first.wait_for()
        for _ in range(most):
            if wanted.first.evaluate("(one) => one === document.activeElement"):
                assert self.page.evaluate(FOCUS) == ""
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def enter(self, wanted: Locator) -> None:
        self.to(wanted)
        self.press("Enter")

    def write(self, wanted: Locator, text: str) -> None:
        self.to(wanted)
        self.press("Control+a")
        self.page.keyboard.type(text)


def test_from_set_up_to_version_2_live_by_keyboard_alone(newcomer):
    keys = Keys(newcomer("en"))
    set_up(keys)
    take_a_sample(keys)
    label(keys)
    train(keys)
    publish(keys)
    correct(keys)
    train(keys)
    release(keys)


def set_up(keys: Keys) -> None:
    keys.one.visitor.go("/")
    keys.write(keys.page.locator("#id_email"), EMAIL)
    keys.write(keys.page.locator("#id_password"), PASSWORD)
    keys.enter(keys.page.locator("main form button.btn-primary"))
    expect(keys.page).to_have_url(f"{keys.one.visitor.url}/start/")


def take_a_sample(keys: Keys) -> None:
    keys.enter(keys.one.link("Choose a sample"))
    keys.enter(keys.one.button("Make a project of it"))
    expect(keys.page.locator("nav.rail")).to_be_visible()
    expect(keys.page.locator(".arc-labels .arc-figure")).not_to_have_text("0", timeout=30_000)


def label(keys: Keys) -> None:
    """To the desk by Ctrl-K; then by the labels' keys, skip and undo."""
    page, words = keys.page, keys.one.word
    keys.press("Control+k")
    expect(page.locator("#commands-search")).to_be_focused()
    expect(page.locator(".command-list a").first).to_be_visible()
    page.keyboard.type(words("Label").lower())
    keys.press("Enter")
    keys.one.sits_down()
    example = page.locator("[data-example]")
    for pressed in (("1",), ("3",), ("s", "Enter")):
        text = example.inner_text()
        keys.press(*pressed)
        expect(example).not_to_have_text(text)
        expect(page.locator("#panel")).to_be_focused()
    keys.press("Backspace")
    expect(example).to_have_text(text)
    keys.press("?")
    expect(page.locator("#keys-sheet")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#keys-sheet")).not_to_be_visible()


def train(keys: Keys) -> None:
    keys.enter(keys.one.rail("Train"))
    efforts = keys.page.locator("input[name=effort]")
    keys.to(keys.page.locator("input[name=effort]:checked"))
    while not efforts.first.is_checked():
        keys.press("ArrowUp")
    keys.enter(keys.page.locator("main form summary"))
    method = keys.page.locator("#id_method")
    keys.to(method)
    while method.input_value() != "classical":
        keys.press("ArrowDown")
    keys.enter(keys.one.button("Train"))
    expect(keys.page.locator(".verdict-line")).to_be_visible(timeout=MINUTES)
    keys.enter(keys.page.locator(".heat td a"))
    expect(keys.page.locator(".mistakes li").first).to_be_visible()
    keys.enter(keys.page.locator(".crumbs a").last)


def publish(keys: Keys) -> None:
    keys.enter(keys.one.link("Publish"))
    keys.write(keys.page.locator("#id_name"), f"Keys {time.time_ns()}")
    keys.enter(keys.one.button("Publish"))
    expect(keys.page.locator("#fresh-key")).to_be_visible()
    expect(keys.page.locator("#state .state-live")).to_be_visible(timeout=60_000)


def correct(keys: Keys) -> None:
    """Ask, choose what is right by arrow, send, and find it at the desk."""
    page, text = keys.page, "Tell me who I am talking to, and why."
    keys.write(page.locator("#try_text"), text)
    keys.enter(keys.one.button("Ask"))
    said = page.locator(".answered strong").inner_text()
    keys.to(page.locator("#right-label"))
    keys.press("ArrowDown")
    if page.locator("#right-label").input_value() == said:
        keys.press("ArrowUp")
    keys.enter(keys.one.button("Send feedback"))
    keys.enter(keys.one.link("Open the desk"))
    keys.one.sits_down()
    example = page.locator("[data-example]")
    for _ in HELD:
        if (shown := example.inner_text()) != text:
            keys.press("1")
            expect(example).not_to_have_text(shown)
    expect(example).to_have_text(text)
    expect(page.locator(".why")).to_contain_text(said)
    keys.press("2")
    expect(example).not_to_have_text(text)


def release(keys: Keys) -> None:
    """From the result of version 2 to its release, and until it answers."""
    keys.enter(keys.one.link("Release"))
    keys.enter(keys.one.button("Release"))
    state = keys.page.locator("#state")
    expect(state).to_contain_text(keys.one.word("version %(number)s", number=2))
    expect(state.locator(".state-live")).to_be_visible(timeout=60_000)
