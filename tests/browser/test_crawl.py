"""Every link leads somewhere, for an owner and for an annotator, under the strict policy."""

from collections import deque
from collections.abc import Callable
from urllib.parse import urldefrag, urlsplit

import pytest

from tests.browser.chrome import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
MOST, ALIKE = 300, 2
# Files rather than pages, and pages of which there is one for each row of a table.
FILES = ("/data/export/", "/file/", "/problems.csv", "/api/")


@pytest.mark.parametrize("who", ["owner", "annotator"])
def test_every_link_leads_to_a_page_that_complains_of_nothing(full_circle, visit, who):
    visitor = visit() if who == "owner" else visit(state=None)
    if who == "annotator":
        visitor.sign_in(full_circle.annotator.email, full_circle.annotator_password)
    starts = list(full_circle.pages().values()) if who == "owner" else ["/"]
    seen, broken = crawled(visitor, starts)
    assert broken == []
    assert len(seen) > (40 if who == "owner" else 15)


def crawled(
    visitor: Visitor, starts: list[str], look: Callable[[], None] = lambda: None
) -> tuple[set[str], list[str]]:
    """Follow links of our own, page by page. Gives what was seen, and what answered badly."""
    waiting, seen, broken, alike = deque(starts), set(starts), [], {}
    while waiting:
        path = waiting.popleft()
        answer = visitor.go(path)
        if answer is None or answer.status >= 400:
            broken.append(f"{path}: {answer and answer.status}")
        if path in starts:
            visitor.settle()
        look()
        for link in links(visitor):
            shape = "".join("#" if sign.isdigit() else sign for sign in urlsplit(link).path)
            kind = tuple(part for part in shape.split("/") if len(part) < 30)
            new = link not in seen and len(seen) < MOST and alike.get(kind, 0) < ALIKE
            if new and not any(name in link for name in FILES):
                alike[kind] = alike.get(kind, 0) + 1
                seen.add(link)
                waiting.append(link)
    return seen, broken


def links(visitor: Visitor) -> list[str]:
    """Addresses of this studio that the page leads to, without what stands after #."""
    found = visitor.page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    ours = [urldefrag(each).url for each in found if each.startswith(visitor.url)]
    return sorted({each.removeprefix(visitor.url) for each in ours})
