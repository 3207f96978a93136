"""Every link leads somewhere, for an owner and for an annotator, under the strict policy."""

import html
import re
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from tests.browser import seeing
from tests.browser.chrome import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("browser")]
MOST, ALIKE = 300, 2
# Files rather than pages, and pages of which there is one for each row of a table.
FILES = ("/data/export/", "/file/", "/problems.csv", "/api/")
# What Django's administration makes of any table by the same template.
GENERIC = ("delete", "history")
HREF = re.compile(r"""<a\b[^>]*?\shref=(?:"([^"]*)"|'([^']*)')""")
Known = Mapping[str, tuple[int, Sequence[str]]]  # by path: how it answered, and its links


@pytest.mark.parametrize("who", ["owner", "annotator"])
def test_every_link_leads_to_a_page_and_one_of_each_kind_complains_of_nothing(
    full_circle, visit, request, who
):
    if who == "owner":
        paths, opened = full_circle.pages(), request.getfixturevalue("seen")
        known = {paths[name]: (one.status, one.links) for name, one in opened.items()}
        seen, broken = crawled(visit(), list(known), known=known)
    else:
        visitor = visit(state=None)
        visitor.sign_in(full_circle.annotator.email, full_circle.annotator_password)
        seen, broken = crawled(visitor, ["/"])
    assert broken == []
    assert len(seen) > (40 if who == "owner" else 15)


def crawled(
    visitor: Visitor,
    starts: list[str],
    look: Callable[[], None] = lambda: None,
    read: Callable[[str, str], None] = lambda _path, _text: None,
    known: Known | None = None,
    project: str = "/projects/",
) -> tuple[set[str], list[str]]:
    """Follow links of our own, of projects only those below `project`.

    Gives what was seen, and what answered badly.

    Of each kind the first page is opened, and `look` called; others are fetched, and `read` called.
    """
    known = known or {}
    waiting, seen, broken, alike = deque(starts), set(starts), [], Counter[tuple[str, ...]]()
    manners = set(map(manner, known))
    while waiting:
        path = waiting.popleft()
        if path in known:
            status, found = known[path]
        elif path in starts or manner(path) not in manners:
            status, found = opened(visitor, path, settle=path in starts)
            look()
        else:
            status, found = fetched(visitor, path, read)
        manners.add(manner(path))
        if status >= 400:
            broken.append(f"{path}: {status}")
        for link in found:
            new = link not in seen and len(seen) < MOST and alike[kind(link)] < ALIKE
            elsewhere = link.startswith("/projects/") and not link.startswith(project)
            if new and not elsewhere and not any(name in link for name in FILES):
                alike[kind(link)] += 1
                seen.add(link)
                waiting.append(link)
    return seen, broken


def opened(visitor: Visitor, path: str, *, settle: bool) -> tuple[int, list[str]]:
    answer = visitor.go(path)
    if settle:
        visitor.settle()
    return answer.status if answer else 599, seeing.links(visitor)


def fetched(visitor: Visitor, path: str, read: Callable[[str, str], None]) -> tuple[int, list[str]]:
    """As the same person, without the browser's work."""
    answer = visitor.context.request.get(f"{visitor.url}{path}")
    text = answer.text()
    read(path, text)
    found = [html.unescape(one or other) for one, other in HREF.findall(text)]
    return answer.status, seeing.ours(visitor.url, [urljoin(answer.url, each) for each in found])


def kind(link: str) -> tuple[str, ...]:
    """The same for pages of which there is one for each row."""
    shape = "".join("#" if sign.isdigit() else sign for sign in urlsplit(link).path)
    return tuple(part for part in shape.split("/") if len(part) < 30)


def manner(link: str) -> tuple[str, ...]:
    """The same for pages that one template shows of the same questions."""
    asked = sorted({name for name, _value in parse_qsl(urlsplit(link).query)})
    parts = kind(link)
    if parts[1:2] == ("admin",) and parts[-2:-1] and parts[-2] in GENERIC:
        parts = ("", "admin", parts[-2])
    return (*parts, "?", *asked)
