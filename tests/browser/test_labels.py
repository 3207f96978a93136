"""Labels are renamed, merged, split and given back by keyboard alone, and nobody is kept out."""

import pytest
from playwright.sync_api import expect

from tests.browser import chrome
from tests.browser.seeing import COLOURS, WIDER
from tests.browser.test_keyboard import Keys

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
HOWS = ("rename", "merge", "split", "delete")


def labels(page):
    return page.locator(".labelbook .label-name").all_text_contents()


def to_the_change(keys, label, way):
    """Open the label's menu, then choose from it."""
    row = keys.page.locator(".labelbook tr", has_text=label)
    keys.enter(row.locator("summary"))
    keys.enter(row.get_by_role("link", name=way))
    keys.page.get_by_role("heading", name="What it touches").wait_for()


def undone(keys, said):
    change = keys.page.locator(".label-change", has_text=said).first
    keys.enter(change.get_by_role("button", name="Undo"))
    expect(keys.page.locator(".label-change", has_text=said).last).to_contain_text("undone")


def test_each_change_there_and_back_by_keyboard_alone(full_circle, visit):
    visitor = visit(language="en")
    keys, page = Keys(visitor), visitor.page
    first, second = full_circle.labels[:2]
    visitor.go(f"/projects/{full_circle.project}/settings/labels/")
    before = labels(page)

    to_the_change(keys, first, "Rename")
    keys.write(page.get_by_label("New name"), "another name")
    keys.enter(page.get_by_role("button", name="Rename"))
    expect(page.locator(".labelbook")).to_contain_text("another name")
    undone(keys, f"“{first}” is called “another name” now.")

    to_the_change(keys, first, "Merge into another")
    into = page.get_by_label("Merge into")
    keys.to(into)
    while into.input_value() != second:
        keys.press("ArrowDown")
    keys.enter(page.get_by_role("button", name="Merge"))
    expect(page.locator(".label-change").first).to_contain_text(f"part of “{second}”")
    assert labels(page) == [name for name in before if name != first]
    undone(keys, f"“{first}” is part of “{second}” now.")

    to_the_change(keys, first, "Split into several")
    keys.write(page.get_by_label("New labels, one a line"), "one half\nthe other half")
    keys.enter(page.get_by_role("button", name="Split the label"))
    expect(page.locator(".labelbook")).to_contain_text("the other half")
    undone(keys, f"“{first}” is split into “one half”, “the other half”.")
    assert labels(page) == before


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_axe_finds_nothing_serious_before_any_change(full_circle, visit, phone):
    visitor = visit(phone=phone, axe=True)
    here = f"/projects/{full_circle.project}/settings/"
    change = f"{here}labels/change/?label={full_circle.labels[2]}&how="
    found = []
    for way in (here, f"{here}labels/", *(f"{change}{how}" for how in HOWS)):
        visitor.go(way)
        visitor.settle()
        if way.endswith("labels/"):
            visitor.page.locator(".labelbook summary").first.click()
        for theme, rules in (("light", ()), ("dark", COLOURS)):
            visitor.page.emulate_media(color_scheme=theme)
            found += [f"{way} {theme}: {said}" for said in chrome.violations(visitor.page, rules)]
        if visitor.page.evaluate(WIDER):
            found.append(f"{way}: wider than the screen")
    assert found == []
