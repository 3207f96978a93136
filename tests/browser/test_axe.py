"""Nobody is kept out: axe finds nothing serious on any page of the circle."""

import pytest

from tests.browser import chrome

WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(full_circle, visit, theme, phone):
    visitor = visit(theme=theme, phone=phone, axe=True)
    found = []
    for name, path in full_circle.pages().items():
        visitor.go(path)
        visitor.page.wait_for_load_state("networkidle")
        found += [f"{name}: {said}" for said in chrome.violations(visitor.page)]
        if visitor.page.evaluate(WIDER):
            found.append(f"{name}: wider than the screen")
    assert found == []
